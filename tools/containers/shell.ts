import { spawn } from 'node:child_process';

export interface ShellOptions {
  readonly cwd?: string;
  /** Added to this process's own. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** What is given on standard input; nothing by default. */
  readonly input?: string;
  /** Print what the program prints. */
  readonly isShown?: boolean;
}

/** Runs a program to its end and returns its standard output. Rejects with all that it printed if it fails. */
export async function shell(
  [program = '', ...args]: readonly string[],
  { cwd, environment, signal, input, isShown = false }: ShellOptions = {},
): Promise<string> {
  const child = spawn(program, args, {
    stdio: ['pipe', isShown ? 'inherit' : 'pipe', isShown ? 'inherit' : 'pipe'],
    env: { ...process.env, ...environment },
    ...(cwd !== undefined && { cwd }),
    // unshare does not heed SIGTERM; when it dies, all that runs in its namespaces does.
    ...(signal !== undefined && { signal, killSignal: 'SIGKILL' }),
  });
  let stdout = '';
  let printed = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    printed += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    printed += chunk;
  });
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  child.on('error', (error) => {
    printed += error.message;
  });
  await new Promise((resolve) => child.on('close', resolve));
  if (child.exitCode === 0) return stdout;
  const how = child.exitCode === null ? `was ended by ${child.signalCode}` : `ended with ${child.exitCode}`;
  throw new Error(`${program} ${args.join(' ')}: ${how}\n${printed}`);
}
