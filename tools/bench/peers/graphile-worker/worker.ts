import { untilStopped } from '../../../../src/ops/shutdown.ts';
import { tellThatItWorks } from '../contestant.ts';
import { programSettings } from '../program-settings.ts';
import { startGraphileWorker } from './deductions.ts';

const stopped = untilStopped();
const worker = await startGraphileWorker(programSettings().databaseUrl);
tellThatItWorks();
await stopped;
await worker.close();
