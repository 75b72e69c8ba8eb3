import { readPostgres } from './postgres-reader.ts';
import { openTcpProxy, portIn, throughProxy } from './tcp-proxy.ts';

/** A way to PostgreSQL that can be cut at the worst moment, or fall silent: after COMMIT counted and before its answer arrives. */
export interface CommitCutter {
  readonly url: string;
  /** The next COMMIT reaches the server and is carried out; its answer, and the connection, are lost. */
  readonly cutNext: () => void;
  readonly cuts: () => number;
  /** The next COMMIT stops on its way to the server, or its answer on the way back. Resolves when it is there. */
  readonly holdNext: (where: 'before' | 'after') => Promise<void>;
  /** From now on nothing arrives on either side, on any connection that is open or is made, and none is closed. */
  readonly silence: () => void;
  /** New connections work again. Those from before stay silent. */
  readonly speak: () => void;
  readonly close: () => Promise<void>;
}

export async function cutCommits(url: string): Promise<CommitCutter> {
  const proxy = await openTcpProxy(portIn(url), readPostgres);
  let armed = 0;
  let cuts = 0;
  const cutting = new Set<number>();
  proxy.intercept((event, connectionNo) => {
    if (event === 'commit_asked' && armed > 0) {
      armed -= 1;
      cutting.add(connectionNo);
    }
    // The server has answered, so the COMMIT has counted.
    if (event !== 'commit_done' || !cutting.delete(connectionNo)) return 'pass';
    cuts += 1;
    return 'cut';
  });
  const holdNext = (where: 'before' | 'after'): Promise<void> =>
    new Promise((resolve) => {
      let heldNo: number | null = null;
      const leave = proxy.intercept((event, connectionNo) => {
        if (event === 'commit_asked') heldNo ??= connectionNo;
        const isThere = event === (where === 'before' ? 'commit_asked' : 'commit_done');
        if (!isThere || connectionNo !== heldNo) return 'pass';
        leave();
        resolve();
        return 'swallow';
      });
    });
  return {
    url: throughProxy(url, proxy),
    cutNext: () => {
      armed += 1;
    },
    cuts: () => cuts,
    holdNext,
    silence: () => proxy.setCondition({ kind: 'half_open' }),
    speak: () => proxy.setCondition({ kind: 'normal' }),
    close: proxy.shut,
  };
}
