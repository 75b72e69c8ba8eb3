import { setTimeout as pause } from 'node:timers/promises';
import { done, type Fault } from '../fault.ts';
import { type ProgramKind, STOP_LIMIT_MS } from '../rig/managed-process.ts';
import { pickProcess } from './at-event.ts';

const HOUR_MS = 3_600_000;
const READY_TIMEOUT_MS = 30_000;

const nameOf = (kind: ProgramKind): string => (kind === 'api' ? 'an API' : 'a worker');

/** SIGSTOP for longer than a worker may keep an alarm, then SIGCONT: it goes on as if nothing had happened. */
export const freeze = (kind: ProgramKind): Fault => ({
  name: `freeze-${kind}`,
  about: `SIGSTOP of ${nameOf(kind)} for 12 to 15 s, longer than an alarm stays its own; then SIGCONT`,
  touches: [kind],
  isKill: false,
  inject: async (rig, random) => {
    const target = pickProcess(rig, random, kind);
    const ms = random.between(12_000, 15_000);
    target.freeze();
    await pause(ms);
    target.thaw();
    return done(`${target.name} for ${ms / 1000} s`);
  },
});

/** The process lives, and its kernel answers for it, but nothing in it moves. */
export const blockEventLoop = (kind: ProgramKind): Fault => ({
  name: `block-${kind}`,
  about: `the event loop of ${nameOf(kind)} blocked for 1 to 12 s`,
  touches: [kind],
  isKill: false,
  inject: async (rig, random) => {
    const target = pickProcess(rig, random, kind);
    const ms = random.between(1_000, 12_000);
    target.blockEventLoop(ms);
    await pause(ms);
    return done(`${target.name} for ${ms / 1000} s`);
  },
});

export const clockWrong = (kind: ProgramKind): Fault => ({
  name: `clock-wrong-${kind}`,
  about: `${nameOf(kind)} works for 8 to 12 s with a clock that is an hour fast or slow`,
  touches: [kind],
  isKill: false,
  inject: async (rig, random) => {
    const target = pickProcess(rig, random, kind);
    const shiftMs = random.pick([HOUR_MS, -HOUR_MS]);
    const ms = random.between(8_000, 12_000);
    await target.replace(shiftMs);
    await target.untilReady(READY_TIMEOUT_MS);
    await pause(ms);
    await target.replace(0);
    await target.untilReady(READY_TIMEOUT_MS);
    return done(`${target.name} an hour ${shiftMs > 0 ? 'fast' : 'slow'}`);
  },
});

export const rollingDeploy: Fault = {
  name: 'rolling-deploy',
  about: 'SIGTERM to one process after the other, under load; each must end with 0 within 45 s',
  touches: ['api', 'worker'],
  isKill: false,
  inject: async (rig) => {
    const problems: string[] = [];
    let longestMs = 0;
    for (const target of rig.processes) {
      const { exitCode, tookMs } = await target.replace(0);
      longestMs = Math.max(longestMs, tookMs);
      if (exitCode !== 0 || tookMs > STOP_LIMIT_MS)
        problems.push(`${target.name} ended with ${exitCode} after ${Math.round(tookMs)} ms of a deploy`);
      await target.untilReady(READY_TIMEOUT_MS);
    }
    return done(`the slowest ended after ${(longestMs / 1000).toFixed(1)} s`, problems);
  },
};
