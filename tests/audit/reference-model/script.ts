/**
 * A short way to write down a walk of the naive model by hand, and to read its answer. Patient 7, grant 1 and
 * session 1 are meant where nobody else is named. Instants are seconds after the start of the walk.
 */
import { runNaiveModel } from '../../../src/audit/reference-model/naive-model.ts';
import type { Action, ModelResult, Policy, Role } from '../../../src/audit/reference-model/naive-types.ts';

export const MINUTE = 60;

/** The seed's policy: ten-minute blocks. */
export const CLINIC: Policy = {
  intervalSeconds: 10 * MINUTE,
  firstActivitySeconds: 10 * MINUTE,
  noActivityUnits: 1,
  endGraceSeconds: 0,
  idleSeconds: null,
  doctorResponseSeconds: null,
  maxDurationSeconds: null,
};

/** The same rules on a scale that fits in the head: ten-second blocks. */
export const SHORT: Policy = { ...CLINIC, intervalSeconds: 10, firstActivitySeconds: 10 };

type GrantOptions = { at?: number; patientId?: number; startsAt?: number; expiresAt?: number };

export function grant(grantId: number, units: number, options: GrantOptions = {}): Action {
  const { at = 0, patientId = 7, startsAt = 0, expiresAt = null } = options;
  return { at, kind: 'grant', grantId, patientId, units, startsAt, expiresAt };
}

export function start(at: number, policy: Policy, sessionId = 1, patientId = 7): Action {
  return { at, kind: 'start', sessionId, patientId, policy };
}

export function write(at: number, role: Role, sessionId = 1): Action {
  return { at, kind: 'write', sessionId, role };
}

export function end(at: number, sessionId = 1): Action {
  return { at, kind: 'end', sessionId, by: 'patient' };
}

export function adminEnd(at: number, charge: boolean, sessionId = 1): Action {
  return { at, kind: 'admin_end', sessionId, charge };
}

export function refund(at: number, intervalNo: number, sessionId = 1): Action {
  return { at, kind: 'refund', sessionId, intervalNo };
}

export function takeBack(at: number, intervalNo: number, sessionId = 1): Action {
  return { at, kind: 'take_back', sessionId, intervalNo };
}

export function adjust(at: number, units: number, grantId = 1): Action {
  return { at, kind: 'adjust', grantId, units };
}

export function walk(until: number, ...actions: Action[]): ModelResult {
  return runNaiveModel({ from: 0, until, actions });
}

/** One line per charge and refund: `charge 2 of session 1: interval at 20, grant 1 has 3 left`. */
export function moves(result: ModelResult): string[] {
  return result.ledger
    .filter((entry) => entry.kind === 'charge' || entry.kind === 'refund')
    .map(
      (entry) =>
        `${entry.kind} ${entry.intervalNo} of session ${entry.sessionId}: ` +
        `${entry.reason} at ${entry.effectiveAt}, grant ${entry.grantId} has ${entry.balanceAfter} left`,
    );
}

/** How a session stands: `manual_end at 25, 3 used`, or `active, 1 used`. */
export function standing(result: ModelResult, sessionId = 1): string {
  const session = result.sessions[sessionId];
  if (session === undefined) return 'never started';
  const state = session.endedAt === null ? 'active' : `${session.endReason} at ${session.endedAt}`;
  return `${state}, ${session.sessionsUsed} used`;
}
