import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CERTIFICATES, type Machine } from './machine.ts';
import { shell, type ShellOptions } from './shell.ts';

/** The suite that has PostgreSQL 18, and a podman and a docker compose of this year. */
export const SUITE = 'forky';

const HERE = import.meta.dirname;
const PROJECT = join(HERE, '..', '..');

/** What is put into the system that runs the containers. The machine's own system gets none of it. */
export const ENGINE_PACKAGES = [
  'podman',
  'crun',
  'netavark',
  'aardvark-dns',
  'nftables',
  'catatonit',
  'docker-compose',
  'jq',
  'iproute2',
] as const;

/** A directory with a small Debian in which podman runs, and everything that it keeps. */
export interface Workshop {
  readonly directory: string;
  readonly machine: Machine;
  readonly signal: AbortSignal;
}

const at = ({ directory }: Workshop, ...parts: readonly string[]): string => join(directory, ...parts);

/** The settings with which images are built: they reach the builder as mounts, and are no part of any image. */
const MOUNTS = {
  '/etc/apt/apt.conf.d/01machine': '/machine/apt.conf',
  '/root/.npmrc': '/machine/npmrc',
  [CERTIFICATES]: '/machine/ca-certificates.crt',
} as const;

/** Runs a program in the workshop, as root of a system of its own. With a network of its own it sees nothing outside. */
export function runInside(
  workshop: Workshop,
  command: readonly string[],
  { isOffline = false, ...options }: ShellOptions & { readonly isOffline?: boolean } = {},
): Promise<string> {
  const namespaces = ['--mount', '--pid', '--ipc', '--uts', ...(isOffline ? ['--net'] : [])];
  return shell(
    [
      'unshare',
      ...namespaces,
      '--fork',
      '--kill-child',
      join(HERE, 'enter.sh'),
      at(workshop, 'engine'),
      PROJECT,
      ...command,
    ],
    {
      signal: workshop.signal,
      ...options,
      environment: {
        PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        HOME: '/root',
        DEBIAN_FRONTEND: 'noninteractive',
        PODMAN_IGNORE_CGROUPSV1_WARNING: 'true',
        ...options.environment,
      },
    },
  );
}

/** A minimal Debian, by debootstrap, which is unpacked and not installed: the base of the workshop and of each image. */
export async function makeBase(workshop: Workshop): Promise<void> {
  if (existsSync(at(workshop, 'base.tar'))) return;
  const { machine, signal, directory } = workshop;
  await mkdir(at(workshop, 'debootstrap'), { recursive: true });
  await shell(['apt-get', 'download', 'debootstrap'], { cwd: directory, signal });
  const archive = (await readdir(directory)).find((name) => name.startsWith('debootstrap_')) ?? '';
  await shell(['dpkg', '--extract', at(workshop, archive), at(workshop, 'debootstrap')], { signal });
  const share = at(workshop, 'debootstrap/usr/share/debootstrap');
  await rm(at(workshop, 'base'), { recursive: true, force: true });
  await shell(
    [
      at(workshop, 'debootstrap/usr/sbin/debootstrap'),
      '--variant=minbase',
      `--arch=${machine.architecture}`,
      '--include=ca-certificates,libatomic1',
      SUITE,
      at(workshop, 'base'),
      machine.mirror,
      // The suite's own script may be missing in an older debootstrap; they are all this one.
      join(share, 'scripts/sid'),
    ],
    { signal, environment: { DEBOOTSTRAP_DIR: share } },
  );
  // As in Docker's own images of Debian: nothing here is worth waiting for the disk.
  await writeFile(at(workshop, 'base/etc/dpkg/dpkg.cfg.d/unsafe-io'), 'force-unsafe-io\n');
  await shell(
    ['tar', '--create', '--file', at(workshop, 'base.tar'), '--directory', at(workshop, 'base'), '.'],
    {
      signal,
    },
  );
}

/** The system that podman runs in. */
export async function makeEngine(workshop: Workshop): Promise<void> {
  const root = at(workshop, 'engine');
  if (!existsSync(join(root, 'usr/bin/podman'))) {
    await rm(root, { recursive: true, force: true });
    await shell(['cp', '--archive', at(workshop, 'base'), root], { signal: workshop.signal });
    await copyFile('/etc/resolv.conf', join(root, 'etc/resolv.conf'));
    await writeFile(join(root, 'etc/apt/apt.conf.d/01machine'), workshop.machine.aptConfiguration);
    await runInside(workshop, ['apt-get', 'install', '--yes', '--no-install-recommends', ...ENGINE_PACKAGES]);
  }
  await copyFile(join(HERE, 'crun.sh'), join(root, 'usr/local/bin/crun'));
  await writeFile(join(root, 'etc/containers/containers.conf'), CONTAINERS_CONF);
  await writeFile(join(root, 'etc/containers/storage.conf'), STORAGE_CONF);
  await mkdir(join(root, 'machine'), { recursive: true });
  const { aptConfiguration, npmConfiguration } = workshop.machine;
  await writeFile(join(root, 'machine/apt.conf'), aptConfiguration);
  await writeFile(join(root, 'machine/npmrc'), npmConfiguration, { mode: 0o600 });
  await copyFile(workshop.machine.certificates, join(root, 'machine/ca-certificates.crt'));
}

const CONTAINERS_CONF = `[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "crun"
[engine.runtimes]
crun = ["/usr/local/bin/crun"]
`;

const STORAGE_CONF = `[storage]
driver = "overlay"
graphroot = "/var/lib/containers/storage"
runroot = "/run/containers/storage"
`;

/** The base images under the names that our Dockerfile and docker-compose.yml ask for, made from Debian and npm. */
export async function makeBaseImages(workshop: Workshop, names: BaseImages): Promise<void> {
  const root = at(workshop, 'engine');
  const npm = join(root, 'npm');
  if (!existsSync(npm)) {
    await mkdir(npm);
    const wanted = `npm@${workshop.machine.npmVersion}`;
    const archive = await shell(['npm', 'pack', wanted, '--silent', '--pack-destination', root], workshop);
    const file = join(root, archive.trim());
    await shell(['tar', '--extract', '--gzip', '--strip-components=1', '--file', file, '--directory', npm]);
    await rm(file);
  }
  const isThere = runInside(workshop, ['podman', 'image', 'exists', 'localhost/debian']);
  if (
    !(await isThere.then(
      () => true,
      () => false,
    ))
  ) {
    await shell(['cp', at(workshop, 'base.tar'), root], workshop);
    await runInside(workshop, ['podman', 'import', '/base.tar', 'localhost/debian']);
    await rm(join(root, 'base.tar'));
  }
  for (const [kind, name] of Object.entries(names))
    await build(workshop, name, [
      '--build-context=node=/project/node_modules/node/bin',
      '--build-context=npm=/npm',
      `--file=/project/tools/containers/images/${kind}.dockerfile`,
      '/project/tools/containers/images',
    ]);
}

/** By our Dockerfile, with the machine's registry and nothing else from it. */
export const buildOurImage = (workshop: Workshop, name: string): Promise<void> =>
  build(workshop, name, ['--no-cache', '/project']);

export interface BaseImages {
  readonly node: string;
  readonly postgres: string;
  readonly redis: string;
}

async function build(workshop: Workshop, name: string, args: readonly string[]): Promise<void> {
  const mounts = Object.entries(MOUNTS).map(([inside, file]) => `--volume=${file}:${inside}:ro`);
  await runInside(workshop, [
    'podman',
    'build',
    '--format=docker',
    '--pull=never',
    '--network=host',
    ...mounts,
    `--tag=${name}`,
    ...args,
  ]);
}
