import { join, resolve } from 'node:path';
import { sleep } from '../async/sleep.ts';
import { createConfigReader, type Environment } from '../config-reader.ts';
import { type Config, DEMO, EMBEDDED, KEYS_OF_TOKENS, readConfig } from '../config.ts';
import { prepareDatabase } from '../ops/prepare-database.ts';
import { readOrCreateSecret } from './data-directory.ts';
import { buildConsole } from './console.ts';
import { openDemo, renderAddresses } from './demo.ts';
import { SetupError } from './errors.ts';
import { checkPort, findFreePort } from './ports.ts';
import { startEmbeddedPostgres } from './postgres.ts';
import {
  createProcessGroup,
  type Over,
  type ProcessGroup,
  restarting,
  spawnMember,
} from './process-group.ts';
import { createWorkerSwitchboard } from './worker-switch.ts';

const READY_TIMEOUT_MS = 60_000;
const READY_POLL_MS = 50;
const READY_REQUEST_TIMEOUT_MS = 5_000;
const NO_DEMO =
  'JWT_SECRET is yours, so no tokens are printed and no demo is put into the ledger: DEMO=true npm start does both.';

export interface ProductOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly apiScript: string;
  readonly workerScript: string;
  /** The program that builds the console; null: it is not built. */
  readonly consoleBuilder: string | null;
  readonly print: (text: string) => void;
  readonly stopRequested: AbortSignal;
}

/** What the embedded mode fills in. */
interface EmbeddedParts {
  readonly databaseUrl: string;
  readonly ownerUrl: string;
  /** Undefined where the settings name another way to check tokens. */
  readonly secret: string | undefined;
}

/**
 * Runs the whole product until it is asked to stop or one of its processes ends for good, and stops
 * everything in order: the worker, the API, the database. Gives why it stopped. Throws where it could not
 * start; then nothing is left running either.
 */
export async function runProduct(options: ProductOptions): Promise<Over> {
  const settings = readStartSettings(options.environment);
  const group = createProcessGroup(options.stopRequested);
  try {
    await start(settings, options, group);
    return await group.over;
  } catch (error) {
    // An error after the end has begun is only a consequence of it.
    if (group.isOver()) return await group.over;
    throw error;
  } finally {
    await group.stop();
  }
}

async function start(settings: StartSettings, options: ProductOptions, group: ProcessGroup): Promise<void> {
  const { config } = settings;
  const { print } = options;
  const port = config.port === 0 ? await findFreePort() : config.port;
  await checkPort(config.host, port);
  const baseUrl = `http://${addressOf(config.host)}:${port}`;

  // While the database starts. Mostly the files are there, and this only checks that.
  const consoleBuilt = buildConsole(options.consoleBuilder, print);
  const embedded = settings.isEmbedded ? await openEmbedded(settings, print, group) : undefined;
  const databaseUrl = embedded?.databaseUrl ?? config.databaseUrl;
  print('bringing the tables up to date');
  await migrateOrExplain(databaseUrl, config.redisUrl, embedded?.ownerUrl ?? settings.ownerUrl);

  const environment: NodeJS.ProcessEnv = {
    // The log goes to this terminal; below a warning it would bury what is printed here.
    LOG_LEVEL: 'warn',
    // There is no load balancer that has to notice that the API stops.
    SHUTDOWN_DELAY_SECONDS: '0',
    ...options.environment,
    ...(embedded?.secret === undefined ? {} : { JWT_SECRET: embedded.secret }),
    ...(embedded === undefined ? {} : { DATABASE_URL: embedded.databaseUrl }),
    // Neither the API nor the worker is to have it.
    DATABASE_OWNER_URL: '',
    DATABASE_OWNER_URL_FILE: '',
    PORT: String(port),
  };
  await consoleBuilt;
  if (group.isOver()) return;
  print('starting the API and the worker');
  const mode = settings.isEmbedded ? [EMBEDDED] : [];
  const switchboard = createWorkerSwitchboard();
  group.add(
    spawnMember({
      name: 'the API',
      script: options.apiScript,
      environment,
      arguments: settings.hasDemo ? [...mode, DEMO] : mode,
      onMessage: switchboard.onMessage,
    }),
  );
  await untilReady(baseUrl, group);
  if (group.isOver()) return;
  const worker = restarting(
    () => spawnMember({ name: 'the worker', script: options.workerScript, environment, arguments: mode }),
    { print },
  );
  switchboard.connect(worker);
  group.add(worker);
  print(await describe(settings, baseUrl, embedded));
}

/** How to try what runs. The demo is made where `hasDemo` allows it: a ledger that may be real stays as it is. */
async function describe(
  settings: StartSettings,
  baseUrl: string,
  embedded: EmbeddedParts | undefined,
): Promise<string> {
  const { authentication, policy } = settings.config;
  if (!settings.hasDemo || authentication.kind !== 'secret')
    return `${renderAddresses(baseUrl)}${settings.isDemoPossible ? `\n${NO_DEMO}\n` : ''}`;
  const secret = embedded?.secret ?? authentication.secret;
  try {
    return await openDemo(baseUrl, settings.dataDir, {
      secret,
      issuer: authentication.issuer ?? undefined,
      audience: authentication.audience ?? undefined,
      intervalMs: policy.intervalMs,
    });
  } catch (error) {
    // The product runs all the same.
    return `${renderAddresses(baseUrl)}\nThe demo could not be prepared: ${String(error)}`;
  }
}

