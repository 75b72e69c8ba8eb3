/** A sleep that can be cut short. */
export interface Bell {
  /** Resolves when the bell rings, after so many ms at the latest. One sleeper at a time. */
  readonly sleep: (ms: number) => Promise<void>;
  readonly ring: () => void;
}

export function createBell(): Bell {
  let wake = (): void => {};
  return {
    ring: () => wake(),
    sleep: (ms) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => wake(), ms);
        wake = () => {
          wake = () => {};
          clearTimeout(timer);
          resolve();
        };
      }),
  };
}
