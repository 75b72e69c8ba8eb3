/** How this product was installed, which decides what to type. `embedded`: by npm start, with a database of its own. */
export type Installation = 'embedded' | 'services';

/** What a command can be needed for. */
export type Remedy =
  'database' | 'worker' | 'slow_worker' | 'worker_log' | 'redis' | 'audit' | 'update' | 'migrations' | 'arm';

const START_AGAIN = 'Stop npm start with Ctrl-C and start it again';

const ARM_ALL = 'Open /admin/queues, Delayed, "arm all sessions", and choose Promote';

const EMBEDDED: Readonly<Record<Remedy, string>> = {
  database: START_AGAIN,
  worker: START_AGAIN,
  slow_worker: START_AGAIN,
  worker_log: 'Read what npm start printed, from "could not be settled" on',
  redis: 'Start Redis',
  audit: 'npm run audit',
  update: START_AGAIN,
  migrations: START_AGAIN,
  arm: ARM_ALL,
};

const SERVICES: Readonly<Record<Remedy, string>> = {
  database: 'Start PostgreSQL; with docker compose: docker compose up -d postgres',
  worker: 'npm run start:worker; with docker compose: docker compose up -d worker',
  slow_worker:
    'Start another worker: npm run start:worker; with docker compose: docker compose restart worker',
  worker_log:
    'Read the log of the worker; with docker compose: docker compose logs worker | grep "could not be settled"',
  redis: 'Start Redis; with docker compose: docker compose up -d redis',
  audit: 'npm run audit; with docker compose: docker compose run --rm worker node src/audit-command.ts',
  update: 'Start the older processes again; with docker compose: docker compose up -d --build',
  migrations: 'npm run migrate; with docker compose: docker compose run --rm migrate',
  arm: ARM_ALL,
};

/** What to type, in words where no command does it. */
export const commandFor = (remedy: Remedy, installation: Installation): string =>
  installation === 'embedded' ? EMBEDDED[remedy] : SERVICES[remedy];
