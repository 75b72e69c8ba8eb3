import { describe, expect, test } from 'vitest';
import { parseArguments } from '../../tools/bench/run-arguments.ts';

const parse = (...argv: string[]) => parseArguments(argv, ['rate', 'memory']);

describe('the command line of the bench', () => {
  test('means a short run of five rounds where it says nothing', () => {
    expect(parse()).toEqual({
      kind: 'arguments',
      arguments: { scale: 'short', only: null, rounds: 5, isRenderOnly: false },
    });
  });

  test('says how much, how often and what', () => {
    expect(parse('--full', '--rounds', '2', '--only', 'memory,rate')).toEqual({
      kind: 'arguments',
      arguments: { scale: 'full', only: ['memory', 'rate'], rounds: 2, isRenderOnly: false },
    });
  });

  test('can ask for the documents alone', () => {
    expect(parse('--render')).toMatchObject({ arguments: { isRenderOnly: true } });
  });

  test.each([
    [['--rounds', '0'], '--rounds must be'],
    [['--rounds', '1.5'], '--rounds must be'],
    [['--rounds', '1000'], '--rounds must be'],
    [['--only', 'memory,speed'], 'there is no experiment speed; there are rate, memory'],
    [['--ful'], '--ful'],
    [['memory'], 'memory'],
  ])('is refused with what is wrong about %j', (argv, message) => {
    expect(parse(...argv)).toEqual({ kind: 'mistake', message: expect.stringContaining(message) });
  });
});
