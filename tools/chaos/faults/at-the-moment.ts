import type { Sight } from '../../kit/sight.ts';
import type { TcpProxy, Verdict } from '../../kit/tcp-proxy.ts';

const PATIENCE_MS = 15_000;

/**
 * Waits on this wire until `act` gives a verdict on what passes. False: it did not come in time. What passed before
 * the verdict went on as ever.
 */
export function atTheMoment(wire: TcpProxy, act: (sight: Sight) => Verdict | null): Promise<boolean> {
  return new Promise((resolve) => {
    const finish = (hasCome: boolean): void => {
      clearTimeout(timer);
      leave();
      resolve(hasCome);
    };
    const timer = setTimeout(() => finish(false), PATIENCE_MS);
    const leave = wire.addGuard((sight) => {
      const verdict = act(sight);
      if (verdict === null) return 'pass';
      finish(true);
      return verdict;
    });
  });
}
