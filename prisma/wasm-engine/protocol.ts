import type { SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg';

type Outcome = { readonly result: unknown } | { readonly error: object };

interface Message {
  readonly id: unknown;
  readonly method: string | undefined;
  readonly params: unknown;
}

const METHODS = [
  'applyMigrations',
  'createMigration',
  'dbExecute',
  'devDiagnostic',
  'diagnoseMigrationHistory',
  'diff',
  'ensureConnectionValidity',
  'evaluateDataLoss',
  'introspect',
  'markMigrationApplied',
  'markMigrationRolledBack',
  'reset',
  'schemaPush',
] as const satisfies readonly (keyof SchemaEngine)[];

/**
 * Runs one line of the command line's on the engine, and gives the messages to send back. What the engine
 * refuses becomes an error message; throws only for a line that is no JSON-RPC.
 */
export async function answer(engine: SchemaEngine, line: string): Promise<readonly object[]> {
  const { id, method, params } = readMessage(line);
  if (method === undefined) {
    // The command line confirms what it was asked to print.
    return [];
  }
  const outcome = await call(engine, method, params);
  const reply = { jsonrpc: '2.0', id, ...outcome };
  const text = 'result' in outcome ? textToPrint(outcome.result) : undefined;
  return text === undefined
    ? [reply]
    : [{ jsonrpc: '2.0', id: `print-${String(id)}`, method: 'print', params: { content: text } }, reply];
}

async function call(engine: SchemaEngine, method: string, params: unknown): Promise<Outcome> {
  if (method === 'getDatabaseVersion') {
    return { result: await engine.version() };
  }
  const known = METHODS.find((name) => name === method);
  const run: unknown = known === undefined ? undefined : engine[known];
  if (typeof run !== 'function') {
    return toError(new Error(`the schema engine from npm has no ${method}`));
  }
  try {
    // A command without an answer gives undefined; the command line wants a result all the same.
    return { result: (await Reflect.apply(run, engine, [params])) ?? {} };
  } catch (error) {
    return toError(error);
  }
}

/** The native engine prints the outcome of a diff through the command line; this one hands it over. */
function textToPrint(result: unknown): string | undefined {
  const isObject = typeof result === 'object' && result !== null;
  return isObject && 'stdout' in result && typeof result.stdout === 'string' ? result.stdout : undefined;
}

function toError(error: unknown): Outcome {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return { error: { code: -32_000, message, data: { is_panic: false, message, error_code: code } } };
}

function readMessage(line: string): Message {
  const message: unknown = JSON.parse(line);
  if (typeof message !== 'object' || message === null || !('id' in message)) {
    throw new Error(`not a JSON-RPC message: ${line.slice(0, 200)}`);
  }
  const method = 'method' in message && typeof message.method === 'string' ? message.method : undefined;
  return { id: message.id, method, params: 'params' in message ? message.params : undefined };
}
