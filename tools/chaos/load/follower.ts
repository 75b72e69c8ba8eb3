import type { Random } from '../../kit/random.ts';
import { keepSocket } from './kept-socket.ts';

/** What one person's app received of the appointments that it follows. */
export interface Follower {
  readonly follow: (appointmentId: number) => void;
  /** By appointment, in the order in which it came. */
  readonly journal: ReadonlyMap<number, readonly number[]>;
  /** Whether it follows the appointment still: then it has to have everything. */
  readonly follows: (appointmentId: number) => boolean;
  readonly problems: readonly string[];
  /** Connections that were welcomed. */
  readonly connections: () => number;
  readonly close: () => void;
}

export interface FollowerOptions {
  readonly token: string;
  readonly apiPorts: readonly number[];
  readonly random: Random;
}

/** The server takes 50 a socket; the oldest is given up for a new one. */
const MOST_FOLLOWED = 40;
const AGAIN_MS = 1_000;
/** Booked, and perhaps not stored; or the database is away. */
const PASSING = new Set(['appointment_not_found', 'unavailable']);

/** Follows over one socket, and comes back with its cursors whenever that breaks. */
export function openFollower({ token, apiPorts, random }: FollowerOptions): Follower {
  const journal = new Map<number, number[]>();
  const followed = new Set<number>();
  const problems: string[] = [];
  let connections = 0;
  const request = (appointmentId: number) => ({
    appointment_id: appointmentId,
    after: journal.get(appointmentId)?.at(-1) ?? 0,
  });
  const socket = keepSocket({
    apiPorts,
    random,
    hello: () => ({ type: 'hello', token, follow: [...followed].map(request) }),
    onFrame: (frame) => {
      const appointmentId = Number(frame['appointment_id']);
      if (frame['type'] === 'welcome') connections += 1;
      if (frame['type'] === 'event' && followed.has(appointmentId))
        journal.get(appointmentId)?.push(Number(Object(frame['event'])['n']));
      if (frame['type'] === 'refused') takeRefusal(appointmentId, String(frame['code']));
    },
  });
  function takeRefusal(appointmentId: number, code: string): void {
    if (!PASSING.has(code)) problems.push(`the follow of appointment ${appointmentId} was refused: ${code}`);
    else
      setTimeout(() => {
        if (followed.has(appointmentId)) socket.send({ type: 'follow', ...request(appointmentId) });
      }, AGAIN_MS).unref();
  }

  return {
    follow: (appointmentId) => {
      const [oldest] = followed;
      if (followed.size >= MOST_FOLLOWED && oldest !== undefined) {
        followed.delete(oldest);
        socket.send({ type: 'unfollow', appointment_id: oldest });
      }
      journal.set(appointmentId, []);
      followed.add(appointmentId);
      socket.send({ type: 'follow', ...request(appointmentId) });
    },
    journal,
    follows: (appointmentId) => followed.has(appointmentId),
    problems,
    connections: () => connections,
    close: socket.close,
  };
}
