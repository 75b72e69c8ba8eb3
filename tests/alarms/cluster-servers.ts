import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { findFreePort } from '../../src/standalone/ports.ts';
import { startRedisServer, type RedisServer } from '../../tools/kit/redis-server.ts';

export interface RedisCluster {
  /** All nodes, as REDIS_URL names them. */
  readonly url: string;
  /** Each has a third of the slots, and a replica that takes its place. */
  readonly masters: readonly RedisServer[];
  readonly clients: readonly Redis[];
  stop(): Promise<void>;
}

const MASTER_COUNT = 3;
const SLOTS = 16_384;

/** Three masters and three replicas on the loopback interface, with an election after a second of silence. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const ports = await Promise.all(Array.from({ length: 2 * MASTER_COUNT }, findFreePort));
  const nodes: RedisServer[] = [];
  for (const port of ports) {
    const options = {
      appendonly: 'no',
      'cluster-enabled': 'yes',
      'cluster-port': `${port}`,
      'cluster-node-timeout': '1000',
    };
    nodes.push(await startRedisServer(options));
  }
  const clients = nodes.map(({ url }) => {
    const client = new Redis(url);
    client.on('error', () => {});
    return client;
  });
  await Promise.all(
    clients.slice(0, MASTER_COUNT).map(async (client, index) => {
      const from = Math.ceil((index * SLOTS) / MASTER_COUNT);
      const to = Math.ceil(((index + 1) * SLOTS) / MASTER_COUNT) - 1;
      await client.call('CLUSTER', 'ADDSLOTSRANGE', from, to);
    }),
  );
  await Promise.all(clients.map((client, index) => client.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1)));
  for (const [index, node] of nodes.entries())
    await clients[0]?.call('CLUSTER', 'MEET', '127.0.0.1', node.port, ports[index] ?? 0);
  await linkReplicas(clients);
  return {
    url: nodes.map(({ url }) => url).join(','),
    masters: nodes.slice(0, MASTER_COUNT),
    clients,
    stop: async () => {
      for (const client of clients) client.disconnect();
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}

/** Resolves when every node knows all others and every replica has its master's data. */
async function linkReplicas(clients: readonly Redis[]): Promise<void> {
  for (const client of clients) {
    const state = async (): Promise<string> => String(await client.call('CLUSTER', 'INFO'));
    await until(state, `cluster_known_nodes:${clients.length}`);
    await until(state, 'cluster_state:ok');
  }
  for (const [index, replica] of clients.slice(MASTER_COUNT).entries()) {
    const master = String(await clients[index]?.call('CLUSTER', 'MYID'));
    await until(() => replica.call('CLUSTER', 'REPLICATE', master).then(String, String), 'OK');
    await until(() => replica.info('replication'), 'master_link_status:up');
  }
}

/** The nodes tell each other by themselves; there is nothing to wait for but their word. */
async function until(ask: () => Promise<string>, wanted: string): Promise<void> {
  while (!(await ask()).includes(wanted)) await sleep(50);
}
