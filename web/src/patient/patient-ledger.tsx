import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { type LedgerEntry, readLedger } from '../api.ts';
import { LedgerTable } from '../parts/ledger-table.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { DAY_MS } from '../parts/moments.ts';

/** The most that the API gives at once; the oldest of a period first. */
const MOST = '1000';
/** How far it is looked back, until there is no more than that. */
const LOOKED_BACK_DAYS = [90, 14, 2] as const;

interface Found {
  readonly entries: readonly LedgerEntry[];
  /** Null: everything there is. */
  readonly days: number | null;
  readonly hasMore: boolean;
}

/** The newest first. Nobody reads all entries of many years: those of the last time come first. */
export function PatientLedger({ patient }: { readonly patient: number }) {
  const [isAll, setAll] = useState(false);
  const ledger = useQuery({
    queryKey: ['ledger', patient, isAll],
    queryFn: ({ signal }) => (isAll ? readAll(patient, signal) : readNewest(patient, signal)),
  });
  return (
    <Loaded query={ledger}>
      {({ entries, days, hasMore }) => (
        <>
          {entries.length === 0 ? (
            <p>{days === null ? 'Nothing yet.' : `Nothing in the last ${days} days.`}</p>
          ) : (
            <LedgerTable entries={entries.toReversed()} of="patient" />
          )}
          {hasMore && <p className="quiet">Only the first {MOST} entries are shown.</p>}
          {days !== null && (
            <p className="buttons">
              <span className="quiet">Of the last {days} days.</span>
              <Button className="small" onPress={() => setAll(true)}>
                Show from the beginning
              </Button>
            </p>
          )}
        </>
      )}
    </Loaded>
  );
}

async function readNewest(patient: number, signal: AbortSignal): Promise<Found> {
  let found: Found = { entries: [], days: null, hasMore: false };
  for (const days of LOOKED_BACK_DAYS) {
    const from = new Date(Date.now() - days * DAY_MS).toISOString();
    const { entries, next_cursor: more } = await readLedger(
      { patient_id: String(patient), from, limit: MOST },
      signal,
    );
    found = { entries, days, hasMore: more !== null };
    if (more === null) break;
  }
  return found;
}

async function readAll(patient: number, signal: AbortSignal): Promise<Found> {
  const { entries, next_cursor: more } = await readLedger(
    { patient_id: String(patient), limit: MOST },
    signal,
  );
  return { entries, days: null, hasMore: more !== null };
}
