import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { readLedger } from '../api.ts';
import { LedgerTable } from '../parts/ledger-table.tsx';
import { Loaded } from '../parts/loaded.tsx';

const RECENT_DAYS = 90;
const DAY_MS = 86_400_000;
/** The most that the API gives at once. */
const MOST = '1000';

/** The newest first. A patient of many years has more entries than anybody reads: those of the last months come first. */
export function PatientLedger({ patient }: { readonly patient: number }) {
  const [isAll, setAll] = useState(false);
  const ledger = useQuery({
    queryKey: ['ledger', patient, isAll],
    queryFn: ({ signal }) => {
      const from = isAll ? null : new Date(Date.now() - RECENT_DAYS * DAY_MS).toISOString();
      return readLedger({ patient_id: String(patient), from, limit: MOST }, signal);
    },
  });
  return (
    <Loaded query={ledger}>
      {({ entries, next_cursor: more }) => (
        <>
          {entries.length === 0 ? (
            <p>{isAll ? 'Nothing yet.' : `Nothing in the last ${RECENT_DAYS} days.`}</p>
          ) : (
            <LedgerTable entries={entries.toReversed()} of="patient" />
          )}
          {more !== null && <p className="quiet">The first {MOST} entries. The file goes on from there.</p>}
          {!isAll && (
            <p className="buttons">
              <span className="quiet">Of the last {RECENT_DAYS} days.</span>
              <Button className="small" onPress={() => setAll(true)}>
                Show all
              </Button>
            </p>
          )}
        </>
      )}
    </Loaded>
  );
}
