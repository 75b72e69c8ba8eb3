import type { Books } from './books.ts';

/** Something that was due by itself, and when it was written. */
export interface Written {
  readonly recordedMs: number;
  readonly latenessMs: number;
}

/** Every deduction and every end that no person made. */
export function writtenByItself({
  entries,
  sessions,
}: Pick<Books, 'entries' | 'sessions'>): readonly Written[] {
  const deductions = entries
    .filter(({ kind, reason }) => kind === 'charge' && !BY_PEOPLE.has(reason))
    .map(({ recordedMs, effectiveMs }) => ({ recordedMs, latenessMs: recordedMs - effectiveMs }));
  const ends = sessions.flatMap(({ endedMs, endRecordedMs, endReason }) =>
    endedMs === null || endRecordedMs === null || BY_PEOPLE.has(endReason ?? '')
      ? []
      : [{ recordedMs: endRecordedMs, latenessMs: endRecordedMs - endedMs }],
  );
  return [...deductions, ...ends];
}

const BY_PEOPLE = new Set(['manual_end', 'admin_end']);
