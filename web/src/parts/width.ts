import { type RefObject, useLayoutEffect, useRef, useState } from 'react';

/** Before the first measurement: a phone. */
const UNMEASURED = 343;

/** The width of an element in pixels, now and whenever it changes. */
export function useWidth<Measured extends Element>(): readonly [RefObject<Measured | null>, number] {
  const ref = useRef<Measured>(null);
  const [width, setWidth] = useState(UNMEASURED);
  useLayoutEffect(() => {
    const { current } = ref;
    if (current === null) return undefined;
    // What is not shown has no width.
    const measure = (measured: number): void => {
      if (measured > 0) setWidth(measured);
    };
    measure(current.getBoundingClientRect().width);
    const observer = new ResizeObserver(([entry]) => measure(entry?.contentRect.width ?? 0));
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}
