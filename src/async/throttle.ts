/** Calls `act` for the first of many in `everyMs`, and drops the others: for what would flood a log. */
export function throttle<T>(everyMs: number, act: (what: T) => void): (what: T) => void {
  let actedAtMs = Number.NEGATIVE_INFINITY;
  return (what) => {
    if (performance.now() - actedAtMs < everyMs) return;
    actedAtMs = performance.now();
    act(what);
  };
}
