import type { Random } from '../../kit/random.ts';
import type { TcpProxy, Verdict, WireEvent } from '../../kit/tcp-proxy.ts';
import type { ManagedProcess, ProgramKind } from '../rig/managed-process.ts';
import type { Rig } from '../rig/rig.ts';

const LIMIT_MS = 15_000;

/**
 * Waits on this wire until `act` gives a verdict on what passes. False: it did not come in time. What passed before
 * the verdict is passed on unchanged.
 */
export function atEvent(wire: TcpProxy, act: (event: WireEvent) => Verdict | null): Promise<boolean> {
  return new Promise((resolve) => {
    const finish = (hasCome: boolean): void => {
      clearTimeout(timer);
      leave();
      resolve(hasCome);
    };
    const timer = setTimeout(() => finish(false), LIMIT_MS);
    const leave = wire.intercept((event) => {
      const verdict = act(event);
      if (verdict === null) return 'pass';
      finish(true);
      return verdict;
    });
  });
}

/** One of the processes of this kind, or of all. */
export const pickProcess = (
  rig: Pick<Rig, 'processes'>,
  random: Random,
  kind: ProgramKind | null,
): ManagedProcess => random.pick(rig.processes.filter((one) => kind === null || one.kind === kind));
