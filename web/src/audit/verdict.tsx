import { countWords } from '../parts/words.ts';

/** The sentence that is looked for first. */
export const Verdict = ({
  differences,
  sessions,
}: {
  readonly differences: number;
  readonly sessions: number;
}) =>
  differences === 0 ? (
    <strong className="good">No difference was found in {countWords(sessions, 'session')}.</strong>
  ) : (
    <strong className="bad">
      {countWords(differences, 'difference')} {differences === 1 ? 'was' : 'were'} found in{' '}
      {countWords(sessions, 'session')}.
    </strong>
  );
