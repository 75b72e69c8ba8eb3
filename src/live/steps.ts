/** Does one step after another, never two at once, until there is nothing to do; woken, it begins again. */
export interface Steps {
  /** Before this nothing is done, also when woken. */
  readonly start: () => void;
  readonly wake: () => void;
  readonly stop: () => void;
  readonly isStopped: () => boolean;
}

/** `step` answers whether there may be another one to do, and never rejects. */
export function createSteps(step: () => Promise<boolean>): Steps {
  let state: 'held' | 'resting' | 'running' | 'stopped' = 'held';
  /** Since the last step began: what woke it may have come too late for that step. */
  let isWoken = true;
  const isRunning = (): boolean => state === 'running';

  async function run(): Promise<void> {
    if (state !== 'resting') return;
    state = 'running';
    while (isRunning() && isWoken) {
      isWoken = false;
      while (isRunning() && (await step()));
    }
    if (isRunning()) state = 'resting';
  }

  return {
    start: () => {
      if (state !== 'held') return;
      state = 'resting';
      void run();
    },
    wake: () => {
      isWoken = true;
      void run();
    },
    stop: () => {
      state = 'stopped';
    },
    isStopped: () => state === 'stopped',
  };
}
