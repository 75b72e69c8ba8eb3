import { existsSync } from 'node:fs';

// Loaded before the product's programs by the commands of package.json (`node --import`): the settings in .env, where there
// is one. What is in the environment already stays as it is.
if (existsSync('.env')) process.loadEnvFile('.env');
