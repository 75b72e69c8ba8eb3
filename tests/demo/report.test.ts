import { describe, expect, test } from 'vitest';
import { fixtureOf } from '../../tools/demo/scenario.ts';
import { compare } from '../../tools/demo/compare.ts';
import type { Verdict } from '../../tools/demo/compare.ts';
import { conclude, reportScenario } from '../../tools/demo/report.ts';
import { SIDE_BY_SIDE, WORKER_AWAY } from '../../tools/demo/scenarios.ts';
import { renderTable } from '../../tools/kit/table.ts';
import type { Paint } from '../../tools/kit/table.ts';
import { faultless, instantsOf } from './found.ts';

const plain: Paint = (_tone, text) => text;
const marked: Paint = (tone, text) => (tone === 'plain' ? text : `<${tone}>${text}</${tone}>`);

const doctorSilent = SIDE_BY_SIDE.find(({ title }) => title === 'The doctor never answers') ?? WORKER_AWAY;

function judged(): Verdict {
  const recorded = { instants: instantsOf(doctorSilent), complaints: [] };
  return compare(fixtureOf(doctorSilent, 4), recorded, faultless(doctorSilent, fixtureOf(doctorSilent, 4)));
}

describe('the tables of the demo', () => {
  test('align figures to the right and words to the left, with the groups above their columns', () => {
    const table = renderTable(
      [
        { title: 'no', align: 'right' },
        { title: 'word', align: 'left' },
        { title: 'a', align: 'right', group: 'both' },
        { title: 'b', align: 'right', group: 'both' },
      ],
      [
        { cells: ['1', 'short', '10', '2'], tone: 'plain' },
        { cells: ['10', 'longer', '3'], tone: 'plain' },
      ],
      plain,
    );

    expect(table).toEqual([
      '               both',
      'no  word       a  b',
      ' 1  short     10  2',
      '10  longer     3',
    ]);
  });

  test('show a ledger beside what the rules say', () => {
    expect(reportScenario(judged(), plain)).toEqual([
      '  4  The doctor never answers',
      '                                      the rules say       the product says',
      '  block  reason              grant    units     due    units     due  late',
      '         subscription           41       +3  -0.200       +3  -0.200  5 ms',
      '      1  interval               41       -1  +2.000       -1  +2.000  5 ms',
      '      1  doctor_no_response     41       +1  +3.100       +1  +3.100  5 ms',
      '',
      '    end  doctor_no_response                  +3.100           +3.100',
      '   used                                   0                0',
      '   left                                   3                3',
      '',
      '  The ledger is what the rules say.',
      '',
    ]);
  });

  test('mark a row that differs, and no other', () => {
    const verdict = judged();
    const [first, ...others] = verdict.rows;
    const wrong = { ...verdict, rows: [...others, { expected: first?.expected ?? null, actual: null }] };
    const bad = reportScenario(wrong, marked).filter((line) => line.includes('<bad>'));

    expect(bad).toHaveLength(1);
    expect(bad[0]).toContain('subscription');
  });

  test('end with how late the latest entry was written', () => {
    const { exitCode, lines } = conclude([judged(), judged()], plain);

    expect(exitCode).toBe(0);
    expect(lines).toEqual([
      '  All 2 ledgers are what the rules say.',
      '  The latest entry was written 0.0 s after it was due, and is dated when it was due.',
    ]);
  });

  test('name the scenarios whose ledgers differ', () => {
    const wrong = { ...judged(), differences: ['something'] };

    expect(conclude([judged(), wrong], plain)).toEqual({
      exitCode: 1,
      lines: ['  1 of 2 ledgers differ from the rules: see 4.'],
    });
  });
});
