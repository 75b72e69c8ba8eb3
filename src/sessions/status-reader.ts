import { availableUnitsAt, remainingUnitsAt } from '../billing/grant.ts';
import type { AppointmentId, UserId } from '../billing/ids.ts';
import { gather, type GatherLimits } from './batcher.ts';
import { attendanceOf } from './participation.ts';
import type { Reads } from './reads.ts';
import { sessionView } from './view.ts';
import { type Store, StoreUnavailable } from './store.ts';
import { openDesk, type Workspace } from './unit-of-work.ts';

type StatusOutcome = Awaited<ReturnType<Reads['status']>>;

interface Pending {
  readonly appointmentId: AppointmentId;
  readonly caller: UserId;
  readonly resolve: (status: StatusOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** How many askers share one statement, how many statements are under way at once, and how many askers may wait. */
const LIMITS: GatherLimits = { maxBatchSize: 64, startsAt: [1, 24], limit: 20_000 };

/**
 * The status of sessions, settled to now in memory by the same rules: right even if no worker runs, and nothing is
 * written. Those who ask at the same time share one statement.
 */
export function createStatusReader(read: Store['read']): Reads['status'] {
  const lane = gather<Pending>({ ...LIMITS, carryOut });

  async function carryOut(batch: readonly Pending[]): Promise<void> {
    try {
      const desk = openDesk(await read({ appointments: batch.map(({ appointmentId }) => appointmentId) }));
      for (const pending of batch) answer(pending, desk.attempt);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  return (appointmentId, caller) =>
    new Promise((resolve, reject) => {
      const isTaken = lane.add({ appointmentId, caller, resolve, reject });
      if (!isTaken) reject(new StoreUnavailable('too many readers are waiting for the database'));
    });
}

function answer(
  { appointmentId, caller, resolve, reject }: Pending,
  attempt: ReturnType<typeof openDesk>['attempt'],
) {
  try {
    resolve(attempt((workspace) => statusOf(workspace, appointmentId, caller)));
  } catch (error) {
    reject(error);
  }
}

function statusOf(workspace: Workspace, appointmentId: AppointmentId, caller: UserId): StatusOutcome {
  const part = attendanceOf(workspace, appointmentId, caller);
  if (part.kind === 'refused') return part;
  const { appointment, session } = part;
  const { account, now } = part.settled;
  if (session !== null) return { kind: 'session', view: sessionView(session, account, now) };
  const remainingUnits = remainingUnitsAt(account.grants, now);
  const availableUnits = availableUnitsAt(account.grants, now);
  return { kind: 'not_started', appointment, remainingUnits, availableUnits, now };
}
