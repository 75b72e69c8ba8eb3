import { QueueSetupError } from '../alarms/errors.ts';

/** What was started; or, where a setting has to be changed first, one line that says which, and exit code 1. */
export async function orExit<T>(starting: Promise<T>): Promise<T> {
  try {
    return await starting;
  } catch (error) {
    if (!(error instanceof QueueSetupError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
