import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { AdjustDialog } from '../acts/adjust-dialog.tsx';
import { type Balance, ledgerPath, readBalance, readSessions } from '../api.ts';
import { CsvButton } from '../parts/csv-button.tsx';
import { isMissing, Loaded } from '../parts/loaded.tsx';
import { PageTitle } from '../parts/page-title.tsx';
import { Section } from '../parts/section.tsx';
import { Status, useStatus } from '../parts/status.tsx';
import { BalancePart } from '../patient/balance.tsx';
import { GrantsTable } from '../patient/grants-table.tsx';
import { PatientLedger } from '../patient/patient-ledger.tsx';
import { SessionsTable } from '../sessions/sessions-table.tsx';

/** The newest sessions; the list has the rest. */
const SESSIONS = '10';

/** One patient: what is left, of which grants, and where the rest went. */
export function PatientPage() {
  const { id } = useParams({ from: '/patients/$id' });
  const balance = useQuery({
    queryKey: ['balance', id],
    queryFn: ({ signal }) => readBalance(id, signal),
  });
  return (
    <>
      <PageTitle>{isMissing(balance) ? `No patient ${id}` : `Patient ${id}`}</PageTitle>
      {isMissing(balance) ? (
        <p>Nothing is known of a patient with this number. The search box finds any number.</p>
      ) : (
        <Loaded query={balance}>{(found) => <Found key={id} balance={found} />}</Loaded>
      )}
    </>
  );
}

function Found({ balance }: { readonly balance: Balance }) {
  const [adjusted, setAdjusted] = useState<number | null>(null);
  const [said, say] = useStatus();
  const patient = balance.patient_id;
  return (
    <>
      <Status said={said} />
      <Section title="Balance">
        <BalancePart balance={balance} />
      </Section>
      <Section title="Grants">
        {balance.grants.length === 0 ? (
          <p>Nothing was bought yet.</p>
        ) : (
          <GrantsTable
            grants={balance.grants}
            nowMs={Date.parse(balance.server_time)}
            onAdjust={setAdjusted}
          />
        )}
      </Section>
      <Section title="Sessions">
        <NewestSessions patient={patient} nowMs={Date.parse(balance.server_time)} />
      </Section>
      <Section title="Ledger">
        <PatientLedger patient={patient} />
        <CsvButton
          path={ledgerPath({ patient_id: String(patient), limit: '1000' })}
          fileName={`ledger-${patient}.csv`}
        />
      </Section>
      {adjusted !== null && (
        <AdjustDialog
          grantId={adjusted}
          onClose={() => setAdjusted(null)}
          onDone={(words) => {
            setAdjusted(null);
            say(words);
          }}
        />
      )}
    </>
  );
}

function NewestSessions({ patient, nowMs }: { readonly patient: number; readonly nowMs: number }) {
  const query = { patient_id: String(patient), limit: SESSIONS };
  const sessions = useQuery({
    queryKey: ['sessions', query],
    queryFn: ({ signal }) => readSessions(query, signal),
  });
  return (
    <Loaded query={sessions}>
      {({ sessions: found, next_cursor: older }) =>
        found.length === 0 ? (
          <p>No session yet.</p>
        ) : (
          <>
            <SessionsTable sessions={found} nowMs={nowMs} ofOnePatient />
            {older !== null && (
              <Link to="/sessions" search={{ patient_id: String(patient) }}>
                All sessions of patient {patient}
              </Link>
            )}
          </>
        )
      }
    </Loaded>
  );
}
