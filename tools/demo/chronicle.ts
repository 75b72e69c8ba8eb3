/** What happens, told in the order of time, one line an event. Instants are in milliseconds since 1970. */
export interface Chronicle {
  /** From now on time counts from here. */
  begin(zeroMs: number): void;
  tell(atMs: number, appointment: number, words: string): void;
  /** Prints what has been told of the time up to `untilMs`; without it, everything. */
  print(untilMs?: number): void;
}

interface Told {
  readonly atMs: number;
  readonly appointment: number;
  readonly words: string;
}

export function createChronicle(printLine: (line: string) => void): Chronicle {
  let zeroMs = 0;
  let told: readonly Told[] = [];
  return {
    begin(ms) {
      zeroMs = ms;
    },
    tell(atMs, appointment, words) {
      told = [...told, { atMs, appointment, words }];
    },
    print(untilMs = Number.POSITIVE_INFINITY) {
      const ripe = told.filter(({ atMs }) => atMs <= untilMs);
      told = told.filter(({ atMs }) => atMs > untilMs);
      // Stable: what happens at one instant stays in the order in which it was told.
      for (const { atMs, appointment, words } of ripe.toSorted((one, other) => one.atMs - other.atMs)) {
        const seconds = ((atMs - zeroMs) / 1000).toFixed(3);
        printLine(`${seconds.padStart(9)} s${String(appointment).padStart(3)}  ${words}`);
      }
    },
  };
}
