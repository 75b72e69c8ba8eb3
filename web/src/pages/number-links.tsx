import { useQuery } from '@tanstack/react-query';
import { Navigate, useParams } from '@tanstack/react-router';
import { readAppointment, readEntry, readGrant } from '../api.ts';
import { isMissing, Loaded } from '../parts/loaded.tsx';
import { PageTitle } from '../parts/page-title.tsx';
import { placeOf } from '../parts/places.ts';
import { capital } from '../parts/words.ts';

/** Appointments, grants and entries have no page of their own: their address leads to where they are shown. */

interface Owner {
  readonly patient_id: number;
  readonly session_id?: number | null;
}

/** To the session of the appointment; to its patient where there is none. */
export const AppointmentLink = () => (
  <NumberLink name="appointment" id={useParams({ from: '/appointments/$id' }).id} read={readAppointment} />
);

export const GrantLink = () => (
  <NumberLink name="grant" id={useParams({ from: '/grants/$id' }).id} read={readGrant} />
);

/** To the session of the entry; to its patient where it belongs to none. */
export const EntryLink = () => (
  <NumberLink name="entry" id={useParams({ from: '/entries/$id' }).id} read={readEntry} />
);

function NumberLink({
  name,
  id,
  read,
}: {
  readonly name: string;
  readonly id: string;
  readonly read: (id: string) => Promise<Owner>;
}) {
  const owner = useQuery({ queryKey: [name, id, 'owner'], queryFn: () => read(id) });
  if (owner.isSuccess) {
    const { patient_id: patient, session_id: session = null } = owner.data;
    return (
      <Navigate {...(session === null ? placeOf('patient', patient) : placeOf('session', session))} replace />
    );
  }
  return (
    <>
      <PageTitle>{isMissing(owner) ? `No ${name} ${id}` : `${capital(name)} ${id}`}</PageTitle>
      {isMissing(owner) ? <p>Nothing has this number.</p> : <Loaded query={owner}>{() => null}</Loaded>}
    </>
  );
}
