/** What was acknowledged to clients. From then on it must be true for ever. */
export type Acknowledged =
  | { readonly kind: 'appointment'; readonly appointmentId: number; readonly patientId: number }
  | { readonly kind: 'subscription'; readonly grantId: number; readonly units: number }
  | {
      readonly kind: 'start';
      readonly appointmentId: number;
      readonly sessionId: number;
      readonly startMs: number;
    }
  | { readonly kind: 'activity'; readonly sessionId: number; readonly lastActivityMs: number }
  | {
      readonly kind: 'message';
      readonly sessionId: number;
      readonly messageNo: number;
      readonly clientMessageId: string;
      readonly sentMs: number;
    }
  | {
      /** By an end, or by a status that showed one. */
      readonly kind: 'end';
      readonly sessionId: number;
      readonly endedMs: number;
      readonly reason: string;
      /** Of the end itself; null where a status showed it. */
      readonly units: number | null;
      readonly unitsUsed: number;
    }
  | {
      readonly kind: 'top_up';
      readonly entryId: number;
      readonly grantId: number;
      readonly units: number;
      readonly key: string;
    }
  | {
      readonly kind: 'refund';
      readonly entryId: number;
      readonly sessionId: number;
      readonly intervalNo: number;
      readonly key: string;
    };

export interface JournalCounts {
  /** Every time something was sent, repeats included. */
  requests: number;
  acknowledged: number;
  /** A definite no. */
  refused: number;
  /** Sent, repeated for as long as a client does, and never answered: it may have happened or not. */
  unknown: number;
  /** Times that no answer came, or that the API could not help at the moment; most repeats succeed. */
  noAnswer: number;
  unavailable: number;
  internalErrors: number;
}

export interface Journal {
  readonly lines: readonly Acknowledged[];
  /** Every key under which a correction was ever asked for. */
  readonly keys: ReadonlySet<string>;
  readonly counts: JournalCounts;
  readonly acknowledge: (line: Acknowledged) => void;
  readonly useKey: (key: string) => void;
}

export function openJournal(): Journal {
  const lines: Acknowledged[] = [];
  const keys = new Set<string>();
  const counts = {
    requests: 0,
    acknowledged: 0,
    refused: 0,
    unknown: 0,
    noAnswer: 0,
    unavailable: 0,
    internalErrors: 0,
  };
  return {
    lines,
    keys,
    counts,
    acknowledge: (line) => void lines.push(line),
    useKey: (key) => void keys.add(key),
  };
}
