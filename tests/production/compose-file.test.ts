import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { DEFAULT_LIMITS } from '../../src/http/limits.ts';
import { TIME_LIMITS } from '../../src/storage/client.ts';

interface Service {
  readonly command: readonly string[];
  readonly stop_grace_period: string;
  readonly deploy: { readonly resources: { readonly limits: { readonly memory: string } } };
}

interface ComposeFile {
  readonly services: Readonly<Record<'redis' | 'api' | 'worker', Service>>;
}

const { services }: ComposeFile = parse(
  await readFile(new URL('../../docker-compose.yml', import.meta.url), 'utf8'),
  { merge: true },
);

// `npm run containers` runs the file and shows the rest. What only shows under load is compared here.
test('docker-compose.yml gives the API and the worker longer to stop than the longest that they wait for', () => {
  const longestMs = DEFAULT_LIMITS.handlerTimeoutMs + TIME_LIMITS.statementMs + TIME_LIMITS.connectMs;
  for (const service of [services.api, services.worker])
    expect(Number.parseInt(service.stop_grace_period, 10) * 1000).toBeGreaterThan(longestMs);
});

test('docker-compose.yml gives Redis twice the memory of its data, for changed pages are there twice while it rewrites its file', () => {
  const { command, deploy } = services.redis;
  const maxMemory = command[command.indexOf('--maxmemory') + 1];
  expect([maxMemory, deploy.resources.limits.memory]).toEqual(['256mb', '512m']);
});
