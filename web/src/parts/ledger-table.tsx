import { Link } from '@tanstack/react-router';
import type { LedgerEntry } from '../api.ts';
import { DataTable } from './data-table.tsx';
import type { Column } from './table-head.tsx';
import { placeOf } from './places.ts';
import { Time } from './time.tsx';
import { whoWords } from './words.ts';

/** Entries of the ledger, a line each. `of`: what they have in common has no column, or no link. */
export function LedgerTable({
  entries,
  of,
}: {
  readonly entries: readonly LedgerEntry[];
  readonly of: 'session' | 'patient';
}) {
  const grant: Column<LedgerEntry> =
    of === 'session'
      ? { name: 'Grant', cell: ({ grant_id: id }) => <Link {...placeOf('grant', id)}>{id}</Link> }
      : { name: 'Grant', cell: ({ grant_id: id }) => id };
  const session: Column<LedgerEntry> = {
    name: 'Session',
    cell: ({ session_id: id }) => id !== null && <Link {...placeOf('session', id)}>{id}</Link>,
  };
  const columns: readonly Column<LedgerEntry>[] = [
    { name: 'Entry', cell: (entry) => entry.entry_id },
    { name: 'What', cell: kindWords },
    { name: 'Units', cell: ({ units }) => signed(units), isAmount: true },
    grant,
    ...(of === 'session' ? [] : [session]),
    { name: 'Due', cell: ({ effective_at: at }) => <Time at={at} /> },
    {
      name: 'Written',
      cell: ({ effective_at: due, recorded_at: at }) => <Time at={at} onDayOf={due} />,
    },
    { name: 'Balance after', cell: (entry) => entry.balance_after, isAmount: true },
    { name: 'Who', cell: ({ actor_role, actor_id }) => whoWords(actor_role, actor_id) },
    { name: 'Note', cell: ({ note }) => note, isLong: true },
  ];
  return (
    <DataTable name="Ledger" columns={columns} rows={entries} keyOf={({ entry_id: id }) => id} most={100} />
  );
}

const signed = (units: number): string => (units < 0 ? `−${-units}` : `+${units}`);

function kindWords({ kind, reason, interval_no, takes_back }: LedgerEntry): string {
  switch (kind) {
    case 'grant':
      return 'Bought';
    case 'charge':
      return `Block ${interval_no}`;
    case 'refund':
      return `Block ${interval_no} given back`;
    case 'adjustment':
      if (takes_back !== null) return `Refund ${takes_back} taken back`;
      if (reason === 'validity_changed') return 'Validity changed';
      return reason === 'subscription' ? 'Bought total changed' : 'Adjusted';
  }
}
