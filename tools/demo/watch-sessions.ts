import { setTimeout as delay } from 'node:timers/promises';
import { msOf } from './answers.ts';
import type { SessionEvent } from './answers.ts';
import type { Chronicle } from './chronicle.ts';
import type { Office } from './clinic.ts';
import { describeEvent } from './event-words.ts';

const LOOK_EVERY_MS = 150;
/** So long a line is kept back, in case another session has something earlier to tell. */
const KEPT_BACK_MS = 300;
/** What is written later than this says so. */
const LATE_MS = 1_000;

export interface WatchOptions {
  /** A session that has not ended by then is left as it is: the comparison shows it. */
  readonly giveUpAfterMs: number;
  readonly halted: AbortSignal;
}

/** Tells every event of the sessions soon after it was written, until all have ended. Throws where it is halted. */
export async function watchSessions(
  sessions: readonly { readonly no: number; readonly sessionId: number }[],
  readEvents: Office['events'],
  chronicle: Chronicle,
  { giveUpAfterMs, halted }: WatchOptions,
): Promise<void> {
  const giveUpAt = performance.now() + giveUpAfterMs;
  const told = new Map<number, number>();
  const open = new Map(sessions.map(({ no, sessionId }) => [sessionId, no]));
  while (open.size > 0 && performance.now() < giveUpAt) {
    const lookedMs = Date.now();
    for (const [sessionId, no] of open) {
      for (const event of await readEvents(sessionId)) {
        if (event.event_no <= (told.get(sessionId) ?? 0)) continue;
        told.set(sessionId, event.event_no);
        tellEvent(event, no, chronicle);
        if (event.type === 'ended') open.delete(sessionId);
      }
    }
    chronicle.print(lookedMs - KEPT_BACK_MS);
    await delay(LOOK_EVERY_MS, undefined, { signal: halted });
  }
  chronicle.print();
}

function tellEvent(event: SessionEvent, no: number, chronicle: Chronicle): void {
  const words = describeEvent(event);
  if (words === null) return;
  const dueMs = msOf(event.effective_at);
  const lateMs = msOf(event.recorded_at) - dueMs;
  const written = lateMs < LATE_MS ? '' : ` (written ${(lateMs / 1000).toFixed(1)} s later)`;
  chronicle.tell(dueMs, no, `${words}${written}`);
}
