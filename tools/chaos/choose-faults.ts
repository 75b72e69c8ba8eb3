import type { Fault } from './fault.ts';
import { randomFrom } from '../kit/random.ts';

/**
 * Which faults are injected, one entry after the other, those of an entry at the same time. The same seed and the
 * same faults give the same sequence. Cards are dealt from a shuffled deck, so that each kind has its turn before
 * one comes again. `twoAtOnce` is how often a second one comes at the same time, which leans on nothing that the first
 * leans on.
 */
export function* chooseFaults(
  seed: number,
  faults: readonly Fault[],
  twoAtOnce: number,
): Generator<readonly Fault[], never> {
  const random = randomFrom(seed, 'faults');
  if (faults.length === 0) throw new RangeError('there is no fault to choose from');
  for (let deck = random.shuffled(faults); ; deck = deck.length === 0 ? random.shuffled(faults) : deck) {
    const [first, ...rest] = deck;
    if (first === undefined) continue;
    const second = random.chance(twoAtOnce) ? rest.find((fault) => areApart(fault, first)) : undefined;
    deck = rest.filter((fault) => fault !== second);
    yield second === undefined ? [first] : [first, second];
  }
}

const areApart = (one: Fault, other: Fault): boolean =>
  one.touches.every((touched) => !other.touches.includes(touched));
