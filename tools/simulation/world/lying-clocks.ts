/**
 * The clocks of the processes: none of them matters, so here all of them lie. Chance that is not of the seed is
 * forbidden altogether.
 */
export interface Lies {
  /** Puts the honest clocks back. */
  readonly end: () => void;
}

/** From now on `Date.now()` and `performance.now()` are so far off, and jump about by up to as much at every reading. */
export function tellLies(offMs: number): Lies {
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
