/**
 * For a long computation to call often: lets the event loop turn once `sliceMs` have passed since it last turned here, so
 * that other work of this process is not kept waiting.
 */
export function yieldEvery(sliceMs: number): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < sliceMs) return;
    await new Promise((resolve) => setImmediate(resolve));
    since = performance.now();
  };
}
