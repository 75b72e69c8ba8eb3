import { Type } from 'typebox';
import type { StoredMessage } from '../../sessions/store.ts';
import { id, instant, oneOf } from '../schemas.ts';
import { rfc3339 } from '../rfc3339.ts';

export const messageSchema = Type.Object({
  session_id: id,
  message_no: Type.Integer({ minimum: 1, description: 'Its number in the session, from 1, without gaps' }),
  client_message_id: Type.String(),
  sender_id: id,
  sender_role: oneOf('patient', 'doctor'),
  sent_at: instant,
  text: Type.String(),
});

export const messageJson = (message: StoredMessage): Type.Static<typeof messageSchema> => ({
  session_id: message.sessionId,
  message_no: message.messageNo,
  client_message_id: message.clientMessageId,
  sender_id: message.senderId,
  sender_role: message.senderRole,
  sent_at: rfc3339(message.sentAt),
  text: message.text,
});
