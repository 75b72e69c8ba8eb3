import { type ReactNode, useId } from 'react';

/** A part of a page under its own heading, by which it can be found. */
export function Section({
  title,
  isWide = false,
  children,
}: {
  readonly title: string;
  /** It takes a whole line, where others stand side by side. */
  readonly isWide?: boolean;
  readonly children: ReactNode;
}) {
  const id = useId();
  return (
    <section className={isWide ? 'panel wide' : 'panel'} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}
