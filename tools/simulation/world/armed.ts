/** Faults that wait for their occasion: "the next COMMIT", "the next alarm". */
import type { Trouble as PlannedTrouble } from '../plan/plan.ts';

type TroubleOf<Kind extends PlannedTrouble['kind']> = Extract<PlannedTrouble, { readonly kind: Kind }>;

export interface Armed {
  readonly arm: (trouble: PlannedTrouble) => void;
  /** The oldest of this kind that waits, which then waits no more; null where none does. */
  readonly take: <Kind extends PlannedTrouble['kind']>(kind: Kind) => TroubleOf<Kind> | null;
  readonly disarm: () => void;
}

/** `count` is told of each that met its occasion. */
export function createArmed(count: (kind: string) => void): Armed {
  let waiting: PlannedTrouble[] = [];
  const isOf = <Kind extends PlannedTrouble['kind']>(
    trouble: PlannedTrouble,
    kind: Kind,
  ): trouble is TroubleOf<Kind> => trouble.kind === kind;
  return {
    arm: (trouble) => waiting.push(trouble),
    disarm: () => {
      waiting = [];
    },
    take: (kind) => {
      for (const [place, trouble] of waiting.entries()) {
        if (!isOf(trouble, kind)) continue;
        waiting.splice(place, 1);
        count(kind);
        return trouble;
      }
      return null;
    },
  };
}