async function openEmbedded(
  settings: StartSettings,
  print: (line: string) => void,
  group: ProcessGroup,
): Promise<EmbeddedParts> {
  const { dataDir } = settings;
  const postgres = await startEmbeddedPostgres({ dataDir, log: print });
  group.add({
    name: 'PostgreSQL',
    ended: postgres.exited.then(() => `see ${join(dataDir, 'logs', 'postgres.log')}`),
    stop: () => postgres.stop(),
  });
  const secret = settings.needsSecret ? await readOrCreateSecret(join(dataDir, 'jwt-secret')) : undefined;
  return { databaseUrl: postgres.engineUrl, ownerUrl: postgres.url, secret };
}

/** The operator has to mend the database, so its error is one line. */
async function migrateOrExplain(
  databaseUrl: string,
  redisUrl: string | null,
  ownerUrl: string | null,
): Promise<void> {
  try {
    await prepareDatabase(databaseUrl, redisUrl, ownerUrl);
  } catch (error) {
    throw new SetupError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

async function untilReady(baseUrl: string, group: ProcessGroup): Promise<void> {
  const deadlineMs = performance.now() + READY_TIMEOUT_MS;
  let lastAnswer = 'no answer';
  while (!group.isOver()) {
    try {
      const signal = AbortSignal.timeout(READY_REQUEST_TIMEOUT_MS);
      const response = await fetch(`${baseUrl}/health/ready`, { signal });
      if (response.ok) return;
      lastAnswer = `${response.status} ${await response.text()}`;
    } catch (error) {
      lastAnswer = String(error);
    }
    if (performance.now() > deadlineMs)
      throw new SetupError(`the API is not ready after ${READY_TIMEOUT_MS / 1000} seconds: ${lastAnswer}`);
    await Promise.race([group.over, sleep(READY_POLL_MS)]);
  }
}

/** The address at which this machine reaches what listens on this host. */
function addressOf(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** What `npm start` has to know beside what it hands on to the API and to the worker. */
export interface StartSettings {
  /** As the API and the worker will read it, but for what the embedded mode fills in later. */
  readonly config: Config;
  /** Without DATABASE_URL, the product brings its own database and, where none is set, its own secret. */
  readonly isEmbedded: boolean;
  /** Of the role that makes the tables; null where that is the one of the API and the worker. */
  readonly ownerUrl: string | null;
  readonly needsSecret: boolean;
  /** Print tokens and put a patient, units and an appointment into the database, to try things. */
  readonly hasDemo: boolean;
  /** DEMO=true would make the demo, and nobody has said DEMO=false. */
  readonly isDemoPossible: boolean;
  readonly dataDir: string;
}

/** Throws a SetupError that names every mistake, before anything is started. */
export function readStartSettings(environment: Environment): StartSettings {
  const read = createConfigReader(environment);
  const isEmbedded = !read.isGiven('DATABASE_URL');
  const needsSecret = isEmbedded && !KEYS_OF_TOKENS.some(read.isGiven);
  const outcome = readConfig(
    {
      ...environment,
      // Both are known only once DATA_DIR has been opened; everything else can be checked now.
      ...(isEmbedded ? { DATABASE_URL: 'postgresql://embedded' } : {}),
      ...(needsSecret ? { JWT_SECRET: '-'.repeat(64) } : {}),
    },
    isEmbedded,
  );
  const ownerUrl = read.databaseUrl('DATABASE_OWNER_URL');
  const demo = read.flag('DEMO');
  const mistakes = [...(outcome.kind === 'mistakes' ? outcome.mistakes : []), ...read.mistakes];
  if (isEmbedded && ownerUrl !== null)
    mistakes.push('DATABASE_OWNER_URL is set and DATABASE_URL is not. Set both, or none of them.');
  if (demo === true && !isEmbedded)
    mistakes.push('DEMO=true is for the database that npm start brings: leave DATABASE_URL out, or DEMO.');
  const usesSecret = needsSecret || read.isGiven('JWT_SECRET');
  if (demo === true && !usesSecret)
    mistakes.push(
      'DEMO=true makes tokens, for which it needs JWT_SECRET, or none of the three JWT_ settings.',
    );
  if (outcome.kind === 'mistakes' || mistakes.length > 0) throw new SetupError(mistakes.join('\n'));
  const dataDir = resolve(read.text('DATA_DIR') ?? '.data');
  return {
    config: outcome.config,
    isEmbedded,
    ownerUrl,
    needsSecret,
    hasDemo: demo ?? needsSecret,
    isDemoPossible: demo === null && isEmbedded && usesSecret,
    dataDir,
  };
}
