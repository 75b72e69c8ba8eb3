import { createRandom } from '../random.ts';
import { createCaller } from './caller.ts';
import { openHttpExchange } from './http-exchange.ts';
import { openJournal, type Journal } from './journal.ts';
import { openOffice } from './office.ts';
import { livePatient } from './patient-life.ts';
import { openPhone } from './phone.ts';
import { signToken } from './token.ts';

/** Hundreds of people who use the product as they always do, whatever happens to it. */
export interface Load {
  readonly journal: Journal;
  /** Nobody begins anything new; resolves when everybody has had an answer or has given up. */
  stop(): Promise<void>;
}

export interface LoadOptions {
  readonly patients: number;
  readonly seed: number;
  readonly secret: string;
  readonly apiPorts: readonly number[];
}

const ADMIN_ID = 900_000_001;
const FIRST_DOCTOR_ID = 500_000;
/** Streams of chance from here on belong to the patients, one each. */
const FIRST_STREAM = 10_000;

export function startLoad({ patients, seed, secret, apiPorts }: LoadOptions): Load {
  const journal = openJournal();
  const exchanges = apiPorts.map(openHttpExchange);
  const over = new AbortController();
  const adminToken = signToken(secret, ADMIN_ID, 'admin');
  let appointments = 0;
  const lives = Array.from({ length: patients }, async (_, index) => {
    const random = createRandom(seed, FIRST_STREAM + index);
    const caller = createCaller(exchanges, random, journal.counts);
    const [patientId, doctorId] = [index + 1, FIRST_DOCTOR_ID + index];
    const tokens = { patient: signToken(secret, patientId, null), doctor: signToken(secret, doctorId, null) };
    await livePatient({
      patientId,
      doctorId,
      random,
      over: over.signal,
      office: openOffice(caller, adminToken, journal),
      phones: (appointmentId) => ({
        patient: openPhone(caller, tokens.patient, appointmentId, journal),
        doctor: openPhone(caller, tokens.doctor, appointmentId, journal),
      }),
      nextAppointmentId: () => (appointments += 1),
    });
  });
  const finished = Promise.all(lives);
  // Whoever stops the load hears of it then.
  finished.catch(() => over.abort());
  return {
    journal,
    stop: async () => {
      over.abort();
      try {
        await finished;
      } finally {
        for (const exchange of exchanges) exchange.close();
      }
    },
  };
}
