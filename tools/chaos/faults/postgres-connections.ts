import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { startReaper } from '../../../src/standalone/reaper.ts';
import { done, type Fault, type Injected } from '../fault.ts';
import type { Random } from '../../kit/random.ts';
import type { Rig } from '../rig/rig.ts';
import { atEvent, pickProcess } from './at-event.ts';

const CONNECT_TIMEOUT_MS = 3_000;
const AT_ONCE = 10;
/** Where the runner is killed: how long a back end has that it held still. */
const ORPHAN_LIMIT_MS = 1_000;
/** The product's own connections. */
const PRODUCT_BACKENDS = `SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'session-engine%'`;

/** A client of another program on the same PostgreSQL. @throws where no connection is left. */
async function openOtherClient(rig: Pick<Rig, 'postgres'>): Promise<Client> {
  const client = new Client({
    connectionString: rig.postgres.url(),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'chaos',
  });
  client.on('error', () => {});
  await client.connect();
  return client;
}

export async function withOtherClient<Result>(
  rig: Pick<Rig, 'postgres'>,
  use: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = await openOtherClient(rig);
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

const postgresFault = (
  name: string,
  about: string,
  inject: (rig: Rig, random: Random) => Promise<Injected>,
): Fault => ({ name, about, touches: ['postgres'], isKill: false, inject });

export const postgresBackendsTerminated = postgresFault(
  'postgres-backends-terminated',
  'one connection of the product is terminated by PostgreSQL every 50 to 100 ms, for 4 to 6 s',
  async (rig, random) => {
    const overMs = performance.now() + random.between(4_000, 6_000);
    let terminated = 0;
    await withOtherClient(rig, async (client) => {
      while (performance.now() < overMs) {
        const { rowCount } = await client.query(
          `SELECT pg_terminate_backend(pid) FROM (${PRODUCT_BACKENDS} ORDER BY random() LIMIT 1) AS one`,
        );
        terminated += rowCount ?? 0;
        await pause(random.between(50, 100));
      }
    });
    return done(`${terminated} connections`);
  },
);

/** They answer nothing and time out nothing: only the program's own limit (6 s) ends its wait. */
export const postgresBackendsFrozen = postgresFault(
  'postgres-backends-frozen',
  'every back end of the product stands still for 7 to 9 s, with the locks that it holds',
  async (rig, random) => {
    const ms = random.between(7_000, 9_000);
    const { rows } = await withOtherClient(rig, (client) => client.query<{ pid: number }>(PRODUCT_BACKENDS));
    const frozen = rows.map(({ pid }) => {
      signalIfThere(pid, 'SIGSTOP');
      return { pid, callOff: startReaper(pid, [], ORPHAN_LIMIT_MS) };
    });
    await pause(ms);
    for (const { pid, callOff } of frozen) {
      signalIfThere(pid, 'SIGCONT');
      callOff();
    }
    return done(`${frozen.length} for ${ms / 1000} s`);
  },
);

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

export const commitAnswerLost = postgresFault(
  'commit-answer-lost',
  'the connection is cut after PostgreSQL has committed and before the process gets the answer, 5 times',
  async (rig, random) => {
    let cuts = 0;
    for (let time = 0; time < 5; time += 1) {
      const { postgres } = pickProcess(rig, random, null);
      if (await atEvent(postgres, (event) => (event === 'commit_done' ? 'cut' : null))) cuts += 1;
    }
    return cuts > 0 ? done(`${cuts} times`) : { kind: 'missed', why: 'no process committed anything' };
  },
);

export const postgresConnectionsExhausted = postgresFault(
  'postgres-connections-exhausted',
  'another program takes every connection that PostgreSQL has, the product’s too, for 5 to 8 s',
  async (rig, random) => {
    const overMs = performance.now() + random.between(5_000, 8_000);
    const taken: Client[] = [await openOtherClient(rig)];
    try {
      while (performance.now() < overMs) await takeWhatIsFree(rig, taken);
    } finally {
      await Promise.all(taken.map((client) => client.end()));
    }
    return done(`${taken.length} connections taken`);
  },
);

/** Where none is free, all of the product's are ended, and the faster one takes them. */
async function takeWhatIsFree(rig: Rig, taken: Client[]): Promise<void> {
  const before = taken.length;
  const opened = await Promise.allSettled(Array.from({ length: AT_ONCE }, () => openOtherClient(rig)));
  for (const one of opened) if (one.status === 'fulfilled') taken.push(one.value);
  if (taken.length > before) return;
  await taken[0]?.query(`SELECT pg_terminate_backend(pid) FROM (${PRODUCT_BACKENDS}) AS product`);
}
