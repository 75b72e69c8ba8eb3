/**
 * The clocks of the processes do not matter, so here all of them are wrong. Random numbers that do not come from the
 * seed are forbidden.
 */
export interface SkewedClocks {
  /** Puts the honest clocks back. */
  readonly end: () => void;
}

/** From now on `Date.now()` and `performance.now()` are off by this much, and jump by up to as much at every reading. */
export function skewClocks(offMs: number): SkewedClocks {
  const honest = { date: Date.now, performance: performance.now.bind(performance), random: Math.random };
  let readings = 0;
  const lie = (): number => {
    readings += 1;
    return offMs + ((readings * 7_919) % (Math.abs(offMs) + 1));
  };
  Date.now = () => honest.date() + lie();
  performance.now = () => honest.performance() + lie();
  Math.random = () => {
    throw new Error('a simulation may not ask Math.random: what it draws comes from the seed');
  };
  return {
    end: () => {
      Date.now = honest.date;
      performance.now = honest.performance;
      Math.random = honest.random;
    },
  };
}
