import { untilStopped } from '../../../../src/ops/shutdown.ts';
import { tellThatItWorks } from '../contestant.ts';
import { programSettings } from '../program-settings.ts';
import { startTutorialWorker } from './deductions.ts';

const stopped = untilStopped();
const worker = startTutorialWorker(programSettings());
tellThatItWorks();
await stopped;
await worker.close();
