import { untilStopped } from '../../../../src/ops/shutdown.ts';
import { tellThatItWorks } from '../contestant.ts';
import { programSettings } from '../program-settings.ts';
import { startMinuteSweep } from './sweep.ts';

const stopped = untilStopped();
const sweep = startMinuteSweep(programSettings().databaseUrl);
tellThatItWorks();
await stopped;
await sweep.close();
