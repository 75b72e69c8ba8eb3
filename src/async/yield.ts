/**
 * For a long computation to call as often as it likes: lets the event loop turn once `sliceMs` have passed since it last
 * turned here, so that whatever else is waiting in this process has its turn.
 */
export function yieldEvery(sliceMs: number): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < sliceMs) return;
    await new Promise((resolve) => setImmediate(resolve));
    since = performance.now();
  };
}
