import { appointmentId, type AppointmentId, isId } from '../billing/ids.ts';
import { WAKE_REASONS, type Wakes } from '../sessions/wakes.ts';

/** PostgreSQL takes less than 8,000 bytes in a notification. */
const MAX_PAYLOAD_BYTES = 7_900;

/** Wakes that wait to be sent, each once. */
export interface PendingWakes {
  readonly add: (wakes: Wakes) => void;
  /** Takes out as many as fit into one payload, which begins with the sender; null where none wait. */
  readonly next: (sender: string) => string | null;
}

export function createPendingWakes(): PendingWakes {
  const pending = {
    log: new Set<AppointmentId>(),
    account: new Set<AppointmentId>(),
    activity: new Set<AppointmentId>(),
  };
  return {
    add: (wakes) => {
      for (const reason of WAKE_REASONS) for (const id of wakes[reason]) pending[reason].add(id);
    },
    next: (sender) => {
      let payload = sender;
      for (const reason of WAKE_REASONS) {
        let separator = ` ${reason}:`;
        for (const id of pending[reason]) {
          if (payload.length + separator.length + String(id).length > MAX_PAYLOAD_BYTES) return payload;
          payload += `${separator}${id}`;
          separator = ',';
          pending[reason].delete(id);
        }
      }
      return payload === sender ? null : payload;
    },
  };
}

/** What a payload says; null where it is none of ours. */
export function parseWakes(payload: string): { readonly sender: string; readonly wakes: Wakes } | null {
  const [sender = '', ...parts] = payload.split(' ');
  const wakes = {
    log: [] as AppointmentId[],
    account: [] as AppointmentId[],
    activity: [] as AppointmentId[],
  };
  for (const part of parts) {
    const [reason = '', list = ''] = part.split(':');
    const known = WAKE_REASONS.find((candidate) => candidate === reason);
    const ids = list.split(',').map(Number);
    if (known === undefined || !ids.every(isId)) return null;
    wakes[known].push(...ids.map((id) => appointmentId(id)));
  }
  return sender === '' ? null : { sender, wakes };
}
