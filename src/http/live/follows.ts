import type { AppointmentId } from '../../billing/ids.ts';
import { createFollow, type Follow } from '../../live/follow.ts';
import type { Hub } from '../../live/hub.ts';
import type { EventLog } from '../../sessions/feed.ts';
import { eventNoOf, partOf, type Status } from '../../sessions/reads.ts';
import { eventJson } from '../answers/event.ts';
import { statusJson } from '../answers/session.ts';
import type { Caller } from '../auth/caller.ts';
import { FAILURE_ANSWERS, REFUSAL_ANSWERS } from '../errors.ts';
import type { FollowRequest } from './frames.ts';
import type { SendBuffer } from './send-buffer.ts';

export interface LiveSource {
  readonly hub: Pick<Hub, 'watch'>;
  readonly log: Pick<EventLog, 'after'>;
  readonly status: (appointmentId: AppointmentId) => Promise<Status | null>;
}

/** The appointments that one socket follows. */
export interface Follows {
  /** A follow that is there already is replaced; one that is refused ends it. */
  readonly follow: (request: FollowRequest) => Promise<void>;
  readonly unfollow: (appointmentId: AppointmentId) => void;
  /** Asks again whether the caller may follow each. */
  readonly checkRights: () => Promise<void>;
  readonly close: () => void;
}

const MAX_FOLLOWS = 50;

type FollowRefusal =
  'appointment_not_found' | 'not_a_participant' | 'cursor_ahead' | 'follow_limit' | 'unavailable';

const REFUSALS: Readonly<Record<FollowRefusal, string>> = {
  appointment_not_found: REFUSAL_ANSWERS.appointment_not_found.message,
  not_a_participant: REFUSAL_ANSWERS.not_a_participant.message,
  cursor_ahead: FAILURE_ANSWERS.cursor_ahead.message,
  follow_limit: `A socket follows ${MAX_FOLLOWS} appointments at the most: unfollow one first`,
  unavailable: FAILURE_ANSWERS.unavailable.message,
};

interface Followed {
  readonly follow: Follow;
  /** Whether the caller takes part: then texts are shown. */
  isParticipant: boolean;
}

export interface FollowsOptions {
  readonly source: LiveSource;
  readonly sendBuffer: Pick<SendBuffer, 'send' | 'isFull' | 'ready'>;
  readonly caller: () => Caller | null;
  readonly onError: (error: unknown) => void;
}

export function createFollows(options: FollowsOptions): Follows {
  const { source, sendBuffer, caller, onError } = options;
  const followed = new Map<AppointmentId, Followed>();

  const isParticipant = (status: Status): boolean => {
    const userId = caller()?.userId;
    return userId !== undefined && partOf(status, userId) !== null;
  };
  const refusalOf = (status: Status | null): FollowRefusal | null => {
    if (status === null) return 'appointment_not_found';
    return isParticipant(status) || caller()?.isAdmin === true ? null : 'not_a_participant';
  };
  const end = (appointmentId: AppointmentId): void => {
    followed.get(appointmentId)?.follow.close();
    followed.delete(appointmentId);
  };
  function refuse(appointmentId: AppointmentId, code: FollowRefusal, data: object = {}): void {
    end(appointmentId);
    sendBuffer.send({ type: 'refused', appointment_id: appointmentId, code, message: REFUSALS[code], data });
  }

  return {
    follow: async (request) => {
      const { appointmentId, after } = request;
      end(appointmentId);
      if (followed.size >= MAX_FOLLOWS) return refuse(appointmentId, 'follow_limit');
      // Opened before anything is read, so that no event falls between.
      const opened = openFollow(request, options);
      followed.set(appointmentId, opened);
      const status = await source.status(appointmentId).catch((error: unknown) => {
        onError(error);
        return 'unavailable' as const;
      });
      if (followed.get(appointmentId) !== opened) return undefined;
      if (status === 'unavailable') return refuse(appointmentId, status);
      const refusal = refusalOf(status);
      if (refusal !== null || status === null)
        return refuse(appointmentId, refusal ?? 'appointment_not_found');
      const head = eventNoOf(status);
      if (after > head) return refuse(appointmentId, 'cursor_ahead', { head });
      opened.isParticipant = isParticipant(status);
      sendBuffer.send({
        type: 'following',
        appointment_id: appointmentId,
        after,
        head,
        session: statusJson(status),
      });
      return opened.follow.start(status);
    },
    unfollow: (appointmentId) => {
      end(appointmentId);
      sendBuffer.send({ type: 'unfollowed', appointment_id: appointmentId });
    },
    checkRights: async () => {
      for (const [appointmentId, each] of followed) {
        const status = await source.status(appointmentId);
        const refusal = refusalOf(status);
        if (refusal !== null) refuse(appointmentId, refusal);
        else each.isParticipant = status !== null && isParticipant(status);
      }
    },
    close: () => {
      for (const { follow } of followed.values()) follow.close();
      followed.clear();
    },
  };
}

function openFollow(
  { appointmentId, after }: FollowRequest,
  { source, sendBuffer, caller, onError }: FollowsOptions,
): Followed {
  const opened: Followed = {
    isParticipant: false,
    follow: createFollow(source.hub, {
      appointmentId,
      after,
      log: source.log,
      status: source.status,
      onError,
      sink: {
        isFull: sendBuffer.isFull,
        ready: sendBuffer.ready,
        event: (event) => {
          const reader = { isParticipant: opened.isParticipant, isAdmin: caller()?.isAdmin === true };
          sendBuffer.send({ type: 'event', appointment_id: appointmentId, event: eventJson(event, reader) });
        },
        state: (status) =>
          sendBuffer.send({ type: 'state', appointment_id: appointmentId, session: statusJson(status) }),
      },
    }),
  };
  return opened;
}
