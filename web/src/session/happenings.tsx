import { TableBox } from '../parts/table-box.tsx';
import { clockOf, durationOf, Time } from '../parts/time.tsx';
import { type Happening, type ToldSession, whatHappened } from './what-happened.ts';

/** What the drawing shows, in words. */
export function Happenings({ session }: { readonly session: ToldSession }) {
  return (
    <TableBox name="What happened">
      <table>
        <caption>What happened</caption>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">What</th>
            <th scope="col">Who</th>
          </tr>
        </thead>
        <tbody>
          {whatHappened(session).map((happening) => (
            <tr key={`${happening.at} ${happening.what}`}>
              <td>
                <Time at={happening.at} short />
              </td>
              <td>
                {happening.what}
                <Lateness happening={happening} />
              </td>
              <td className="nowrap">{happening.who}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}

/** Where it was not written when it was due. */
function Lateness({ happening: { at, lateUntil, isUnwritten } }: { readonly happening: Happening }) {
  if (isUnwritten) return <span className="warned">. Nobody has written it yet.</span>;
  if (lateUntil === null) return null;
  const lateMs = Date.parse(lateUntil) - Date.parse(at);
  return (
    <span className="warned">
      . Written {clockOf(lateUntil)}, {durationOf(lateMs / 1000)} late
    </span>
  );
}
