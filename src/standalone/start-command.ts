import { SetupError } from './errors.ts';
import { type ProductOptions, runProduct } from './run-product.ts';

/**
 * Runs the product at a terminal: prints what happens, stops on SIGINT, SIGTERM and SIGHUP.
 * Gives the exit code: 0 where it was asked to stop.
 */
export async function startCommand(
  scripts: Pick<ProductOptions, 'apiScript' | 'workerScript' | 'consoleBuilder'>,
): Promise<number> {
  for (const stream of [process.stdout, process.stderr]) {
    // The reader of the output has gone (`npm start | head`): the product runs on.
    stream.on('error', () => {});
  }
  try {
    const over = await runProduct({
      ...scripts,
      environment: process.env,
      print: (text) => process.stdout.write(`${text}\n`),
      stopRequested: watchStopSignals(),
    });
    switch (over.kind) {
      case 'asked':
        process.stdout.write('stopped\n');
        return 0;
      case 'failed':
        process.stderr.write(`${over.member} ended by itself (${over.how}), so everything was stopped\n`);
        return 1;
    }
  } catch (error) {
    const stack = error instanceof Error ? error.stack : undefined;
    process.stderr.write(`${error instanceof SetupError ? error.message : (stack ?? String(error))}\n`);
    return 1;
  }
}

function watchStopSignals(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // npm hands on an interrupt that the terminal has sent already: the second one means nothing more.
    process.on(signal, () => {
      if (!stop.signal.aborted) {
        process.stdout.write('stopping\n');
        stop.abort();
      }
    });
  }
  return stop.signal;
}
