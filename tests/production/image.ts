import { execFile } from 'node:child_process';
import { chmod, copyFile, link, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT, sentFiles } from './build-context.ts';
import { readDockerfile, type Stage, type Step } from './dockerfile.ts';
import { installedPackages } from './installed-packages.ts';

const run = promisify(execFile);

/** The image as a directory: what the Dockerfile copies and installs, and nothing else. */
export interface Image {
  /** Where its files are; `workdir` is below. */
  readonly root: string;
  readonly workdir: string;
  /** What its processes find `node` by: the Node of the image, and the system's own programs. */
  readonly path: string;
  readonly stage: Stage;
  readonly remove: () => Promise<void>;
}

/**
 * Builds the image without Docker: carries out COPY and RUN in a directory each stage. Only `npm ci` is not run,
 * for it needs the registry: its packages come from this checkout, those that the lock file says and no other.
 * Files are linked, not copied, where that is possible: nothing may write to them.
 */
export async function buildImage(): Promise<Image> {
  const directory = await mkdtemp(join(tmpdir(), 'session-engine-image-'));
  try {
    // As root, another user runs what is in it.
    await chmod(directory, 0o755);
    await linkFile(process.execPath, join(directory, 'bin', 'node'));
    const path = `${join(directory, 'bin')}:/usr/bin:/bin`;
    const stages = readDockerfile();
    for (const stage of stages) await buildStage(stage, directory, path);
    const stage = stages.at(-1);
    if (stage === undefined) throw new Error('the Dockerfile has no stage');
    const root = rootOf(directory, stage.name);
    const remove = () => rm(directory, { recursive: true, force: true });
    return { root, workdir: join(root, stage.workdir), path, stage, remove };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

const rootOf = (directory: string, stage: string | null): string => join(directory, stage ?? 'image');

async function buildStage(stage: Stage, directory: string, path: string): Promise<void> {
  const workdir = join(rootOf(directory, stage.name), stage.workdir);
  await mkdir(workdir, { recursive: true });
  for (const step of stage.steps) {
    switch (step.kind) {
      case 'copy':
        await copy(step, workdir, directory);
        break;
      case 'run':
        if (step.command.startsWith('npm ci ')) await install(step.command, workdir, path);
        else await run('/bin/sh', ['-c', step.command], { cwd: workdir, env: { PATH: path } });
        break;
    }
  }
}

async function copy(
  step: Extract<Step, { kind: 'copy' }>,
  workdir: string,
  directory: string,
): Promise<void> {
  for (const source of step.sources) {
    const target = join(workdir, step.target, step.target.endsWith('/') ? source : '');
    if (step.from !== null) {
      await linkTree(join(rootOf(directory, step.from), source), target);
      continue;
    }
    for (const file of await sentFiles(source)) {
      await linkFile(join(PROJECT, file), join(target, file.slice(source.length)));
    }
  }
}

/** As npm does: the packages, the links to their programs, then the project's own script. */
async function install(command: string, workdir: string, path: string): Promise<void> {
  const packages = await installedPackages(command);
  for (const [place, { bin = {} }] of packages) {
    await linkTree(join(PROJECT, place), join(workdir, place), 'node_modules');
    if (place.lastIndexOf('node_modules/') > 0) continue;
    for (const [name, program] of Object.entries(bin)) {
      await mkdir(join(workdir, 'node_modules/.bin'), { recursive: true });
      await symlink(
        join('..', place.slice('node_modules/'.length), program),
        join(workdir, 'node_modules/.bin', name),
      );
    }
  }
  const manifest = await readFile(join(workdir, 'package.json'), 'utf8');
  const { scripts }: { scripts: Readonly<Record<string, string>> } = JSON.parse(manifest);
  const programs = join(workdir, 'node_modules/.bin');
  await run('/bin/sh', ['-c', scripts['postinstall'] ?? 'true'], {
    cwd: workdir,
    env: { PATH: `${programs}:${path}` },
  });
}

/** Links a directory's files into another, without those below directories of this name. */
async function linkTree(source: string, target: string, without?: string): Promise<void> {
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const from = join(source, entry.name);
    const to = join(target, entry.name);
    if (entry.isDirectory() && entry.name !== without) await linkTree(from, to, without);
    if (entry.isFile()) await linkFile(from, to);
  }
}

async function linkFile(source: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  // On another disk, or where it belongs to somebody else, a file cannot be linked.
  await link(source, target).catch(() => copyFile(source, target));
}
