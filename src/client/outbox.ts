/** The messages that wait to be sent or have failed, and what becomes of them. Pure: sender.ts sends. */
import type { Role } from './contract.ts';
import { isWorthRepeating } from './http.ts';
import type { Failure, Message } from './log.ts';
import type { ClientError } from './problem.ts';

export type Outbox = readonly Message[];

const waits = ({ state }: Message): boolean => state === 'sending';

export const waiting = (outbox: Outbox): Outbox => outbox.filter(waits);

export const added = (
  outbox: Outbox,
  clientMessageId: string,
  text: string | null,
  senderRole: Role | null,
): Outbox => [...outbox, { clientMessageId, text, senderRole, state: 'sending' }];

const hasId =
  (id: string) =>
  ({ clientMessageId }: Message): boolean =>
    clientMessageId === id;

export const without = (outbox: Outbox, id: string): Outbox =>
  outbox.filter((message) => !hasId(id)(message));

/** A failed message waits again, behind the others. */
export function retried(outbox: Outbox, id: string): Outbox {
  const found = outbox.find(hasId(id));
  return found?.state === 'failed' ? added(without(outbox, id), id, found.text, found.senderRole) : outbox;
}

/**
 * After an error: null where the same id is to be sent again, as it is not known whether it was stored. Else with this
 * message failed, or with all that wait where the session has ended.
 */
export function afterError(
  outbox: Outbox,
  id: string,
  { code, message, status }: ClientError,
): Outbox | null {
  if (isWorthRepeating(status)) return null;
  const failure: Failure = { code, message };
  const isHit = (candidate: Message): boolean =>
    waits(candidate) && (code === 'session_ended' || hasId(id)(candidate));
  return outbox.map((candidate) =>
    isHit(candidate) ? { ...candidate, state: 'failed', failure } : candidate,
  );
}
