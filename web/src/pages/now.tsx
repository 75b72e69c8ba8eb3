import '../now/now.css';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Now } from '../api.ts';
import { AlarmsPart, LastAuditPart, SessionsPart, WorkersPart } from '../now/figures.tsx';
import { LastHourPart } from '../now/last-hour.tsx';
import { StatePart } from '../now/state.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { PageTitle } from '../parts/page-title.tsx';
import { countWords } from '../parts/words.ts';
import { nowQuery } from '../queries.ts';

const POLL_MS = 2_000;

/** For somebody on call: what is wrong, what it means, what to type. Asked every two seconds while it can be seen. */
export function NowPage() {
  const now = useQuery({
    ...nowQuery,
    refetchInterval: POLL_MS,
    refetchIntervalInBackground: false,
  });
  return (
    <>
      <PageTitle>Now</PageTitle>
      <Announced problems={now.data?.problems.length} />
      <Loaded query={now}>{(data) => <Parts now={data} />}</Loaded>
    </>
  );
}

const Parts = ({ now }: { readonly now: Now }) => (
  <div className="now">
    <StatePart problems={now.problems} />
    <SessionsPart sessions={now.sessions} />
    <AlarmsPart alarms={now.alarms} />
    <LastAuditPart night={now.last_audit} isKnown={now.sessions !== null} />
    <LastHourPart hour={now.last_hour} />
    <WorkersPart processes={now.processes} />
  </div>
);

/** Says to those who cannot see it when the number of problems changes. Figures that tick along are not said. */
function Announced({ problems }: { readonly problems: number | undefined }) {
  const [last, setLast] = useState<number | undefined>(undefined);
  const [words, setWords] = useState('');
  useEffect(() => {
    if (problems === undefined || problems === last) return;
    // The page itself says how it stands when it is opened.
    if (last !== undefined)
      setWords(problems === 0 ? 'All is well again.' : `${countWords(problems, 'problem')} now.`);
    setLast(problems);
  }, [problems, last]);
  return (
    <p role="status" className="seen-by-readers">
      {words}
    </p>
  );
}
