import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Night, SessionAnswer } from '../api.ts';
import { Time } from '../parts/time.tsx';
import { nightsQuery } from '../queries.ts';

/** When the auditor, which shares no code with the rules, has worked out what this page shows. */
export function Audited({ session }: { readonly session: SessionAnswer }) {
  const nights = useQuery(nightsQuery);
  const ended = session.events.find(({ type }) => type === 'ended');
  if (ended === undefined || nights.data === undefined) return null;
  const night = nights.data.runs.find((run) => hasAudited(run, ended.recorded_at));
  if (night?.finished_at === undefined || night.finished_at === null)
    return <p className="quiet">The auditor has not come to this session yet.</p>;
  const isWrong = night.drift.some(({ session_id }) => session_id === session.session_id);
  return (
    <p className={isWrong ? 'warned' : 'quiet'}>
      The auditor worked it out again, <Time at={night.finished_at} />:{' '}
      {isWrong ? <Link to="/audit">it found a difference.</Link> : 'no difference.'}
    </p>
  );
}

/** A night audits the ends that were written down in its period. */
function hasAudited({ since, until, finished_at }: Night, recordedAt: string): boolean {
  const written = Date.parse(recordedAt);
  return (
    finished_at !== null && (since === null || Date.parse(since) <= written) && written < Date.parse(until)
  );
}
