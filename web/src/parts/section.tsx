import './parts.css';
import { type ReactNode, useId } from 'react';

/** A part of a page under its own heading, by which it can be found. */
export function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}
