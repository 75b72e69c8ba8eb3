/** Deliberate faults in the rules. */
import { type Mutant, mutantOf } from './mutant.ts';

const inBilling = mutantOf('src/billing');

export const MUTANTS_OF_THE_RULES: readonly Mutant[] = [
  inBilling('any deadline applies a ms late (< for <=)', 'order', 'if (at > now)', 'if (at >= now)'),
  inBilling(
    'R3 a block completes a ms late',
    'blocks',
    '? null : currentBlockEnd(session)',
    '? null : currentBlockEnd(session) + 1',
  ),
  inBilling(
    'R5 no activity is noticed a ms late',
    'no-activity',
    'session.policy.firstActivityMs)',
    'session.policy.firstActivityMs + 1)',
  ),
  inBilling(
    'R13 the terms of an appointment are not looked at',
    'start',
    'policyUnder(terms, policy)',
    'policyUnder(terms && null, policy)',
  ),
  inBilling(
    'R13 F may be longer than the block of the terms',
    'terms',
    'Math.min(terms.firstActivityMs ?? settings.firstActivityMs, intervalMs)',
    'terms.firstActivityMs ?? settings.firstActivityMs',
  ),
  inBilling('R8 idle is noticed a ms late', 'idle', 'session.policy.idleMs)', 'session.policy.idleMs + 1)'),
  inBilling(
    'R9 a silent doctor is noticed a ms late',
    'doctor-silent',
    'session.policy.doctorResponseMs)',
    'session.policy.doctorResponseMs + 1)',
  ),
  inBilling(
    'R10 the longest session is a ms longer',
    'longest-session',
    'session.policy.maxDurationMs)',
    'session.policy.maxDurationMs + 1)',
  ),
  inBilling(
    'R6 the grace ends a ms early (>= for >)',
    'end',
    '> session.policy.endGraceMs',
    '>= session.policy.endGraceMs',
  ),
  inBilling(
    'R3 a grant is valid at its expiry (<= for <)',
    'grant',
    'at < grant.expiresAt',
    'at <= grant.expiresAt',
  ),
  inBilling(
    'R3 a grant is not yet valid at its start (< for <=)',
    'grant',
    'grant.startsAt <= at',
    'grant.startsAt < at',
  ),
  inBilling(
    'R2 the appointed time itself is too early (<= for <)',
    'start',
    'now < after(appointment.scheduledAt',
    'now <= after(appointment.scheduledAt',
  ),
  inBilling(
    'R2 the end of the window is still inside (> for >=)',
    'start',
    'now >= after(appointment.scheduledAt',
    'now > after(appointment.scheduledAt',
  ),
  inBilling(
    'R8 a message at the start of a block is not in it (> for >=)',
    'idle',
    'session.lastActivityAt >= currentBlockStart',
    'session.lastActivityAt > currentBlockStart',
  ),
  inBilling(
    'a released hold stays held',
    'apply',
    '({ ...grant, held: grant.held - 1 })',
    '({ ...grant, held: grant.held })',
  ),
  inBilling('the grant that expires last pays first', 'grant', ': aExpiry - bExpiry', ': bExpiry - aExpiry'),
  inBilling('of two grants the younger pays first', 'grant', '? a.id - b.id', '? b.id - a.id'),
  inBilling(
    'R11 idle comes before the capture of the block',
    'order',
    '  completedBlock,\n  idle,',
    '  idle,\n  completedBlock,',
  ),
  inBilling(
    'R11 the capture comes before no activity',
    'order',
    '  noActivity,\n  completedBlock,',
    '  completedBlock,\n  noActivity,',
  ),
  inBilling(
    'R11 the capture comes before the silent doctor',
    'order',
    '  doctorSilent,\n  noActivity,\n  completedBlock,',
    '  noActivity,\n  completedBlock,\n  doctorSilent,',
  ),
  inBilling(
    'R11 the next block is entered before the longest session ends',
    'order',
    '  longestSession,\n  nextBlock,',
    '  nextBlock,\n  longestSession,',
  ),
  inBilling(
    'R11 of two sessions the higher id comes first',
    'order',
    'session.id < first.session.id',
    'session.id > first.session.id',
  ),
  inBilling(
    'R12 one session is settled instead of the account',
    'settle',
    'firstDue(activeSessions(settled), now)',
    'firstDue(activeSessions(settled).slice(0, 1), now)',
  ),
  inBilling(
    'two sessions may hold the same unit',
    'grant',
    'grant.remaining - grant.held;',
    'grant.remaining;',
  ),
  inBilling(
    'R5 the unit for no activity is always charged',
    'no-activity',
    'const units = session.policy.noActivityUnits;',
    'const units = 1;',
  ),
  inBilling(
    'R9 nothing is given back',
    'doctor-silent',
    '[...release, ...refunds, endOf',
    '[...release, endOf',
  ),
  inBilling(
    'R9 a unit is given back to the wrong grant',
    'doctor-silent',
    '      grantId,\n      intervalNo,',
    '      grantId: session.heldOn ?? grantId,\n      intervalNo,',
  ),
  inBilling(
    'R9 the time runs from the last message of the patient',
    'apply',
    'session.firstPatientActivityAt ?? at',
    'at',
  ),
  inBilling(
    'R14 a refund does not lower the units used',
    'apply',
    'const unitsUsed = session.unitsUsed - 1;',
    'const unitsUsed = session.unitsUsed;',
  ),
  inBilling(
    'R15 a charge is given back as often as somebody asks',
    'corrections',
    "if (entry.isRefunded) return refuse('already_refunded');",
    '',
  ),
  inBilling(
    'R15 an adjustment takes units that are held',
    'corrections',
    'availableUnits(grant) + Math.min(0, units)',
    'grant.remaining + Math.min(0, units)',
  ),
];
