/** The alarms that this process has in hand, and the places that are left. Bounds how many looks are under way. */
export interface Hand {
  readonly capacity: number;
  readonly free: () => number;
  /** Keeps places free for what is about to be taken: as many as there are, at most so many. */
  readonly reserve: (most: number) => number;
  /** Gives back places that were reserved and not used. */
  readonly giveBack: (places: number) => void;
  /** Uses a place. False where this alarm is in hand already: then only its lease is new, and no place is used. */
  readonly put: (jobId: string, lease: number) => boolean;
  /** The look is done. Returns the newest lease. */
  readonly remove: (jobId: string) => number;
  /** Called whenever places become free after there were few. Returns how to stop it. */
  readonly onRoom: (listener: () => void) => () => void;
}

export function createHand(capacity: number): Hand {
  const leases = new Map<string, number>();
  const listeners = new Set<() => void>();
  const plenty = Math.ceil(capacity / 4);
  let reserved = 0;

  const free = (): number => Math.max(0, capacity - leases.size - reserved);
  function tellOfRoom(before: number): void {
    if (before < plenty && free() >= plenty) for (const listener of listeners) listener();
  }

  return {
    capacity,
    free,
    reserve: (most) => {
      const places = Math.min(most, free());
      reserved += places;
      return places;
    },
    giveBack: (places) => {
      const before = free();
      reserved -= places;
      tellOfRoom(before);
    },
    put: (jobId, lease) => {
      const isNew = !leases.has(jobId);
      leases.set(jobId, lease);
      if (isNew) reserved -= 1;
      return isNew;
    },
    remove: (jobId) => {
      const before = free();
      const lease = leases.get(jobId) ?? 0;
      leases.delete(jobId);
      tellOfRoom(before);
      return lease;
    },
    onRoom: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
