import { Link } from '@tanstack/react-router';
import type { SessionRecord } from '../api.ts';
import { END_REASONS } from '../end-reasons.ts';
import { placeOf } from '../parts/places.ts';
import { TableBox } from '../parts/table-box.tsx';
import { durationOf, Time } from '../parts/time.tsx';

/** Sessions, a line each. `nowMs`: until when those that go on have lasted. */
export function SessionsTable({
  sessions,
  nowMs,
  ofOnePatient = false,
}: {
  readonly sessions: readonly SessionRecord[];
  readonly nowMs: number;
  readonly ofOnePatient?: boolean;
}) {
  return (
    <TableBox name="Sessions">
      <table aria-label="Sessions">
        <thead>
          <tr>
            <th scope="col">Session</th>
            {!ofOnePatient && <th scope="col">Patient</th>}
            <th scope="col">Doctor</th>
            <th scope="col">Started</th>
            <th scope="col">Lasted</th>
            <th scope="col">State</th>
            <th scope="col" className="amount">
              Units
            </th>
          </tr>
        </thead>
        <tbody>
          {sessions.map((session) => (
            <tr key={session.session_id}>
              <td>
                <Link {...placeOf('session', session.session_id)}>{session.session_id}</Link>
              </td>
              {!ofOnePatient && (
                <td>
                  <Link {...placeOf('patient', session.patient_id)}>{session.patient_id}</Link>
                </td>
              )}
              <td>
                <Link {...placeOf('doctor', session.doctor_id)}>{session.doctor_id}</Link>
              </td>
              <td>
                <Time at={session.start_time} />
              </td>
              <td className="nowrap">{lastedWords(session, nowMs)}</td>
              <td>
                <State session={session} />
              </td>
              <td className="amount">{session.sessions_used}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}

const lastedWords = ({ start_time, ended_at }: SessionRecord, nowMs: number): string =>
  durationOf(((ended_at === null ? nowMs : Date.parse(ended_at)) - Date.parse(start_time)) / 1000);

function State({ session: { is_active, end_reason } }: { readonly session: SessionRecord }) {
  if (is_active) return <span className="tag tag-active">Active</span>;
  return <>{end_reason === null ? 'Ended' : END_REASONS[end_reason]}</>;
}
