import { Button } from 'react-aria-components';
import type { Balance } from '../api.ts';
import { DataTable } from '../parts/data-table.tsx';
import type { Column } from '../parts/table-head.tsx';
import { Time } from '../parts/time.tsx';

type Grant = Balance['grants'][number];

/** What was bought, and what is left of it. */
export function GrantsTable({
  grants,
  nowMs,
  onAdjust,
}: {
  readonly grants: readonly Grant[];
  readonly nowMs: number;
  readonly onAdjust: (grantId: number) => void;
}) {
  const columns: readonly Column<Grant>[] = [
    { name: 'Grant', cell: ({ grant_id: id }) => id },
    { name: 'Bought', cell: boughtWords, isAmount: true },
    { name: 'Remaining', cell: (grant) => grant.remaining_sessions, isAmount: true },
    { name: 'Held', cell: (grant) => grant.held_sessions, isAmount: true },
    { name: 'Valid from', cell: ({ starts_at: at }) => <Time at={at} /> },
    { name: 'Until', cell: (grant) => <Expiry grant={grant} nowMs={nowMs} /> },
    {
      name: 'Action',
      cell: ({ grant_id: id }) => (
        <Button className="small" aria-label={`Adjust grant ${id}`} onPress={() => onAdjust(id)}>
          Adjust
        </Button>
      ),
    },
  ];
  return <DataTable name="Grants" columns={columns} rows={grants} keyOf={({ grant_id: id }) => id} />;
}

/** What the clinic's system said, and what corrections made of it. */
function boughtWords({ sessions_total: bought, corrected_total: corrected }: Grant): string {
  const change = corrected - bought;
  if (change === 0) return String(bought);
  return `${bought} ${change > 0 ? '+' : '−'} ${Math.abs(change)}`;
}

function Expiry({ grant: { expires_at: at }, nowMs }: { readonly grant: Grant; readonly nowMs: number }) {
  if (at === null) return <span className="quiet">no end</span>;
  return (
    <>
      <Time at={at} /> {Date.parse(at) <= nowMs && <span className="tag">expired</span>}
    </>
  );
}
