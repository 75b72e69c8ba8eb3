import { configOrExit } from './config.ts';

// Run before the API and the worker are started, so that mistakes in their settings are reported once, and here.
configOrExit();
process.stdout.write('the settings are good\n');
