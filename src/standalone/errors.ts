/** Whether the operating system, or the database driver, gave this error with one of these codes. */
export function isErrno(error: unknown, ...codes: readonly string[]): boolean {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code)
  );
}

/**
 * Something outside the program has to be changed: a directory that cannot be written, a port that is
 * taken. The message is one whole line that says what to do; a stack trace would only hide it.
 */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}
