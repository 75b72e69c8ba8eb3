import type { SessionId } from '../billing/ids.ts';
import { sessionOfAlarm } from './alarm-job.ts';
import type { ConsumerOptions } from './backend.ts';
import type { Returns } from './returns.ts';
import type { PutBack } from './scripts/put-back.ts';
import type { Taken } from './scripts/take.ts';

/** Begins a look for each alarm that was taken from a shard and is not in hand already. Returns how many that are. */
export function beginLooks(
  shard: number,
  taken: Taken,
  { hand, process }: Pick<ConsumerOptions, 'hand' | 'process'>,
  returns: Pick<Returns<PutBack>, 'add'>,
): number {
  let begun = 0;
  for (const jobId of taken.ids) {
    if (!hand.put(jobId, taken.lease)) continue;
    begun += 1;
    let againMs: number | null = null;
    let note: string | null = null;
    const look = process({
      job: jobOf(jobId, taken),
      putBack: (delayMs) => {
        againMs = Math.ceil(delayMs);
      },
      note: async (line) => {
        note = line;
      },
    });
    void look.finally(() => returns.add(shard, { jobId, lease: hand.remove(jobId), againMs, note }));
  }
  return begun;
}

/** Of an alarm its id says everything: whatever somebody wrote into its job, the session is looked at. */
function jobOf(id: string, { others }: Taken): { id: string; name: string; data: unknown } {
  const session: SessionId | null = sessionOfAlarm(id);
  if (session !== null) return { id, name: 'look-at-session', data: { sessionId: session } };
  const { name = '', data = '' } = others.get(id) ?? {};
  return { id, name, data: parsedOrNull(data) };
}

function parsedOrNull(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
