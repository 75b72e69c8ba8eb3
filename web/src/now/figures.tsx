import type { ReactNode } from 'react';
import type { Now, RunningProcess } from '../api.ts';
import { Time, durationOf } from '../parts/time.tsx';

/** The small parts of the page: a few figures each. What could not be read is said to be unknown, never shown as 0. */

export const SessionsPart = ({ sessions }: Pick<Now, 'sessions'>) => (
  <Part name="Sessions">
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
  </Part>
);

export const AlarmsPart = ({ alarms }: Pick<Now, 'alarms'>) => (
  <Part name="Alarms">
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
  </Part>
);

export const LastAuditPart = ({
  night,
  isKnown,
}: {
  readonly night: Now['last_audit'];
  readonly isKnown: boolean;
}) => (
  <Part name="Last audit">
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
  </Part>
);

export const WorkersPart = ({ processes }: Pick<Now, 'processes'>) => (
  <Part name="Workers" isWide>
    {processes === null ? (
      <Unknown />
    ) : processes.length === 0 ? (
      <p>No process was seen within the last seconds.</p>
    ) : (
      <div className="table-box">
        <table aria-label="Processes">
          <thead>
            <tr>
              <th scope="col">Process</th>
              <th scope="col">Host</th>
              <th scope="col">Version</th>
              <th scope="col">Seen</th>
            </tr>
          </thead>
          <tbody>
            {processes.map((process) => (
              <ProcessRow key={process.process_id} process={process} />
            ))}
          </tbody>
        </table>
      </div>
    )}
  </Part>
);

const KINDS = { api: 'API', worker: 'Worker' } satisfies Record<RunningProcess['kind'], string>;

const ProcessRow = ({ process }: { readonly process: RunningProcess }) => (
  <tr>
    <td>
      {KINDS[process.kind]} {process.pid}
    </td>
    <td>{process.host}</td>
    <td>{process.version}</td>
    <td>
      <Time at={process.seen_at} short />
    </td>
  </tr>
);

export function Part({
  name,
  isWide = false,
  children,
}: {
  readonly name: string;
  readonly isWide?: boolean;
  readonly children: ReactNode;
}) {
  const id = `part-${name.toLowerCase().replaceAll(' ', '-')}`;
  return (
    <section aria-labelledby={id} className={isWide ? 'panel wide' : 'panel'}>
      <h2 id={id}>{name}</h2>
      {children}
    </section>
  );
}

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
        {typeof value === 'number' ? value.toLocaleString('en-GB') : value}{' '}
        {children !== undefined && <small>{children}</small>}
      </dd>
    </div>
  );
}
