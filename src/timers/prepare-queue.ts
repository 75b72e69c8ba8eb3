import { chooseBackend } from './choose-backend.ts';
import type { QueueSettings } from './queue-settings.ts';

/**
 * Creates BullMQ's tables on PostgreSQL, or brings them up to date; on Redis there is nothing to do. Run
 * it with the engine's own migrations, before anything else opens the queue. Safe to repeat.
 */
export async function prepareQueue(settings: QueueSettings): Promise<void> {
  await chooseBackend(settings).prepare();
}
