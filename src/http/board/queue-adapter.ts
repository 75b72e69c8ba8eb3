import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type { Queue } from 'bullmq';

/** What BullMQ puts between the name of a queue and that of a worker. */
const SEPARATOR = ':w:';

/**
 * A queue on the board, with its workers on either backend: PostgreSQL knows them by name only, and the board leaves out
 * those that have no address.
 */
export class QueueAdapter extends BullMQAdapter {
  readonly #queue: Queue;

  constructor(queue: Queue) {
    super(queue);
    this.#queue = queue;
  }

  override async getWorkers() {
    const workers = await this.#queue.getWorkers();
    const addressed = workers.map((worker, index) =>
      Object.assign({ id: String(index + 1), addr: 'PostgreSQL' }, worker),
    );
    return this.normalizeWorkers(addressed, SEPARATOR);
  }
}
