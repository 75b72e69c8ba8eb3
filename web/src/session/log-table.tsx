import type { SessionAnswer } from '../api.ts';
import { TableBox } from '../parts/table-box.tsx';
import { Time } from '../parts/time.tsx';
import { whoWords } from '../parts/who-words.ts';

/** Everything that the log holds of the session. Of a message it holds the number, never the text. */
export function LogTable({ events }: Pick<SessionAnswer, 'events'>) {
  return (
    <TableBox name="Log" isTall>
      <table aria-label="Log">
        <thead>
          <tr>
            <th scope="col">No.</th>
            <th scope="col">What</th>
            <th scope="col">Due</th>
            <th scope="col">Written</th>
            <th scope="col">Who</th>
            <th scope="col">More</th>
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <tr key={event.event_no}>
              <td>{event.event_no}</td>
              <td>{event.type}</td>
              <td>
                <Time at={event.effective_at} short />
              </td>
              <td>
                <Time at={event.recorded_at} short />
              </td>
              <td className="nowrap">{whoWords(event.actor_role, event.actor_id)}</td>
              <td className="why">{moreWords(event.data)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}

const moreWords = (data: Readonly<Record<string, unknown>>): string =>
  Object.entries(data)
    .filter(([, value]) => typeof value !== 'object')
    .map(([name, value]) => `${name.replaceAll('_', ' ')} ${String(value)}`)
    .join(', ');
