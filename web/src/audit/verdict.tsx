/** The sentence that is looked for first. */
export const Verdict = ({
  differences,
  sessions,
}: {
  readonly differences: number;
  readonly sessions: number;
}) =>
  differences === 0 ? (
    <strong className="good">No difference was found in {countOf(sessions, 'session')}.</strong>
  ) : (
    <strong className="bad">
      {countOf(differences, 'difference')} {differences === 1 ? 'was' : 'were'} found in{' '}
      {countOf(sessions, 'session')}.
    </strong>
  );

const countOf = (count: number, name: string): string =>
  `${count.toLocaleString('en-GB')} ${name}${count === 1 ? '' : 's'}`;
