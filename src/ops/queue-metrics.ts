import { Gauge, type Registry } from 'prom-client';
import type { Restriction } from '../alarms/board.ts';
import { withTimeout } from '../async/timeout.ts';

const ANSWER_MS = 2_000;

/** Whether the queue is paused or limited, asked at each scrape; left out while the queue is away. */
export function addQueueMetrics(
  registry: Registry,
  restrictions: () => Promise<readonly Restriction[]>,
): void {
  const restricted = new Gauge({
    name: 'queue_restricted',
    help: 'Whether the queue is paused or slowed: 1 or 0.',
    registers: [registry],
    collect: async () => {
      try {
        const found = await withTimeout(restrictions(), ANSWER_MS, 'the queue is away');
        restricted.set(found.length === 0 ? 0 : 1);
      } catch {
        restricted.remove();
      }
    },
  });
}
