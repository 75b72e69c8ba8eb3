/** The unit of work of a batch: what its commands see of what was stored, and of each other. */
import { describe, expect, test } from 'vitest';
import { appointmentId, grantId, ledgerEntryId, sessionId, userId } from '../../src/billing/ids.ts';
import type { Loaded } from '../../src/sessions/store.ts';
import { openUnitOfWork, type Work } from '../../src/sessions/unit-of-work.ts';
import {
  ADMIN,
  aGrant,
  anAccount,
  anActiveSession,
  anAppointment,
  CLINIC,
  PATIENT,
  t,
} from '../billing/specimens.ts';

const SILENT = { ...CLINIC, doctorResponseMs: 900_000 };
const ENTRY = ledgerEntryId(1);

/** The patient wrote at minute 1, and the first block was charged. At minute 16 the doctor is late. */
const waiting = anActiveSession({
  policy: SILENT,
  hasPatientActivity: true,
  firstPatientActivityAt: t('1:00'),
  lastActivityAt: t('1:00'),
  blocksCompleted: 1,
  unitsUsed: 1,
  standingCharges: [{ intervalNo: 1, grantId: grantId(1) }],
});

const loadedAt = (clock: string, facts: Partial<Loaded> = {}): Loaded => ({
  now: t(clock),
  accounts: [anAccount([aGrant({ units: 4, held: 1, total: 5 })], [waiting])],
  appointments: [anAppointment()],
  counters: new Map(),
  messages: [],
  entries: new Map([
    [
      ENTRY,
      {
        id: ENTRY,
        kind: 'charge',
        grantId: grantId(1),
        sessionId: sessionId(1),
        intervalNo: 1,
        undone: null,
      },
    ],
  ]),
  corrections: [],
  newSessionIds: [sessionId(8), sessionId(9)],
  ...facts,
});

const at = <T>(loaded: Loaded, ask: (work: Work) => T): T => openUnitOfWork(loaded).attempt(ask);

describe('the unit of work of a batch', () => {
  test('shows an account settled to now, and settles it once for all commands', () => {
    const unitOfWork = openUnitOfWork(loadedAt('16:00'));
    const first = unitOfWork.attempt((work) => work.account(PATIENT));
    const second = unitOfWork.attempt((work) => work.account(PATIENT));

    expect(first?.account.sessions[0]).toMatchObject({ state: 'ended', endReason: 'doctor_no_response' });
    expect(second).toBe(first);
    expect(unitOfWork.recorded.changes.map(({ change }) => change.kind)).toEqual([
      'hold_released',
      'unit_refunded',
      'session_ended',
    ]);
  });

  test('shows the same account by patient, by session and by grant', () => {
    at(loadedAt('5:00'), (work) => {
      const settled = work.account(PATIENT);
      expect(work.accountOfSession(sessionId(1))).toBe(settled);
      expect(work.accountOfGrant(grantId(1))).toBe(settled);
    });
  });

  test('shows nothing of what is not there', () => {
    at(loadedAt('5:00'), (work) => {
      expect(work.account(userId(8))).toBeNull();
      expect(work.accountOfSession(sessionId(2))).toBeNull();
      expect(work.accountOfGrant(grantId(2))).toBeNull();
      expect(work.appointment(appointmentId(2))).toBeNull();
      expect(work.sessionOfAppointment(appointmentId(2))).toBeNull();
      expect(work.entry(ledgerEntryId(2))).toBeNull();
      expect(work.correction(ADMIN, 'key')).toBeNull();
      expect(work.message(sessionId(1), 'a')).toBeNull();
    });
  });

  test('shows an appointment as a command before it left it', () => {
    const unitOfWork = openUnitOfWork(loadedAt('5:00'));
    unitOfWork.attempt((work) => work.storeAppointment(anAppointment({ status: 'cancelled' })));
    unitOfWork.attempt((work) => work.storeAppointment(anAppointment({ id: 2 })));

    unitOfWork.attempt((work) => {
      expect(work.appointment(appointmentId(1))?.status).toBe('cancelled');
      expect(work.appointment(appointmentId(2))).toEqual(anAppointment({ id: 2 }));
    });
  });

  test('shows a charge as given back once the settling, or a command before, has given it back', () => {
    expect(at(loadedAt('15:00'), (work) => work.entry(ENTRY)?.undone)).toBeNull();
    expect(
      at(loadedAt('16:00'), (work) => {
        work.account(PATIENT);
        return work.entry(ENTRY)?.undone;
      }),
    ).toEqual({ by: { role: 'system' }, at: t('16:00') });
  });

  test('shows the grant that a command before it made', () => {
    const unitOfWork = openUnitOfWork(loadedAt('5:00'));
    unitOfWork.attempt((work) => {
      const settled = work.account(PATIENT);
      if (settled === null) throw new Error('the account is not there');
      work.record(settled, [{ kind: 'grant_created', at: settled.accountNow, grant: aGrant({ id: 2 }) }], {
        role: 'admin',
        id: ADMIN,
      });
    });

    expect(unitOfWork.attempt((work) => work.accountOfGrant(grantId(2)))?.account.grants).toHaveLength(2);
  });

  test('goes by the present of each account: a clock that was set back makes no time negative', () => {
    expect(at(loadedAt('0:30'), (work) => work.account(PATIENT)?.accountNow)).toBe(t('10:00'));
    expect(at(loadedAt('12:00'), (work) => work.account(PATIENT)?.accountNow)).toBe(t('12:00'));
  });

  test('gives every new session an id of its own, and no more than were asked for', () => {
    const unitOfWork = openUnitOfWork(loadedAt('5:00'));
    const ids = [1, 2].map(() => unitOfWork.attempt((work) => work.newSessionId()));

    expect(new Set(ids)).toEqual(new Set([8, 9]));
    expect(() => unitOfWork.attempt((work) => work.newSessionId())).toThrow(/more sessions were started/);
  });
});
