import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

const PROJECT_DIR = join(import.meta.dirname, '../..');
const DIRECTORIES = [
  { path: PROJECT_DIR, shown: '.' },
  { path: tmpdir(), shown: '<temporary files>' },
  { path: homedir(), shown: '~' },
];

/** Why something failed, for everybody to read: without a stack, without this machine's directories or passwords. */
export function plainReason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : '';
  const message = error instanceof Error ? error.message : String(error);
  let text = message === 'fetch failed' && cause !== '' ? `${message}: ${cause}` : message;
  for (const { path, shown } of DIRECTORIES) if (path !== '/') text = text.replaceAll(path, shown);

  return text.replaceAll(/(?<=:\/\/[^\s:/@]*:)[^\s@]*(?=@)/g, '...');
}
