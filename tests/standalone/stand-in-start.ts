// `npm start`, around the stand-ins.
import { join } from 'node:path';
import { startCommand } from '../../src/standalone/start-command.ts';

process.exitCode = await startCommand({
  apiScript: join(import.meta.dirname, 'stand-in-api.ts'),
  workerScript: join(import.meta.dirname, 'stand-in-worker.ts'),
  consoleBuilder: null,
});
