import type { QueueAlarms } from './backend.ts';
import { chooseBackend } from './choose-backend.ts';
import type { Report } from './notice.ts';
import type { QueueSettings } from './queue-settings.ts';

export type { QueueAlarms } from './backend.ts';

/**
 * The producer's side. A command rejects within about 2 s when the queue is away; nothing is kept to be
 * sent later. Of a list that failed, some alarms may be armed: repeat it, or leave it to the sweep.
 */
export async function createAlarms(settings: QueueSettings, report: Report): Promise<QueueAlarms> {
  return chooseBackend(settings).openAlarms(report);
}
