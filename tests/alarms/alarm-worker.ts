import { onTestFinished } from 'vitest';
import type { Notice } from '../../src/alarms/notices.ts';
import type { QueueSettings } from '../../src/alarms/queues.ts';
import { type AlarmWorker, type AlarmWorkerOptions, createAlarmWorker } from '../../src/alarms/worker.ts';
import { storing } from './scripted-settle.ts';

export interface TestWorker extends AlarmWorker {
  readonly notices: readonly Notice[];
  readonly stuck: readonly string[];
}

/** A worker of a test: nothing is stored, nothing is audited. It is closed when the test is over. */
export async function openWorker(
  queue: QueueSettings,
  options: Pick<AlarmWorkerOptions, 'settle'> & Partial<AlarmWorkerOptions>,
): Promise<TestWorker> {
  const notices: Notice[] = [];
  const stuck: string[] = [];
  const worker = await createAlarmWorker({
    queue,
    arm: () => Promise.resolve(),
    deadlines: storing(),
    audit: null,
    report: (notice) => void notices.push(notice),
    onStuck: (reason) => void stuck.push(reason),
    ...options,
  });
  onTestFinished(() => worker.close());
  return { ...worker, notices, stuck };
}
