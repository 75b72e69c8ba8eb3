import { describe, expect, test } from 'vitest';
import { minuteSweep } from '../../tools/bench/peers/minute-sweep/sweep.ts';
import { ours } from '../../tools/bench/peers/ours.ts';
import { pgBoss } from '../../tools/bench/peers/pg-boss/deductions.ts';
import { type PeerRound, peerRows } from '../../tools/bench/peers/peer-rows.ts';
import { wrongInWords } from '../../tools/bench/peers/wrong.ts';

const round = (value: number, wrong: string | null = null): PeerRound => ({
  value,
  cpuUs: { worker: value * 2 },
  wrong,
});

describe('the rows of the peers', () => {
  const rounds = new Map([
    [ours, [round(100), round(120)]],
    [pgBoss, [round(50), round(40, '1 sessions still due')]],
    [minuteSweep, [round(10)]],
  ]);

  test('set our rounds beside those of the peer, and its median where it had fewer', () => {
    const rows = peerRows(rounds, { what: 'deductions', unit: '/s', ahead: 'more' });

    expect(rows.map(({ against, ours: mine, floor, ratio }) => ({ against, mine, floor, ratio }))).toEqual([
      { against: 'peer: pg-boss', mine: [100, 120], floor: [50, 40], ratio: [2, 3] },
      { against: 'peer: minute sweep', mine: [100, 120], floor: [10, 10], ratio: [10, 12] },
    ]);
  });

  test('want us ahead: more of a rate, less of a lateness', () => {
    const aimOf = (ahead: 'more' | 'less') => peerRows(rounds, { what: 'x', unit: '', ahead })[0]?.aim;

    expect(aimOf('more')).toEqual({ of: 'ratio', least: 1 });
    expect(aimOf('less')).toEqual({ of: 'ratio', most: 1 });
  });

  test('tell what a peer had wrong, and leave out one that was not measured', () => {
    const [boss] = peerRows(rounds, { what: 'x', unit: '', ahead: 'more' });
    const none = peerRows(
      new Map<typeof ours, PeerRound[]>([
        [ours, [round(1)]],
        [minuteSweep, []],
      ]),
      { what: 'x', unit: '', ahead: 'more' },
    );

    expect(boss?.note).toContain('Wrong afterwards: 1 sessions still due');
    expect(none).toEqual([]);
  });

  test('come to nothing where our own ledger is not exact', () => {
    const flaws = { lost: 0, doubled: 1, untrue: 0 };

    expect(() => wrongInWords(ours, flaws)).toThrow('our own ledger is not exact');
    expect(wrongInWords(pgBoss, flaws)).toBe('1 sessions whose charges are not what their row says');
    expect(wrongInWords(pgBoss, { lost: 0, doubled: 0, untrue: 0 })).toBeNull();
  });
});
