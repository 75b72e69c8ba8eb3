import {
  array,
  asyncProperty,
  type Arbitrary,
  check,
  constant,
  constantFrom,
  nat,
  oneof,
  record,
  type Scheduler,
  scheduler as schedulers,
} from 'fast-check';
import type { Wakes } from '../../../src/sessions/wakes.ts';
import { type Client, openClient } from './client.ts';
import {
  APPOINTMENT,
  type ClinicCommand,
  COMMANDS,
  DOCTOR,
  type FollowedClinic,
  openFollowedClinic,
  PATIENT,
} from './clinic.ts';

/**
 * `bus`: nothing is compared, so every wake has to come, once or twice.
 * `comparison`: wakes are lost at will, and come although nothing was committed; at the end there is one comparison.
 */
export type HurriedBy = 'bus' | 'comparison';

interface Step {
  readonly act:
    | { readonly kind: 'command'; readonly command: ClinicCommand }
    | {
        readonly kind: 'follow' | 'cut' | 'block' | 'unblock' | 'wakeAll' | 'compare';
        readonly client: 0 | 1;
      };
  /** What becomes of the next wake that goes on its way. */
  readonly wake: 'lost' | 'once' | 'twice';
  /** So much of what waits is let go after the step. */
  readonly letGo: number;
}

const EVERYBODY: Wakes = { log: [], account: [], activity: [] };

const step: Arbitrary<Step> = record({
  act: oneof(
    {
      weight: 3,
      arbitrary: record({ kind: constant('command'), command: constantFrom(...COMMANDS) }),
    },
    {
      weight: 3,
      arbitrary: record({
        kind: constantFrom('follow', 'follow', 'cut', 'block', 'unblock', 'wakeAll', 'compare'),
        client: constantFrom(0, 1),
      }),
    },
  ),
  wake: constantFrom('lost', 'once', 'once', 'twice'),
  letGo: nat({ max: 8 }),
});

/**
 * For any interleaving of commit, wake, read, cut and follow: what a client has is a gapless prefix of the log, and, once
 * everything is over, the whole of it, with a state that is as new as the last event but a message.
 */
export const followersProperty = (by: HurriedBy) =>
  asyncProperty(schedulers(), array(step, { minLength: 4, maxLength: 24 }), async (scheduler, steps) => {
    const pause = async (what: string): Promise<void> => scheduler.schedule(Promise.resolve(), what);
    const bus = createBus(by, pause);
    const clinic = await openFollowedClinic(pause, bus.carry);
    const clients = [
      openClient('the patient', PATIENT, clinic.source),
      openClient('the doctor', DOCTOR, clinic.source),
    ] as const;
    bus.connect(clinic.wake);
    try {
      for (const one of steps) {
        bus.setFate(one.wake);
        carryOut(one.act, clinic, clients, by);
        await letGo(scheduler, one.letGo);
      }
      for (const client of clients) client.unblock();
      // When every commit is over, the comparison has to tell of what no wake has brought.
      await letGo(scheduler, Number.POSITIVE_INFINITY);
      if (by === 'comparison') clinic.compareNow();
      await letGo(scheduler, Number.POSITIVE_INFINITY);
      await expectAllReceived(clinic, clients);
    } finally {
      for (const client of clients) client.cut();
      await clinic.close();
    }
  });

/** One seed of both: what it finds, or null. */
export async function checkFollowers(seed: number): Promise<string | null> {
  for (const by of ['bus', 'comparison'] as const) {
    const { failed, errorInstance } = await check(followersProperty(by), {
      seed,
      numRuns: 20,
      endOnFailure: true,
    });
    if (failed) return `${by}: ${String(errorInstance)}`;
  }
  return null;
}

function carryOut(
  act: Step['act'],
  clinic: FollowedClinic,
  clients: readonly [Client, Client],
  by: HurriedBy,
): void {
  if (act.kind === 'command') return void clinic.carryOut(act.command);
  switch (act.kind) {
    case 'follow':
      return void clients[act.client].follow();
    case 'wakeAll':
      return clinic.wake({ ...EVERYBODY, log: [APPOINTMENT] });
    case 'compare':
      return by === 'comparison' ? clinic.compareNow() : undefined;
    case 'cut':
    case 'block':
    case 'unblock':
      return clients[act.client][act.kind]();
  }
}

/** Takes wakes to the hub some time after the commit. */
function createBus(by: HurriedBy, pause: (what: string) => Promise<void>) {
  let deliver = (_wakes: Wakes): void => {};
  let fate: Step['wake'] = 'once';
  const send = async (wakes: Wakes): Promise<void> => {
    await pause('a wake comes');
    deliver(wakes);
  };
  return {
    carry: (wakes: Wakes): void => {
      if (fate === 'lost' && by === 'comparison') return;
      void send(wakes);
      if (fate === 'twice') void send(wakes);
    },
    connect: (hear: (wakes: Wakes) => void): void => {
      deliver = hear;
    },
    setFate: (next: Step['wake']): void => {
      fate = next;
    },
  };
}

/** Lets so much of what waits go, as the scheduler chooses, and whatever comes of it run to its next pause. */
async function letGo(scheduler: Scheduler, most: number): Promise<void> {
  await turn();
  for (let count = 0; count < most && scheduler.count() > 0; count += 1) {
    await scheduler.waitOne();
    await turn();
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function expectAllReceived(clinic: FollowedClinic, clients: readonly [Client, Client]): Promise<void> {
  const log = clinic.events();
  const now = await clinic.status();
  const complaints = clients.flatMap((client) => {
    const own = client.complaints();
    const shown = client.shown();
    // It does not follow now, or never has.
    if (!client.isConnected() || shown === null) return own;
    const lastNo = log.findLast(({ type }) => type !== 'message')?.eventNo ?? 0;
    return [
      ...own,
      ...(client.cursor() === log.length ? [] : [`a client has ${client.cursor()} events of ${log.length}`]),
      ...(Number(shown['event_no']) >= lastNo
        ? []
        : [`a client's last state knows event ${String(shown['event_no'])}, and has to know ${lastNo}`]),
      ...(shown['ends_at'] === now?.['ends_at']
        ? []
        : [`a client shows an end at ${String(shown['ends_at'])}, and it is at ${String(now?.['ends_at'])}`]),
    ];
  });
  if (complaints.length > 0) throw new Error(complaints.join('; '));
}
