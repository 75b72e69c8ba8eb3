import { Link } from '@tanstack/react-router';
import type { LedgerEntry } from '../api.ts';
import { whoWords } from './who-words.ts';
import { placeOf } from './places.ts';
import { TableBox } from './table-box.tsx';
import { Time } from './time.tsx';

/** Entries of the ledger, a line each. */
export function LedgerTable({
  entries,
  of,
}: {
  readonly entries: readonly LedgerEntry[];
  /** Whose they are: what they have in common has no column, or no link. */
  readonly of: 'session' | 'patient';
}) {
  return (
    <TableBox name="Ledger">
      <table aria-label="Ledger">
        <thead>
          <tr>
            <th scope="col">Entry</th>
            <th scope="col">What</th>
            <th scope="col" className="amount">
              Units
            </th>
            <th scope="col">Grant</th>
            {of === 'patient' && <th scope="col">Session</th>}
            <th scope="col">Due</th>
            <th scope="col">Written</th>
            <th scope="col" className="amount">
              Balance after
            </th>
            <th scope="col">Who</th>
            <th scope="col">Note</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.entry_id}>
              <td>{entry.entry_id}</td>
              <td className="nowrap">{kindWords(entry)}</td>
              <td className="amount">
                {entry.units > 0 ? `+${entry.units}` : String(entry.units).replace('-', '−')}
              </td>
              <td>
                {of === 'patient' ? (
                  entry.grant_id
                ) : (
                  <Link {...placeOf('grant', entry.grant_id)}>{entry.grant_id}</Link>
                )}
              </td>
              {of === 'patient' && (
                <td>
                  {entry.session_id !== null && (
                    <Link {...placeOf('session', entry.session_id)}>{entry.session_id}</Link>
                  )}
                </td>
              )}
              <td>
                <Time at={entry.effective_at} />
              </td>
              <td>
                <Time at={entry.recorded_at} short={isSameDay(entry)} />
              </td>
              <td className="amount">{entry.balance_after}</td>
              <td className="nowrap">{whoWords(entry.actor_role, entry.actor_id)}</td>
              <td className="why">{entry.note}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}

const isSameDay = ({ effective_at, recorded_at }: LedgerEntry): boolean =>
  new Date(effective_at).toDateString() === new Date(recorded_at).toDateString();

function kindWords({ kind, reason, interval_no, takes_back }: LedgerEntry): string {
  switch (kind) {
    case 'grant':
      return 'Bought';
    case 'charge':
      return `Block ${interval_no}`;
    case 'refund':
      return `Block ${interval_no} given back`;
    case 'adjustment':
      if (typeof takes_back === 'number') return `Refund ${takes_back} taken back`;
      if (reason === 'validity_changed') return 'Validity changed';
      return reason === 'subscription' ? 'Bought total changed' : 'Adjusted';
  }
}
