import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, onTestFinished } from 'vitest';
import { createApp } from '../../src/http/app.ts';
import type { AppOptions } from '../../src/http/app-options.ts';
import type { AnsweredRequest } from '../../src/ops/api-metrics.ts';
import { exampleNow } from '../../src/http/documentation/now-example.ts';
import { LOG_FORMAT } from '../../src/ops/log.ts';
import { type EngineDouble, engineDouble } from './engine-double.ts';
import { SECRET } from '../../tools/kit/tokens.ts';

/** How the tests' tokens are checked where a test says nothing else. */
export const BY_SECRET = { kind: 'secret', secret: SECRET, issuer: null, audience: null } as const;

export interface OpenApp {
  readonly app: FastifyInstance;
  readonly engine: EngineDouble;
  /** Every line of the log, as it was written. */
  readonly logLines: string[];
  readonly answered: AnsweredRequest[];
  /** One entry for each time that the counter went up. */
  readonly refusedDeductions: true[];
}

type Instead = Partial<Omit<AppOptions, 'engine'>> & { readonly engine?: EngineDouble };

/** An app of one test's own, closed after it. */
export async function openApp(instead: Instead = {}): Promise<OpenApp> {
  const opened = await open(instead);
  onTestFinished(() => opened.app.close());
  return opened;
}

/** One app for all tests of a file that change nothing in it; its records begin anew with each test. */
export function sharedApp(instead: Instead = {}): () => OpenApp {
  let opened: OpenApp | null = null;
  const shared = (): OpenApp => {
    if (opened === null) throw new Error('the shared app is there in tests only');
    return opened;
  };
  beforeAll(async () => {
    opened = await open(instead);
  });
  beforeEach(() => {
    const { engine, logLines, answered, refusedDeductions } = shared();
    for (const records of [engine.asked, logLines, answered, refusedDeductions]) records.length = 0;
  });
  afterAll(() => shared().app.close());
  return shared;
}

async function open(instead: Instead): Promise<OpenApp> {
  const engine = instead.engine ?? engineDouble();
  const logLines: string[] = [];
  const answered: AnsweredRequest[] = [];
  const refusedDeductions: true[] = [];
  const app = await createApp({
    authentication: BY_SECRET,
    queues: [],
    readiness: async () => [{ name: 'database', isReady: true, detail: null }],
    now: async () => exampleNow,
    metrics: {
      text: async () => 'sessions_started_total 3\n',
      contentType: 'text/plain; version=0.0.4; charset=utf-8',
      liveOpened: () => undefined,
      liveClosed: () => undefined,
      refusedClientDeduction: () => void refusedDeductions.push(true),
      answered: (request) => void answered.push(request),
    },
    logger: pino({ ...LOG_FORMAT, level: 'debug' }, { write: (line) => void logLines.push(line) }),
    ...instead,
    engine,
  });
  await app.ready();
  return { app, engine, logLines, answered, refusedDeductions };
}
