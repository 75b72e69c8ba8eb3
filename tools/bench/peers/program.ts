import { untilStopped } from '../../../src/ops/shutdown.ts';
import { serveAppointments } from './api.ts';
import { PEERS } from './contestants.ts';

// One process of a peer, its API or its worker, by PEER and ROLE. The bench starts it.
const { PEER, ROLE, DATABASE_URL = '', REDIS_URL = '', JWT_SECRET = '', PORT } = process.env;
const peer = PEERS.find(({ name }) => name === PEER);
if (peer === undefined) throw new Error(`there is no peer ${PEER}: start this program by the bench`);
const settings = { databaseUrl: DATABASE_URL, redisUrl: REDIS_URL };
const stopped = untilStopped();
if (ROLE === 'api') {
  const verbs = await peer.openApi(settings);
  await serveAppointments({ secret: JWT_SECRET, port: Number(PORT) }, verbs, stopped);
} else {
  const worker = await peer.openWorker(settings);
  process.send?.('works');
  await stopped;
  await worker.close();
}
