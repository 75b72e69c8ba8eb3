/**
 * One answer for all who ask at the same time, and for those who come after it for a while, in ms, which may depend on
 * how long it took. A failure is an answer, too: what is broken is not asked again for each caller.
 */
export function cached<T>(read: () => Promise<T>, forMs: (tookMs: number) => number): () => Promise<T> {
  let last: { readonly answer: Promise<T>; untilMs: number } | null = null;
  return () => {
    if (last !== null && performance.now() < last.untilMs) return last.answer;
    const startMs = performance.now();
    const answer = read();
    const entry = { answer, untilMs: Number.POSITIVE_INFINITY };
    const ended = (): void => {
      const nowMs = performance.now();
      entry.untilMs = nowMs + forMs(nowMs - startMs);
    };
    answer.then(ended, ended);
    last = entry;
    return answer;
  };
}
