import { configOrExit } from './config.ts';

// Before anything is started: what is wrong with the settings of the API and the worker is said once, and here.
configOrExit();
process.stdout.write('the settings are good\n');
