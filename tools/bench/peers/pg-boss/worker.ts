import { untilStopped } from '../../../../src/ops/shutdown.ts';
import { tellThatItWorks } from '../contestant.ts';
import { programSettings } from '../program-settings.ts';
import { startPgBossWorker } from './deductions.ts';

const stopped = untilStopped();
const worker = await startPgBossWorker(programSettings().databaseUrl);
tellThatItWorks();
await stopped;
await worker.close();
