import { Link } from '@tanstack/react-router';
import type { AdminAction } from '../api.ts';
import { DataTable } from '../parts/data-table.tsx';
import type { Column } from '../parts/table-head.tsx';
import { isNumberKind, placeOf } from '../parts/places.ts';
import { Time } from '../parts/time.tsx';
import { capital } from '../parts/words.ts';
import { wordsOfAction } from './action-words.ts';
import { Change } from './change.tsx';

const COLUMNS: readonly Column<AdminAction>[] = [
  { name: 'When', cell: ({ at }) => <Time at={at} /> },
  { name: 'Who', cell: ({ actor_id: actor }) => `User ${actor}` },
  { name: 'What', cell: ({ action }) => wordsOfAction(action) },
  { name: 'About', cell: aboutOf },
  { name: 'Note', cell: ({ note }) => note, isLong: true },
  { name: 'Change', cell: (action) => <Change action={action} />, isLong: true },
];

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
  return <DataTable name="Who did what" columns={COLUMNS} rows={actions} keyOf={({ action_id: id }) => id} />;
}

/** What the act was about, and whose it is. */
function aboutOf({ target_kind: kind, target_id: target, patient_id: patient, after }: AdminAction) {
  const isNumbered = kind !== null && target !== null && isNumberKind(kind);
  const isOfPatient = patient !== null && kind !== 'patient';
  return (
    <>
      {isNumbered && (
        <Link {...placeOf(kind, target)}>
          {capital(kind)} {target}
        </Link>
      )}
      {isNumbered && isOfPatient && ' of '}
      {isOfPatient && <Link {...placeOf('patient', patient)}>patient {patient}</Link>}
      {kind === 'queue' && nameIn('Queue', after?.['queue'])}
      {kind === 'audit' && nameIn('Night of', after?.['night'])}
    </>
  );
}

/** A queue and a night have no number: what was done says which. */
const nameIn = (kind: string, value: unknown): string | null =>
  typeof value === 'string' ? `${kind} ${value}` : null;
