/** Records what happened when, and whether the server's instant of it fits our own clock. */
export interface Recorder {
  /** By name, in milliseconds since 1970, as the server dates them. */
  readonly instants: ReadonlyMap<string, number>;
  /** Each says in one line what cannot be. */
  readonly complaints: readonly string[];
  /** Does something that the server dates; gives that instant. Throws what `act` throws. */
  note(name: string, act: () => Promise<number>): Promise<number>;
  complain(words: string): void;
}

/**
 * The rules count from instants that the server alone decides, so a check must not simply believe it: API, database and demo run on one machine, and what they do lies between our request and the answer.
 */
export function createRecorder(readClock: () => number = Date.now): Recorder {
  const instants = new Map<string, number>();
  const complaints: string[] = [];
  return {
    instants,
    complaints,
    async note(name, act) {
      const sentMs = readClock();
      const dueMs = await act();
      const answeredMs = readClock();
      if (dueMs < sentMs || dueMs > answeredMs) {
        const [sent, dated, answered] = [sentMs, dueMs, answeredMs].map((ms) => new Date(ms).toISOString());
        complaints.push(`"${name}" is dated ${dated}, but was sent at ${sent} and answered at ${answered}`);
      }
      instants.set(name, dueMs);
      return dueMs;
    },
    complain(words) {
      complaints.push(words);
    },
  };
}
