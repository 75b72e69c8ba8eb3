import { releaseBlock } from './blocks.ts';
import type { Change } from './change.ts';
import type { DeadlineRule } from './deadline-rule.ts';
import { endOf } from './end.ts';
import { after } from './time.ts';

/**
 * R9 Doctor silent. The patient wrote, and the doctor had not written by the time that the policy gives after
 * the patient's first message: the session ends, `doctor_no_response`, its hold is released and every unit that
 * it took is given back to the grant it came from. A doctor who wrote before the patient did is not silent.
 */
export const doctorSilent: DeadlineRule = {
  deadlineOf: (session) =>
    session.policy.doctorResponseMs === null ||
    session.firstPatientActivityAt === null ||
    session.hasDoctorActivity
      ? null
      : after(session.firstPatientActivityAt, session.policy.doctorResponseMs),
  changesAt: (session, _account, at) => {
    const refunds = session.standingCharges.map(({ intervalNo, grantId }): Change => ({
      kind: 'unit_refunded',
      at,
      sessionId: session.id,
      grantId,
      intervalNo,
      reason: 'doctor_no_response',
    }));
    const release = session.heldOn === null ? [] : [releaseBlock(session, at)];
    return [...release, ...refunds, endOf(session, 'doctor_no_response', 0, at)];
  },
};
