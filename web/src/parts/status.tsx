import { useCallback, useEffect, useRef, useState } from 'react';

interface Said {
  readonly text: string;
}

/** What was done last on this page. Saying it again is something new. */
export function useStatus(): readonly [Said | null, (text: string) => void] {
  const [said, setSaid] = useState<Said | null>(null);
  return [said, useCallback((text: string) => setSaid({ text }), [])];
}

/** Says what was done, and takes the focus: the button that was pressed may be gone. */
export function Status({ said }: { readonly said: Said | null }) {
  const line = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (said === null) return undefined;
    // The dialog gives up the focus before the next frame.
    const frame = requestAnimationFrame(() => line.current?.focus());
    return () => cancelAnimationFrame(frame);
  }, [said]);
  return (
    <p role="status" className="done" ref={line} tabIndex={-1}>
      {said?.text}
    </p>
  );
}
