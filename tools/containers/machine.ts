import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { shell } from './shell.ts';

/** What this machine lends: where its packages come from, and how npm reaches its registry. */
export interface Machine {
  readonly architecture: string;
  /** The Debian mirror that apt uses. */
  readonly mirror: string;
  /** apt's settings for fetching: proxies, checks. A file of its configuration. */
  readonly aptConfiguration: string;
  /** The user's and the machine's settings of npm, as one .npmrc. May hold a token: never to be printed. */
  readonly npmConfiguration: string;
  /** The certificates that it trusts, a file. */
  readonly certificates: string;
  readonly npmVersion: string;
}

/** Where a Debian keeps the certificates that it trusts. */
export const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/** Programs that have to be there, each with its Debian package. */
const PROGRAMS = [
  ['/usr/bin/wget', 'wget'],
  ['/usr/bin/unshare', 'util-linux'],
  ['/usr/sbin/pivot_root', 'util-linux'],
  ['/usr/bin/xz', 'xz-utils'],
] as const;

/** Why containers cannot be run here, in words that say what to do; null if they can. */
export async function whyNotHere(): Promise<string | null> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  if (!/^ID(_LIKE)?=.*debian/m.test(release)) return 'This needs a Debian, or a system made from one.';
  if (process.getuid?.() !== 0) return 'This needs root, for mounts and networks: sudo npm run containers';
  const missing = PROGRAMS.filter(([path]) => !existsSync(path)).map(([, name]) => name);
  return missing.length === 0 ? null : `First: apt-get install ${[...new Set(missing)].join(' ')}`;
}

export async function lookAtMachine(): Promise<Machine> {
  const sources = await shell([
    'apt-get',
    'indextargets',
    '--format=$(REPO_URI)',
    'Created-By: Packages',
    'Label: Debian',
  ]);
  const [mirror = ''] = sources.split('\n');
  if (mirror === '') throw new Error('apt knows no Debian mirror. First: apt-get update');
  const acquire = (await shell(['apt-config', 'dump']))
    .split('\n')
    .filter((line) => /^Acquire::(http|https|Check|Retries)/i.test(line));
  const npm = async (...args: readonly string[]) => (await shell(['npm', ...args])).trim();
  const files = [await npm('config', 'get', 'globalconfig'), await npm('config', 'get', 'userconfig')];
  const settings = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  const cafile = await npm('config', 'get', 'cafile');
  const certificates = cafile === 'null' ? CERTIFICATES : cafile;
  return {
    architecture: (await shell(['dpkg', '--print-architecture'])).trim(),
    mirror,
    aptConfiguration: `${acquire.join('\n')}\n`,
    npmConfiguration: [
      ...settings,
      `registry=${await npm('config', 'get', 'registry')}`,
      `cafile=${CERTIFICATES}\n`,
    ].join('\n'),
    certificates,
    npmVersion: await npm('--version'),
  };
}
