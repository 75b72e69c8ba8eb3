import { describe, expect, test } from 'vitest';
import { parseArguments } from '../../tools/simulation/arguments.ts';

describe('the arguments of npm run simulate', () => {
  test('may all be left out: ten thousand seeds, from the first', () => {
    expect(parseArguments([])).toEqual({ kind: 'seeds', from: 1, seeds: 10_000 });
  });

  test.each([
    [['--seeds', '50'], { kind: 'seeds', from: 1, seeds: 50 }],
    [['--from', '7', '--seeds', '50'], { kind: 'seeds', from: 7, seeds: 50 }],
    [['--seed', '42'], { kind: 'seed', seed: 42 }],
    [['--help'], { kind: 'help' }],
  ])('are read from %j', (words, asked) => {
    expect(parseArguments(words)).toEqual(asked);
  });

  test.each([
    [['--sed', '1'], "Unknown option '--sed'"],
    [['12'], "Unexpected argument '12'"],
    [['--seed'], "Option '--seed <value>' argument missing"],
    [['--seed', 'x'], '--seed takes a whole number from 0 to 999999999, not x'],
    [['--seeds=-3'], '--seeds takes a whole number from 0 to 999999999, not -3'],
    [['--seeds', '0'], '--seeds must be at least 1'],
    [['--seed', '1', '--seed', '2'], '--seed was given twice'],
    [['--seed', '1', '--from', '2'], '--seed goes alone: it shows one seed again'],
  ])('are refused in clear words where they are %j', (words, message) => {
    expect(parseArguments(words)).toEqual({ kind: 'mistake', message: expect.stringContaining(message) });
  });
});
