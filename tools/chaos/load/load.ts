import { openApiClient } from '../../kit/api-client.ts';
import { type Random, randomFrom } from '../../kit/random.ts';
import { tokenFor } from '../../kit/tokens.ts';
import { type Follower, openFollower } from './follower.ts';
import { openJournal, type Journal } from './journal.ts';
import { openNotedOffice, openNotedPhone } from './noted-people.ts';
import { runPatient } from './patient.ts';
import { createPersistentCaller } from './persistent-caller.ts';

/** Hundreds of people who use the product as they always do, whatever happens to it. */
export interface Load {
  readonly journal: Journal;
  /** The apps of patients and doctors: each has a socket that follows their appointments. */
  readonly followers: readonly Follower[];
  /** Nothing new is begun; resolves when every request was answered or given up. */
  readonly stop: () => Promise<void>;
}

export interface LoadOptions {
  readonly patients: number;
  readonly seed: number;
  readonly apiPorts: readonly number[];
}

const ADMIN_ID = 900_000_001;
const FIRST_DOCTOR_ID = 500_000;

export function startLoad({ patients, seed, apiPorts }: LoadOptions): Load {
  const journal = openJournal();
  const apis = apiPorts.map((port) => openApiClient(port));
  const over = new AbortController();
  const adminToken = tokenFor(ADMIN_ID, { role: 'admin' });
  let appointments = 0;
  const followers: Follower[] = [];
  const follower = (userId: number, random: Random): Follower => {
    const opened = openFollower({ token: tokenFor(userId), apiPorts, random });
    followers.push(opened);
    return opened;
  };
  const runs = Array.from({ length: patients }, async (_, index) => {
    const random = randomFrom(seed, `patient ${index}`);
    const asker = createPersistentCaller(apis, random, journal.counts);
    const [patientId, doctorId] = [index + 1, FIRST_DOCTOR_ID + index];
    const follows = [patientId, doctorId].map((userId) =>
      follower(userId, randomFrom(seed, `follower ${userId}`)),
    );
    const asPatient = asker(tokenFor(patientId));
    const asDoctor = asker(tokenFor(doctorId));
    await runPatient({
      patientId,
      doctorId,
      random,
      over: over.signal,
      office: openNotedOffice(asker(adminToken), journal),
      phones: (appointmentId) => {
        for (const { follow } of follows) follow(appointmentId);
        return {
          patient: openNotedPhone(asPatient, appointmentId, journal),
          doctor: openNotedPhone(asDoctor, appointmentId, journal),
        };
      },
      nextAppointmentId: () => (appointments += 1),
    });
  });
  const finished = Promise.all(runs);
  // `stop` rethrows it.
  finished.catch(() => over.abort());
  return {
    journal,
    followers,
    stop: async () => {
      over.abort();
      try {
        await finished;
      } finally {
        for (const api of apis) api.close();
      }
    },
  };
}
