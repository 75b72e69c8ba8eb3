/** What the client believes of the server is what the server says. The compiler checks the first part of this file. */
import type { Type } from 'typebox';
import { expect, test } from 'vitest';
import type {
  ClientFrame,
  EndedSession,
  EndReason,
  Receipt,
  ReceiptBlock,
  Role,
  Session,
  SessionEvent,
  StoredMessage,
} from '../../src/client/contract.ts';
import type { eventSchema } from '../../src/http/answers/event.ts';
import type { messageSchema } from '../../src/http/answers/message.ts';
import type { blockSchema, receiptSchema } from '../../src/http/answers/receipt.ts';
import type {
  endedSessionSchema,
  endReason,
  sessionSchema,
  statusSchema,
} from '../../src/http/answers/session.ts';
import { parseFrame } from '../../src/http/live/frames.ts';

type Is<Server, Client> = [Server] extends [Client] ? true : false;
type Same<Server, Client> = Is<Server, Client> | Is<Client, Server>;
/** What the server answers is what the client takes it for, and has the same fields. */
type Answers<Server, Client> = Is<Server, Client> | Same<keyof Server, keyof Client>;

/** Does not compile where one of them is false. */
type True<Claims extends readonly true[]> = Claims;
export type Held = True<
  [
    Answers<Type.Static<typeof statusSchema>, Session>,
    Answers<Type.Static<typeof sessionSchema>, Session>,
    Answers<Type.Static<typeof endedSessionSchema>, EndedSession>,
    Answers<Type.Static<typeof blockSchema>, ReceiptBlock>,
    Answers<Type.Static<typeof receiptSchema>, Receipt>,
    Answers<Type.Static<typeof messageSchema>, StoredMessage>,
    Answers<Type.Static<typeof eventSchema>, SessionEvent>,
    Same<Type.Static<typeof messageSchema>['sender_role'], Role>,
    Same<Type.Static<typeof endReason>, EndReason>,
  ]
>;

const frames: { readonly [Kind in ClientFrame['type']]: ClientFrame & { readonly type: Kind } } = {
  hello: { type: 'hello', token: 'e30.e30.x', follow: [{ appointment_id: 42, after: 0 }] },
  follow: { type: 'follow', appointment_id: 42, after: 7 },
  unfollow: { type: 'unfollow', appointment_id: 42 },
  token: { type: 'token', token: 'e30.e30.x' },
  ping: { type: 'ping', id: 1 },
};

test.each(Object.values(frames))('The server reads the frame $type as the client sends it', (frame) => {
  expect(parseFrame(JSON.stringify(frame))).toMatchObject({ type: frame.type });
});
