const EXIT_CODE = 1;

/**
 * The engine reports its own defects to a global object before it stops for good. Without this the command
 * line would end with exit code 0 and without a word.
 */
export function endOnPanic(): void {
  const registry = {
    set_message(message: string): void {
      const fields = { message: `the schema engine has failed: ${message}` };
      process.stderr.write(`${JSON.stringify({ level: 'ERROR', target: 'schema_engine', fields })}\n`);
      process.exit(EXIT_CODE);
    },
  };
  Object.defineProperty(globalThis, 'PRISMA_WASM_PANIC_REGISTRY', { value: registry });
}
