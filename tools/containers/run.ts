/** `npm run containers`: builds the image and runs docker-compose.yml on a Debian that has no container engine. */
import { mkdir, readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { lookAtMachine, whyNotHere } from './machine.ts';
import { standIns } from './stand-ins.ts';
import {
  type BaseImages,
  buildOurImage,
  ENGINE_PACKAGES,
  makeBase,
  makeBaseImages,
  makeEngine,
  runInside,
  SUITE,
  type Workshop,
} from './workshop.ts';

const PROJECT = join(import.meta.dirname, '..', '..');
const DIRECTORY = '/var/tmp/session-engine-containers';
const OUR_IMAGE = 'docker.io/library/session-engine:local';
const USAGE = `npm run containers [-- --keep]
  --keep  leave ${DIRECTORY}, so that the next run need not download it again`;

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());

/** The images that our files start from, by the names under which they do. */
async function baseImages(): Promise<BaseImages> {
  const dockerfile = await readFile(join(PROJECT, 'Dockerfile'), 'utf8');
  const [, version] = /^ARG NODE_VERSION=(\S+)$/m.exec(dockerfile) ?? [];
  const compose: { services: Record<'postgres' | 'redis', { image: string }> } = parse(
    await readFile(join(PROJECT, 'docker-compose.yml'), 'utf8'),
    { merge: true },
  );
  return {
    node: `docker.io/library/node:${version}-slim`,
    postgres: `docker.io/library/${compose.services.postgres.image}`,
    redis: `docker.io/library/${compose.services.redis.image}`,
  };
}

async function timed<T>(words: string, work: () => Promise<T>): Promise<T> {
  const startMs = performance.now();
  process.stdout.write(`${words} ... `);
  const result = await work();
  console.log(`${((performance.now() - startMs) / 1000).toFixed(1)} s`);
  return result;
}

async function runContainers(workshop: Workshop): Promise<void> {
  const names = await baseImages();
  await timed(`a minimal Debian ${SUITE}, by debootstrap`, () => makeBase(workshop));
  await timed(`a system beside this one, with ${ENGINE_PACKAGES.join(', ')}`, () => makeEngine(workshop));
  await timed(`stand-ins for ${Object.values(names).join(', ')}`, () => makeBaseImages(workshop, names));
  await timed('our image, by our Dockerfile', () => buildOurImage(workshop, OUR_IMAGE));
  console.log('docker-compose.yml, by docker compose, in a network that nothing leaves:');
  await runInside(workshop, ['/project/node_modules/node/bin/node', ...SCENARIO], {
    isOffline: true,
    isShown: true,
  });
  console.log(
    ['What stood in for what a machine with Docker has:', ...(await standIns(workshop, names))].join('\n'),
  );
}

const SCENARIO = [
  '/project/node_modules/vitest/vitest.mjs',
  'run',
  '--root=/project/tools/containers',
  '--reporter=verbose',
  '--no-file-parallelism',
  '--testTimeout=180000',
  '--hookTimeout=300000',
];

/** The kernel's groups outlive what was in them. Those of somebody else's containers are not empty, and stay. */
async function removeEmptyGroups(directory: string): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeEmptyGroups(join(directory, entry.name));
  if (directory.includes('libpod_parent')) await rmdir(directory).catch(() => undefined);
}

const { values } = parseArgs({ options: { keep: { type: 'boolean' }, help: { type: 'boolean' } } });
const obstacle = values.help === true ? USAGE : await whyNotHere();
if (obstacle === null) {
  console.log(
    `This downloads some 300 MB from this machine's Debian mirror and npm registry into ${DIRECTORY}
and puts nothing into this machine's own system. ${values.keep === true ? 'The directory is kept.' : 'At the end the directory is removed.'}`,
  );
  await mkdir(DIRECTORY, { recursive: true, mode: 0o700 });
  try {
    await runContainers({ directory: DIRECTORY, machine: await lookAtMachine(), signal: stop.signal });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  } finally {
    await removeEmptyGroups('/sys/fs/cgroup');
    if (values.keep !== true) await rm(DIRECTORY, { recursive: true, force: true });
  }
} else {
  console.error(obstacle);
  process.exitCode = values.help === true ? 0 : 2;
}
