/** Frames that a client may send a second, and at once after a pause. */
const PER_SECOND = 20;
const BURST = 60;

/** Counts frames; false = too many. */
export function createFrameRate(nowMs: () => number): () => boolean {
  let left = BURST;
  let atMs = nowMs();
  return () => {
    const now = nowMs();
    left = Math.min(BURST, left + ((now - atMs) / 1000) * PER_SECOND) - 1;
    atMs = now;
    return left >= 0;
  };
}
