import type { ProcessStore } from '../watch/presence.ts';
import type { PrismaClient } from './client.ts';
import { removeOldProcesses, seeProcess, stopProcess } from './sql/processes.ts';

/** The processes that run or ran, in Postgres: one statement each, tried once. */
export const createProcessStore = (client: PrismaClient): ProcessStore => ({
  see: async (self, uptimeMs) => {
    await client.$executeRaw(seeProcess(self, uptimeMs));
  },
  stop: async (id) => {
    await client.$executeRaw(stopProcess(id));
  },
  removeOld: async () => {
    await client.$executeRaw(removeOldProcesses());
  },
});
