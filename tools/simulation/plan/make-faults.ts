/** What goes wrong in one simulation, and when: mostly at the very ms of a command. */
import type { Policy } from '../../../src/billing/policy.ts';
import type { Random } from '../../kit/random.ts';
import type { Command, Fault, Step, FaultKind } from './plan.ts';

/** Two APIs, then two workers. */
export const PROCESSES = ['api-1', 'api-2', 'worker-1', 'worker-2'] as const;

export function makeFaults(
  random: Random,
  commands: readonly Command[],
  newPolicies: readonly { readonly atMs: number; readonly policy: Policy }[],
): Fault[] {
  const settings = newPolicies.map(({ atMs, policy }): Fault => ({
    atMs,
    is: 'fault',
    kind: 'settings',
    policy,
  }));
  const lastAtMs = Math.max(0, ...commands.map(({ atMs }) => atMs));
  const faults = Array.from({ length: random.between(1, 10) }, (): Fault => {
    const near = commands[random.between(0, commands.length - 1)]?.atMs ?? 0;
    const atMs = random.chance(0.6)
      ? Math.max(0, near - random.pick([0, 0, 1, 5]))
      : random.between(0, lastAtMs + 1_000);
    return { ...makeFaultKind(random), is: 'fault', atMs };
  });
  return [...settings, ...faults];
}

const DEATHS = ['at_once', 'before_fold', 'before_commit', 'commit_sent', 'after_commit', 'arming'] as const;

function makeFaultKind(random: Random): FaultKind {
  const process = random.between(0, PROCESSES.length - 1);
  const which = random.between(0, 5);
  switch (random.between(0, 19)) {
    case 0:
    case 1:
    case 2:
      return { kind: 'kill', process, point: random.pick(DEATHS), backAfterMs: random.between(0, 3_000) };
    case 3:
      return { kind: 'pause', process, forMs: random.pick([5, 100, 1_500, 3_000]) };
    case 4:
      return { kind: 'database_away', forMs: random.pick([1, 100, 1_000, 2_500]) };
    case 5:
      return { kind: 'batch_fails', how: random.pick(['deadlock', 'connection_lost']) };
    case 6:
    case 7:
      return { kind: 'outcome_lost', landsAfterMs: random.pick([0, 0, 1, 50, 200]) };
    case 8:
      return { kind: 'batch_refused' };
    case 9:
      return { kind: 'touch_fails', counts: random.chance(0.5) };
    case 10:
      return { kind: 'answer_lost' };
    case 11:
      return { kind: 'queue_away', forMs: random.pick([10, 500, 3_000]) };
    case 12:
      return { kind: 'queue_emptied' };
    case 13:
    case 17:
      return { kind: random.pick(['alarm_early', 'alarm_lost']), which };
    case 14:
    case 18:
      return { kind: 'alarm_late', which, byMs: random.pick([1, 50, 1_000, 5_000]) };
    case 15:
    case 19:
      return { kind: 'alarm_doubled' };
    default:
      return { kind: 'ack_lost' };
  }
}

/** When a step is over for good, its process back, its server there again. */
export function overAtMs(step: Step): number {
  if (step.is === 'command') return step.atMs + (step.againAfterMs ?? 0);
  switch (step.kind) {
    case 'kill':
      return step.atMs + step.backAfterMs;
    case 'pause':
    case 'database_away':
    case 'queue_away':
      return step.atMs + step.forMs;
    case 'alarm_late':
      return step.atMs + step.byMs;
    case 'settings':
      return step.atMs + 1_000;
    case 'outcome_lost':
      return step.atMs + step.landsAfterMs;
    case 'batch_fails':
    case 'batch_refused':
    case 'touch_fails':
    case 'answer_lost':
    case 'queue_emptied':
    case 'alarm_early':
    case 'alarm_lost':
    case 'alarm_doubled':
    case 'ack_lost':
      return step.atMs;
  }
}
