import type { Member } from '../../src/standalone/process-group.ts';

/** A place for one worker, who may leave and come back without anybody taking that for a failure. */
export interface WorkerSeat {
  /** For the group that lives and dies together: it has failed if a worker ends who was not asked to. */
  readonly member: Member;
  readonly arrive: () => void;
  /** Lets the worker finish what is in hand. Returns when it has gone. */
  readonly leave: () => Promise<void>;
}

export function createWorkerSeat(hire: () => Member): WorkerSeat {
  const { promise: ended, resolve: end } = Promise.withResolvers<string>();
  let worker: Member | undefined;
  const leave = async (): Promise<void> => {
    const leaving = worker;
    worker = undefined;
    await leaving?.stop();
  };
  return {
    member: { name: 'the worker', ended, stop: leave },
    arrive() {
      const arrived = hire();
      worker = arrived;
      void arrived.ended.then((how) => (worker === arrived ? end(how) : undefined));
    },
    leave,
  };
}
