import { Link } from '@tanstack/react-router';
import type { SessionRecord } from '../api.ts';
import { END_REASONS } from '../end-reasons.ts';
import { DataTable } from '../parts/data-table.tsx';
import type { Column } from '../parts/table-head.tsx';
import { placeOf } from '../parts/places.ts';
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
  const patient: Column<SessionRecord> = {
    name: 'Patient',
    cell: ({ patient_id: id }) => <Link {...placeOf('patient', id)}>{id}</Link>,
  };
  const columns: readonly Column<SessionRecord>[] = [
    { name: 'Session', cell: ({ session_id: id }) => <Link {...placeOf('session', id)}>{id}</Link> },
    ...(ofOnePatient ? [] : [patient]),
    { name: 'Doctor', cell: ({ doctor_id: id }) => <Link {...placeOf('doctor', id)}>{id}</Link> },
    { name: 'Started', cell: ({ start_time: at }) => <Time at={at} /> },
    { name: 'Lasted', cell: (session) => lastedWords(session, nowMs) },
    { name: 'State', cell: (session) => <State session={session} /> },
    { name: 'Units', cell: (session) => session.sessions_used, isAmount: true },
  ];
  return <DataTable name="Sessions" columns={columns} rows={sessions} keyOf={({ session_id: id }) => id} />;
}

const lastedWords = ({ start_time, ended_at }: SessionRecord, nowMs: number): string =>
  durationOf(((ended_at === null ? nowMs : Date.parse(ended_at)) - Date.parse(start_time)) / 1000);

function State({ session: { is_active, end_reason } }: { readonly session: SessionRecord }) {
  if (is_active) return <span className="tag tag-active">Active</span>;
  return <>{end_reason === null ? 'Ended' : END_REASONS[end_reason]}</>;
}
