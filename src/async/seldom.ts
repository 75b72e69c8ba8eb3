/** Passes on the first of many in `everyMs`, and drops the others: for what would flood a log. */
export function seldom<T>(everyMs: number, tell: (what: T) => void): (what: T) => void {
  let toldAtMs = Number.NEGATIVE_INFINITY;
  return (what) => {
    if (performance.now() - toldAtMs < everyMs) return;
    toldAtMs = performance.now();
    tell(what);
  };
}
