import type { AdminAction } from '../api.ts';
import { ActionRows } from './action-rows.tsx';

/** Acts, a line each. */
export function ActionTable({
  actions,
  nothing,
}: {
  readonly actions: readonly AdminAction[];
  /** What is said where there is none. */
  readonly nothing: string;
}) {
  if (actions.length === 0) return <p>{nothing}</p>;
  return (
    <div className="table-box">
      <table className="actions">
        <caption className="seen-by-readers">Who did what</caption>
        <thead>
          <tr>
            {['When', 'Who', 'What', 'About', 'Note', 'Change'].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {actions.map((action) => (
            <ActionRows key={action.action_id} action={action} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
