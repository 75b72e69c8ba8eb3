import type { IQueueBackend, Queue } from 'bullmq';
import type { Alarm, Alarms } from '../sessions/alarms.ts';
import { alarmDelayMs, alarmId, alarmJob } from './alarm-job.ts';
import { isTakenAway } from './queue-error.ts';

/** The most alarms in one queue operation, so that a long list never holds the queue up for others. */
const maxBatch = 1_000;

/** Arms by BullMQ's own operations. */
export function alarmsOf(queue: Pick<Queue, 'addBulk'>, backend: Pick<IQueueBackend, 'changeDelay'>): Alarms {
  async function arm(alarms: readonly Alarm[]): Promise<void> {
    for (const batch of batches(alarms)) await queue.addBulk(batch.map(alarmJob));
  }

  /**
   * Adds first, so that afterwards every session has a job whose delay can be set, and none can slip
   * between "there is none" and "add". What is left is a job that waits or is being looked at just now.
   * Waiting: the look follows at once, with all that is committed. In hand: if the look read the session
   * before the deadline came forward, it puts its alarm back to the later time. Then the sweep settles
   * the session on its next round after the deadline and its grace: late by that much, never wrong.
   */
  async function bringForward(alarms: readonly Alarm[]): Promise<void> {
    await arm(alarms);
    const changeDelay = async ({ sessionId, delayMs }: Alarm): Promise<void> => {
      try {
        await backend.changeDelay(alarmId(sessionId), alarmDelayMs(delayMs));
      } catch (error) {
        // A look is under way, or was, and found the session over.
        if (!isTakenAway(error)) throw error;
      }
    };
    for (const batch of batches(alarms)) await Promise.all(batch.map(changeDelay));
  }

  return { arm, bringForward };
}

function* batches(alarms: readonly Alarm[]): Generator<readonly Alarm[]> {
  for (let from = 0; from < alarms.length; from += maxBatch) yield alarms.slice(from, from + maxBatch);
}
