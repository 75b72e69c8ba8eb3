import { Button } from 'react-aria-components';
import type { Balance } from '../api.ts';
import { TableBox } from '../parts/table-box.tsx';
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
  return (
    <TableBox name="Grants">
      <table aria-label="Grants">
        <thead>
          <tr>
            <th scope="col">Grant</th>
            <th scope="col" className="amount">
              Bought
            </th>
            <th scope="col" className="amount">
              Remaining
            </th>
            <th scope="col" className="amount">
              Held
            </th>
            <th scope="col">Valid from</th>
            <th scope="col">Until</th>
            <th scope="col">Action</th>
          </tr>
        </thead>
        <tbody>
          {grants.map((grant) => (
            <tr key={grant.grant_id}>
              <td>{grant.grant_id}</td>
              <td className="amount">{boughtWords(grant)}</td>
              <td className="amount">{grant.remaining_sessions}</td>
              <td className="amount">{grant.held_sessions}</td>
              <td>
                <Time at={grant.starts_at} />
              </td>
              <td>
                <Expiry grant={grant} nowMs={nowMs} />
              </td>
              <td>
                <Button
                  className="small"
                  aria-label={`Adjust grant ${grant.grant_id}`}
                  onPress={() => onAdjust(grant.grant_id)}
                >
                  Adjust
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}

/** What the clinic's system said, and what corrections made of it. */
const boughtWords = ({ sessions_total: bought, corrected_total: corrected }: Grant): string => {
  const change = corrected - bought;
  if (change === 0) return String(bought);
  return `${bought} ${change > 0 ? '+' : '−'} ${Math.abs(change)}`;
};

function Expiry({ grant: { expires_at: at }, nowMs }: { readonly grant: Grant; readonly nowMs: number }) {
  if (at === null) return <span className="quiet">no end</span>;
  return (
    <>
      <Time at={at} /> {Date.parse(at) <= nowMs && <span className="tag">expired</span>}
    </>
  );
}
