import { join } from 'node:path';
import { startCommand } from './standalone/start-command.ts';

// `npm start`: database, API and worker in one process group.
process.exitCode = await startCommand({
  apiScript: join(import.meta.dirname, 'server.ts'),
  workerScript: join(import.meta.dirname, '..', 'workers', 'worker.ts'),
  consoleBuilder: join(import.meta.dirname, '..', 'tools', 'console', 'build.ts'),
});
