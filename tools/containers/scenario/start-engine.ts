/** What an operator does before `docker compose up`, and what a machine with Docker has running already. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { shell } from '../shell.ts';
import { SETTINGS } from './clinic.ts';
import { compose, podman, PROJECT } from './engine.ts';

const SOCKET_FILE = '/run/podman.sock';

/** Returns what ends all of it. */
export async function startEngine(): Promise<() => Promise<void>> {
  await shell(['ip', 'link', 'set', 'lo', 'up']);
  await fillInSettings();
  const service = spawn('podman', ['system', 'service', '--time=0', `unix://${SOCKET_FILE}`], {
    stdio: 'ignore',
  });
  while (!existsSync(SOCKET_FILE)) await setTimeout(50);
  // Whatever a run left that did not come to its end.
  await compose('down', '--volumes', '--timeout=5');
  const stop = new AbortController();
  const clock = checkHealthEachSecond(stop.signal);
  return async () => {
    await compose('down', '--volumes', '--timeout=5');
    stop.abort();
    await clock;
    service.kill('SIGTERM');
    await once(service, 'exit');
  };
}

/** Makes the secrets, copies .env.example to .env, and sets there what this run wants otherwise. */
async function fillInSettings(): Promise<void> {
  await shell([join(PROJECT, 'tools/make-secrets.sh')]);
  const example = await readFile(join(PROJECT, '.env.example'), 'utf8');
  const filled = Object.entries(SETTINGS).reduce(
    (text, [name, value]) => text.replace(new RegExp(`^#?${name}=.*$`, 'm'), `${name}=${value}`),
    example,
  );
  await writeFile(join(PROJECT, '.env'), filled);
}

/** Podman has its health checks carried out by systemd's timers. There is no systemd here, so this is the timer. */
async function checkHealthEachSecond(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const running = (await podman('ps', '--quiet')).split('\n').filter((id) => id !== '');
    // Fails where the container is ill, has no check, or has just gone.
    await Promise.allSettled(running.map((id) => podman('healthcheck', 'run', id)));
    await setTimeout(1000, undefined, { signal }).catch(() => undefined);
  }
}
