/** One fault that was injected. All instants are milliseconds since 1970. */
export interface Incident {
  readonly number: number;
  readonly fault: string;
  readonly detail: string;
  readonly startMs: number;
  /** When the fault itself was over. */
  readonly endMs: number;
  /** When everything was as before; null: not within the time that was given. */
  readonly recoveredMs: number | null;
  /** Acknowledged requests a second; null where it was too short to tell. */
  readonly rateBefore: number | null;
  readonly rateDuring: number | null;
  readonly rateAfter: number | null;
  readonly problems: readonly string[];
}
