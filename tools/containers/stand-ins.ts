import { type BaseImages, runInside, SUITE, type Workshop } from './workshop.ts';

/** What a machine with Docker would have had, and what was here in its place. One line each. */
export async function standIns(workshop: Workshop, names: BaseImages): Promise<readonly string[]> {
  const engine = async (...command: readonly string[]): Promise<string> =>
    (await runInside(workshop, command)).trim();
  const inImage = (name: string, script: string): Promise<string> =>
    engine('podman', '--log-level=error', 'run', '--rm', '--entrypoint=sh', name, '-c', script);
  const node = await inImage(names.node, 'echo "Node $(node --version), npm $(npm --version)"');
  const postgres = await inImage(names.postgres, 'postgres --version');
  const redis = await inImage(names.redis, 'redis-server --version | cut -d " " -f 1-3');
  const files = await inImage(names.node, 'ulimit -Hn');
  const rows = [
    [names.node, `Debian ${SUITE} with ${node}, both from npm`],
    [names.postgres, `${postgres} behind the entrypoint script of the official image`],
    [names.redis, `${redis}, Debian's`],
    ['Docker Engine', `${await engine('podman', '--version')} and ${await engine('crun', '--version')}`],
    [
      'docker compose',
      `itself: ${await engine('docker-compose', 'version', '--short')}, on podman's Docker API`,
    ],
    ['docker compose build', 'podman build, with the npm registry and the certificates of this machine'],
    ['health checks', "carried out each second by this command, not at the file's intervals"],
    [
      'ulimits',
      files === '65536'
        ? 'as the file says'
        : `a limit of ${files} open files: this machine lets nobody raise it`,
    ],
  ] as const;
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, words]) => `  ${name.padEnd(width)}  ${words.split('\n')[0]}`);
}
