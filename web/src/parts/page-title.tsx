import { useEffect, useRef } from 'react';

/** Where the page is on which the browser was opened, or last went to. */
let shownPath = location.pathname;
let hasMoved = false;

/**
 * The one h1 of a page, and the title of the window. After a link the focus is here, so that the new page is read
 * from its beginning; after a full load it stays at the top, where the link to the content is.
 */
export function PageTitle({ children }: { readonly children: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${children} – Session engine`;
  }, [children]);
  useEffect(() => {
    const isElsewhere = location.pathname !== shownPath;
    hasMoved ||= isElsewhere;
    shownPath = location.pathname;
    // Also where another title takes the place of one that had the focus.
    if (isElsewhere || (hasMoved && document.activeElement === document.body)) heading.current?.focus();
  }, [children]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}

/** For where what had the focus is about to go. */
export const focusTitle = (): void => document.querySelector('h1')?.focus();
