import { readFileSync } from 'node:fs';

// Loaded before a program of the product (`node --import`): SIGUSR2 blocks its event loop for as long as the file
// says that CHAOS_BLOCK_FILE names. The product knows nothing of it.
const { CHAOS_BLOCK_FILE: file } = process.env;
if (file === undefined) throw new Error('CHAOS_BLOCK_FILE names no file');
const never = new Int32Array(new SharedArrayBuffer(4));
process.on('SIGUSR2', () => {
  Atomics.wait(never, 0, 0, Number(readFileSync(file, 'utf8')));
});
