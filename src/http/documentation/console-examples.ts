import type { SessionRecord } from '../../sessions/console-reads.ts';
import type { BalancePoint, DayFigures, Hit } from '../../sessions/console-store.ts';
import { afterTheEnd, appointment, charges, grant } from './examples.ts';

/** The example conversation as staff find it again in lists and figures. */

const { session, accountNow } = afterTheEnd;

export const sessionRecord: SessionRecord = { session, nextDeadlineAt: null, endRecordedAt: accountNow };

export const bookedAppointment = { appointment, sessionId: session.id };

export const hits: readonly Hit[] = [{ kind: 'session', id: session.id }];

/** Beside the example conversation, one that began before midnight and in which nobody wrote. */
export const dayFigures: DayFigures = {
  started: 1,
  ended: {
    manual_end: 1,
    admin_end: 0,
    no_activity: 1,
    balance_exhausted: 0,
    idle_timeout: 0,
    doctor_no_response: 0,
    max_duration: 0,
  },
  unitsTaken: 4,
  unitsGivenBack: 1,
  unitsBought: 10,
};

export const history: readonly BalancePoint[] = charges.map(({ effectiveAt, balanceAfter }) => ({
  at: effectiveAt,
  grantId: grant.id,
  balanceAfter,
}));
