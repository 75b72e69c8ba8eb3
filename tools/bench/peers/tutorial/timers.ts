import { Queue } from 'bullmq';
import { Redis } from 'ioredis';

export const DEDUCTIONS = 'tutorial-deductions';
export const COUNTDOWNS = 'tutorial-countdowns';
export const INTERVAL_MS = 600_000;

/** As BullMQ's documentation has it for jobs that must not be lost to a passing error. */
const JOB_OPTIONS = {
  removeOnComplete: true,
  removeOnFail: false,
  attempts: 5,
  backoff: { type: 'exponential', delay: 500 },
} as const;

export interface SessionTimers {
  /** One job for the end of each block. */
  readonly addDeductions: (
    blocks: readonly { readonly sessionId: number; readonly blockNo: number; readonly dueAt: Date }[],
  ) => Promise<void>;
  /** The countdown to the end for want of activity begins anew: the old job is removed, another added. */
  readonly restartCountdown: (sessionId: number) => Promise<void>;
  /** Forgets every job. */
  readonly empty: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export function openTimers(redisUrl: string): SessionTimers {
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
  const deductions = new Queue(DEDUCTIONS, { connection, defaultJobOptions: JOB_OPTIONS });
  const countdowns = new Queue(COUNTDOWNS, { connection, defaultJobOptions: JOB_OPTIONS });
  return {
    addDeductions: async (blocks) => {
      await deductions.addBulk(
        blocks.map(({ sessionId, blockNo, dueAt }) => ({
          name: 'deduct',
          data: { sessionId },
          opts: {
            jobId: `session-${sessionId}-block-${blockNo}`,
            delay: Math.max(0, dueAt.getTime() - Date.now()),
          },
        })),
      );
    },
    restartCountdown: async (sessionId) => {
      const jobId = `session-${sessionId}`;
      await countdowns.remove(jobId);
      await countdowns.add('no-activity', { sessionId }, { jobId, delay: INTERVAL_MS });
    },
    empty: async () => {
      await Promise.all([deductions.obliterate({ force: true }), countdowns.obliterate({ force: true })]);
    },
    close: async () => {
      await Promise.all([deductions.close(), countdowns.close()]);
      await connection.quit();
    },
  };
}
