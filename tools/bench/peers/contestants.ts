import { once } from 'node:events';
import { type Program, untilReady } from '../../kit/product-program.ts';
import { armAll } from '../clinic/queue.ts';
import type { Rig } from '../rig.ts';
import type { Contestant, Peer } from './contestant.ts';
import { graphileWorker } from './graphile-worker.ts';
import { minuteSweep } from './minute-sweep.ts';
import { pgBoss } from './pg-boss.ts';
import { tutorial } from './tutorial.ts';

export const PEERS: readonly Peer[] = [tutorial, minuteSweep, pgBoss, graphileWorker];

const startReady = async (rig: Rig, script: string): Promise<Program> => {
  const program = await rig.start(script);
  await untilReady(program);
  return program;
};

/** The product, by the same measures as its peers. */
export const OURS: Contestant = {
  name: 'ours',
  startApi: (rig) => startReady(rig, 'src/server.ts'),
  startWorker: (rig) => startReady(rig, 'workers/worker.ts'),
  prepare: () => Promise.resolve(),
  arm: armAll,
  lateByDesignMs: 0,
};

const PROGRAM = 'tools/bench/peers/program.ts';
const START_LIMIT_MS = 30_000;

const contestantOf = (peer: Peer): Contestant => ({
  ...peer,
  startApi: async (rig) => {
    const api = await rig.start(PROGRAM, { PEER: peer.name, ROLE: 'api' });
    await untilReady(api);
    return api;
  },
  startWorker: async (rig) => {
    const worker = await rig.start(PROGRAM, { PEER: peer.name, ROLE: 'worker' });
    await once(worker.child, 'message', { signal: AbortSignal.timeout(START_LIMIT_MS) });
    return worker;
  },
});

/** In the order of each round. */
export const CONTESTANTS: readonly Contestant[] = [OURS, ...PEERS.map(contestantOf)];
