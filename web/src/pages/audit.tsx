import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { AcknowledgeForm } from '../audit/acknowledge-form.tsx';
import { AuditForm } from '../audit/audit-form.tsx';
import { DifferenceTable } from '../audit/difference-table.tsx';
import { Verdict } from '../audit/verdict.tsx';
import type { Night } from '../api.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { PageTitle } from '../parts/page-title.tsx';
import { Section } from '../parts/section.tsx';
import type { Column } from '../parts/table-head.tsx';
import { Time } from '../parts/time.tsx';
import { numberWords } from '../parts/words.ts';
import { nightsQuery } from '../queries.ts';

/** Whether what is stored follows from what was done: of the last night, of those before it, of any period. */
export function AuditPage() {
  const nights = useQuery(nightsQuery);
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
      <Section title="Last night">
        {last === undefined ? <p>No night has been audited yet.</p> : <NightResult night={last} />}
      </Section>
      {nights.length > 0 && <NightTable nights={nights} onShow={setShown} />}
      {night !== undefined && night !== last && (
        <Section title={`Night of ${night.night}`}>
          <NightResult night={night} />
        </Section>
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
  const columns: readonly Column<Night>[] = [
    { name: 'Night', cell: ({ night }) => night },
    { name: 'Finished', cell: ({ finished_at: at }) => (at === null ? 'not finished' : <Time at={at} />) },
    { name: 'Sessions', cell: ({ sessions }) => numberWords(sessions), isAmount: true },
    {
      name: 'Ledger entries',
      cell: ({ ledger_entries: entries }) => numberWords(entries),
      isAmount: true,
    },
    {
      name: 'Differences',
      cell: ({ night, differences }) =>
        differences === 0 ? (
          0
        ) : (
          <Button className="small" onPress={() => onShow(night)}>
            Show {differences}
          </Button>
        ),
      isAmount: true,
    },
    {
      name: 'Acknowledged',
      cell: ({ acknowledged }) => acknowledged !== null && `by user ${acknowledged.by}`,
    },
  ];
  return (
    <div className="panel">
      <DataTable name="Nights" isTitled columns={columns} rows={nights} keyOf={({ night }) => night} />
    </div>
  );
}
