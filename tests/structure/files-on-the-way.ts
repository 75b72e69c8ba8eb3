/**
 * Counts the files that a reader opens to follow one thing from end to end: those that declare the named functions, and
 * those between them, by what they import when the program runs. What a function merely looks up on its way (a constant,
 * an id's check, a refusal) is not counted. `node tests/structure/files-on-the-way.ts` prints the files.
 */
import { importsOf, targetOf } from './imports.ts';
import { programFiles, type SourceFile } from './source-files.ts';

/** A caller and what it calls: the names of exported functions, or the path of a program. */
export type Step = readonly [caller: string, ...callees: readonly string[]];

/** From the API's program through the route and the SQL to the armed alarm. Ports are opened by `openEngine`. */
export const START: readonly Step[] = [
  ['src/server.ts', 'createApp', 'openEngine'],
  ['createApp', 'registerAuthentication', 'signedInOnly', 'sessionRoutes'],
  ['sessionRoutes', 'callerOf', 'refused', 'success', 'sessionJson'],
  ['openEngine', 'createHandlers', 'createExecutor', 'openDatabase', 'createAlarms'],
  ['createExecutor', 'createBatcher', 'openUnitOfWork', 'writesOf', 'alarmsAfter'],
  ['createHandlers', 'createStartHandler'],
  ['createStartHandler', 'startSession', 'sessionView'],
  ['startSession', 'payingGrant'],
  ['openUnitOfWork', 'accountNow', 'settle', 'apply', 'entryOf', 'eventOf'],
  ['settle', 'firstDue'],
  ['openDatabase', 'createStore'],
  ['createStore', 'withRetries', 'lockAccounts', 'loadAccounts', 'loadedFrom', 'writeChanges'],
  ['createAlarms', 'openQueues', 'alarmJob'],
];

/** From the worker's program through the queue to the command that settles, and to the next alarm. */
export const ALARM: readonly Step[] = [
  ['workers/worker.ts', 'runWorker', 'openEngine'],
  ['runWorker', 'createAlarmWorker'],
  ['createAlarmWorker', 'openQueues', 'parseAlarm', 'processAlarm', 'createUpkeep'],
  ['openEngine', 'createHandlers', 'createAlarms'],
  ['createHandlers', 'settleHandler'],
];

/** The files on the way, in order of their paths. @throws Error where a name has no or two declarations, or a caller does not import its callee. */
export function filesOnTheWay(steps: readonly Step[], files: readonly SourceFile[]): readonly string[] {
  const imports = new Map(files.map((file) => [file.path, runtimeImports(file)]));
  const onTheWay = new Set<string>();
  for (const [caller, ...callees] of steps)
    for (const callee of callees) {
      const path = shortestPath(declaring(caller, files), declaring(callee, files), imports);
      if (path === null) throw new Error(`the file of ${caller} does not import that of ${callee}`);
      for (const file of path) onTheWay.add(file);
    }

  return [...onTheWay].toSorted();
}

function declaring(name: string, files: readonly SourceFile[]): string {
  if (name.includes('/')) return name;
  const declaration = new RegExp(`^export (?:async )?(?:function|const) ${name}\\b`, 'm');
  const found = files.filter(({ text }) => declaration.test(text)).map(({ path }) => path);
  const [path] = found;
  if (path === undefined || found.length > 1)
    throw new Error(`${name} is declared in ${found.length} files: ${found.join(', ')}`);
  return path;
}

const runtimeImports = (file: SourceFile): readonly string[] =>
  importsOf(file.text).flatMap((found) => (found.isType ? [] : (targetOf(file, found) ?? [])));

/** Both ends included; null where there is no path. */
function shortestPath(
  from: string,
  to: string,
  imports: ReadonlyMap<string, readonly string[]>,
): readonly string[] | null {
  const pathTo = new Map<string, readonly string[]>([[from, [from]]]);
  // A map is walked in the order of insertion, what is added on the way included: breadth first.
  for (const [file, path] of pathTo) {
    if (file === to) return path;
    for (const next of imports.get(file) ?? []) if (!pathTo.has(next)) pathTo.set(next, [...path, next]);
  }
  return null;
}

if (import.meta.main)
  for (const [name, steps] of Object.entries({ start: START, alarm: ALARM })) {
    const found = filesOnTheWay(steps, programFiles());
    process.stdout.write(`${name}: ${found.length} files\n${found.map((path) => `  ${path}\n`).join('')}`);
  }
