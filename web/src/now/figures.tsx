import type { ReactNode } from 'react';
import type { Now, RunningProcess } from '../api.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Section } from '../parts/section.tsx';
import type { Column } from '../parts/table-head.tsx';
import { durationOf, Time } from '../parts/time.tsx';
import { numberWords } from '../parts/words.ts';

/** The small parts of the page: a few figures each. What could not be read is said to be unknown, never shown as 0. */

export const SessionsPart = ({ sessions }: Pick<Now, 'sessions'>) => (
  <Section title="Sessions">
    {sessions === null ? (
      <Unknown />
    ) : (
      <dl className="figures">
        <Figure name="Active" value={sessions.active} />
        <Figure name="Due within a minute" value={sessions.due} />
        <Figure name="Overdue" value={sessions.overdue} isBad={sessions.overdue > 0}>
          {sessions.oldest_overdue_seconds !== null && (
            <>the oldest since {durationOf(sessions.oldest_overdue_seconds)}</>
          )}
        </Figure>
      </dl>
    )}
  </Section>
);

export const AlarmsPart = ({ alarms }: Pick<Now, 'alarms'>) => (
  <Section title="Alarms">
    {alarms === null ? (
      <Unknown />
    ) : (
      <dl className="figures">
        <Figure name="Waiting" value={alarms.waiting} />
        <Figure name="Failed" value={alarms.failed} isBad={alarms.failed > 0} />
      </dl>
    )}
    <p>
      <a href="/admin/queues/">Open the queues</a>
    </p>
  </Section>
);

export const LastAuditPart = ({
  night,
  isKnown,
}: {
  readonly night: Now['last_audit'];
  readonly isKnown: boolean;
}) => (
  <Section title="Last audit">
    {night === null ? (
      isKnown ? (
        <p>No night has been audited yet.</p>
      ) : (
        <Unknown />
      )
    ) : (
      <>
        <dl className="figures">
          <Figure name="Sessions" value={night.sessions} />
          <Figure
            name="Differences"
            value={night.differences}
            isBad={night.differences > 0 && !night.acknowledged}
          >
            {night.acknowledged && 'acknowledged'}
          </Figure>
        </dl>
        <p className="quiet">
          Of the night of {night.night}, finished <Time at={night.finished_at} />
        </p>
      </>
    )}
  </Section>
);

const KINDS = { api: 'API', worker: 'Worker' } satisfies Record<RunningProcess['kind'], string>;

const COLUMNS: readonly Column<RunningProcess>[] = [
  { name: 'Process', cell: ({ kind, pid }) => `${KINDS[kind]} ${pid}` },
  { name: 'Host', cell: ({ host }) => host },
  { name: 'Version', cell: ({ version }) => version },
  { name: 'Seen', cell: ({ seen_at: at }) => <Time at={at} short /> },
];

export const WorkersPart = ({ processes }: Pick<Now, 'processes'>) => (
  <Section title="Workers" isWide>
    {processes === null ? (
      <Unknown />
    ) : processes.length === 0 ? (
      <p>No process was seen within the last seconds.</p>
    ) : (
      <DataTable name="Processes" columns={COLUMNS} rows={processes} keyOf={({ process_id: id }) => id} />
    )}
  </Section>
);

export const Unknown = () => <p className="quiet">Not known: it cannot be read right now.</p>;

export function Figure({
  name,
  value,
  isBad = false,
  children,
}: {
  readonly name: string;
  readonly value: number | string;
  readonly isBad?: boolean;
  readonly children?: ReactNode;
}) {
  return (
    <div className={isBad ? 'bad' : undefined}>
      <dt>{name}</dt>
      <dd>
        {typeof value === 'number' ? numberWords(value) : value}{' '}
        {children !== undefined && <small>{children}</small>}
      </dd>
    </div>
  );
}
