import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { AcknowledgeForm } from '../audit/acknowledge-form.tsx';
import { AuditForm } from '../audit/audit-form.tsx';
import { DifferenceTable } from '../audit/difference-table.tsx';
import { Verdict } from '../audit/verdict.tsx';
import { type Night, readNights } from '../api.ts';
import { Loaded } from '../parts/loaded.tsx';
import { PageTitle } from '../parts/page-title.tsx';
import { Time } from '../parts/time.tsx';

/** Whether what is stored follows from what was done: of the last night, of those before it, of any period. */
export function AuditPage() {
  const nights = useQuery({ queryKey: ['nights'], queryFn: ({ signal }) => readNights(signal) });
  return (
    <>
      <PageTitle>Audit</PageTitle>
      <Loaded query={nights}>{({ runs }) => <Nights nights={runs} />}</Loaded>
      <AuditForm />
    </>
  );
}

function Nights({ nights }: { readonly nights: readonly Night[] }) {
  const last = nights.find(({ finished_at: finished }) => finished !== null);
  const [shown, setShown] = useState<string | null>(null);
  const night = nights.find((one) => one.night === shown);
  return (
    <>
      <section aria-labelledby="last-night" className="panel">
        <h2 id="last-night">Last night</h2>
        {last === undefined ? <p>No night has been audited yet.</p> : <NightResult night={last} />}
      </section>
      {nights.length > 0 && <NightTable nights={nights} onShow={setShown} />}
      {night !== undefined && night !== last && (
        <section aria-label={`Night of ${night.night}`} className="panel">
          <h2>Night of {night.night}</h2>
          <NightResult night={night} />
        </section>
      )}
    </>
  );
}

function NightResult({ night }: { readonly night: Night }) {
  const { acknowledged } = night;
  return (
    <>
      <p>
        <Verdict differences={night.differences} sessions={night.sessions} />
        {night.finished_at !== null && (
          <>
            {' '}
            Finished <Time at={night.finished_at} />.
          </>
        )}
      </p>
      {night.differences > 0 && <DifferenceTable differences={night.drift} found={night.differences} />}
      {acknowledged !== null && (
        <p>
          Acknowledged by user {acknowledged.by}, <Time at={acknowledged.at} />: “{acknowledged.note}”
        </p>
      )}
      {night.differences > 0 && acknowledged === null && <AcknowledgeForm night={night.night} />}
    </>
  );
}

function NightTable({
  nights,
  onShow,
}: {
  readonly nights: readonly Night[];
  readonly onShow: (night: string) => void;
}) {
  return (
    <div className="panel table-box" tabIndex={0} role="group" aria-label="Audits by night">
      <table>
        <caption>Nights</caption>
        <thead>
          <tr>
            <th scope="col">Night</th>
            <th scope="col">Finished</th>
            <th scope="col" className="amount">
              Sessions
            </th>
            <th scope="col" className="amount">
              Ledger entries
            </th>
            <th scope="col" className="amount">
              Differences
            </th>
            <th scope="col">Acknowledged</th>
          </tr>
        </thead>
        <tbody>
          {nights.map((night) => (
            <NightRow key={night.night} night={night} onShow={onShow} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function NightRow({ night, onShow }: { readonly night: Night; readonly onShow: (night: string) => void }) {
  const { finished_at: finished, differences, acknowledged } = night;
  return (
    <tr>
      <td className="nowrap">{night.night}</td>
      <td>{finished === null ? 'not finished' : <Time at={finished} />}</td>
      <td className="amount">{night.sessions.toLocaleString('en-GB')}</td>
      <td className="amount">{night.ledger_entries.toLocaleString('en-GB')}</td>
      <td className="amount">
        {differences === 0 ? (
          0
        ) : (
          <Button className="small" onPress={() => onShow(night.night)}>
            Show {differences}
          </Button>
        )}
      </td>
      <td>{acknowledged !== null && `by user ${acknowledged.by}`}</td>
    </tr>
  );
}
