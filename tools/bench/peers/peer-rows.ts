import { inWords } from '../http/metered-load.ts';
import { median, mediansByKey, quotients } from '../ratio.ts';
import type { Row } from '../row.ts';
import type { Contestant } from './contestant.ts';
import { ours } from './ours.ts';

/** What one contestant came to in one round. */
export interface PeerRound {
  readonly value: number;
  /** Processor microseconds for each operation, by part. */
  readonly cpuUs: Readonly<Record<string, number>>;
  /** What its ledger had wrong afterwards, in words; null where nothing. */
  readonly wrong: string | null;
}

export type PeerRounds = ReadonlyMap<Contestant, readonly PeerRound[]>;

/**
 * A row for each peer: ours against it, round by round. A peer with fewer rounds stands with its median in the others.
 */
export function peerRows(
  rounds: PeerRounds,
  row: Pick<Row, 'what' | 'unit'> & { readonly ahead: 'more' | 'less' },
): readonly Row[] {
  const mine = rounds.get(ours) ?? [];
  const values = mine.map(({ value }) => value);
  return [...rounds].flatMap(([peer, theirs]): readonly Row[] => {
    if (peer === ours || theirs.length === 0) return [];
    const middle = median(theirs.map(({ value }) => value));
    const floor = values.map((_value, round) => theirs[round]?.value ?? middle);
    const wrong = theirs.flatMap((round) => (round.wrong === null ? [] : [round.wrong]));
    return [
      {
        what: row.what,
        unit: row.unit,
        against: `peer: ${peer.name}`,
        ours: values,
        floor,
        ratio: quotients(values, floor),
        aim: row.ahead === 'more' ? { of: 'ratio', least: 1 } : { of: 'ratio', most: 1 },
        cpuUs: mediansByKey(mine.map(({ cpuUs }) => cpuUs)),
        note: [
          `The peer's cost: ${inWords(mediansByKey(theirs.map(({ cpuUs }) => cpuUs)))}.`,
          theirs.length < mine.length ? `The peer had ${theirs.length} of ${mine.length} rounds.` : '',
          wrong.length === 0 ? 'Its ledger was exact.' : `Wrong afterwards: ${wrong.join('; ')}.`,
        ]
          .filter((sentence) => sentence !== '')
          .join(' '),
      },
    ];
  });
}
