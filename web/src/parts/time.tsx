/** Instants as a person at this browser reads them, in its time zone. */

const DATE = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const MINUTE = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

export const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

export const clockOf = (at: string): string => CLOCK.format(new Date(at));
export const minuteOf = (at: string): string => MINUTE.format(new Date(at));

/**
 * `at` as the server wrote it: RFC 3339, UTC. `short` leaves the date out, where the page says it elsewhere; `onDayOf` where it
 * is the date of that instant.
 */
export function Time({
  at,
  onDayOf,
  short = onDayOf !== undefined && isSameDay(at, onDayOf),
}: {
  readonly at: string;
  readonly onDayOf?: string;
  readonly short?: boolean;
}) {
  const date = new Date(at);
  return (
    <time dateTime={at} title={at}>
      {short ? CLOCK.format(date) : `${DATE.format(date)}, ${CLOCK.format(date)}`}
    </time>
  );
}

const isSameDay = (one: string, other: string): boolean =>
  new Date(one).toDateString() === new Date(other).toDateString();

const UNITS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;

/** `3 min 20 s`: the two largest parts. */
export function durationOf(seconds: number): string {
  let rest = Math.max(0, Math.floor(seconds));
  const parts: string[] = [];
  for (const [size, name] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${name}`);
  }
  return parts.length === 0 ? '0 s' : parts.slice(0, 2).join(' ');
}
