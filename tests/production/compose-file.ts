import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { type Environment, interpolate } from './interpolate.ts';

/** The parts of a service that the tests look at, as docker compose would see them. */
export interface Service {
  readonly image: string;
  readonly build?: string;
  readonly user?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment: Environment;
  readonly ports?: readonly string[];
  readonly networks: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly restart: string;
  readonly init: boolean;
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly stop_grace_period?: string;
  readonly logging: { readonly driver: string; readonly options: Readonly<Record<string, string>> };
  readonly deploy: {
    readonly resources: {
      readonly limits: { readonly cpus: string; readonly memory: string; readonly pids: number };
    };
  };
}

export const SERVICES = ['postgres', 'redis', 'migrate', 'api', 'worker'] as const;

export interface ComposeFile {
  readonly services: Readonly<Record<(typeof SERVICES)[number], Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes: Readonly<Record<string, object>>;
}

/** The least that .env has to hold. */
export const SECRETS = {
  POSTGRES_PASSWORD: 'a0b1c2d3e4f5',
  REDIS_PASSWORD: 'f5e4d3c2b1a0',
  JWT_SECRET: 'only for these tests, and long enough: 0123456789',
};

export const composeText = await readFile(new URL('../../docker-compose.yml', import.meta.url), 'utf8');

/** Reads docker-compose.yml with these variables. Throws as docker compose does where a required one is missing. */
export function readComposeFile(environment: Environment = SECRETS): ComposeFile {
  const file: ComposeFile = parse(
    composeText,
    (_key, value: unknown) => (typeof value === 'string' ? interpolate(value, environment) : value),
    { merge: true },
  );
  return file;
}

/** `45s` or `2m`, in milliseconds. */
export function durationMs(text: string): number {
  const [, count, unit] = /^(\d+)(s|m)$/.exec(text) ?? [];
  if (count === undefined) throw new Error(`not a duration that is known here: ${text}`);
  return Number(count) * (unit === 'm' ? 60_000 : 1_000);
}

/** `512m`, `256mb` or `1g`, in bytes. */
export function bytes(text: string): number {
  const [, count, unit] = /^(\d+)(m|g)b?$/.exec(text) ?? [];
  if (count === undefined) throw new Error(`not a size that is known here: ${text}`);
  return Number(count) * (unit === 'g' ? 2 ** 30 : 2 ** 20);
}
