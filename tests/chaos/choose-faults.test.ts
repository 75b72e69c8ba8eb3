import { describe, expect, test } from 'vitest';
import { readArguments } from '../../tools/chaos/arguments.ts';
import { chooseFaults } from '../../tools/chaos/choose-faults.ts';
import type { Fault } from '../../tools/chaos/fault.ts';
import { FAULTS } from '../../tools/chaos/faults/catalogue.ts';

function firstOf(count: number, seed: number, faults = FAULTS): readonly (readonly Fault[])[] {
  const choices: (readonly Fault[])[] = [];
  for (const choice of chooseFaults(seed, faults, 0.2)) {
    choices.push(choice);
    if (choices.length === count) break;
  }
  return choices;
}
const namesOf = (seed: number, count: number): readonly string[] =>
  firstOf(count, seed).map((choice) => choice.map(({ name }) => name).join('+'));

describe('the choice of faults', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(namesOf(7, 200)).toEqual(namesOf(7, 200));
    expect(namesOf(7, 200)).not.toEqual(namesOf(8, 200));
  });

  test('gives each kind its turn before one comes again', () => {
    const seen = new Set<string>();
    for (const choice of chooseFaults(3, FAULTS, 0.2)) {
      for (const { name } of choice) {
        expect(seen).not.toContain(name);
        seen.add(name);
      }
      if (seen.size === FAULTS.length) break;
    }
    expect(seen.size).toBe(FAULTS.length);
  });

  test('puts two at the same time now and then, and never two that lean on the same', () => {
    const pairs = firstOf(300, 5).filter((choice) => choice.length === 2);
    expect(pairs.length).toBeGreaterThan(20);
    for (const [first, second] of pairs)
      expect(first?.touches.filter((touched) => second?.touches.includes(touched))).toEqual([]);
  });

  test('goes on for ever with a single fault', () => {
    const [only] = FAULTS;
    const faults = only === undefined ? [] : [only];
    expect(firstOf(5, 1, faults)).toEqual([faults, faults, faults, faults, faults]);
  });

  test('has a name of its own for every fault', () => {
    expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(FAULTS.length);
  });
});

describe('the arguments of a chaos run', () => {
  test('have defaults: five minutes of every fault', () => {
    const read = readArguments([], FAULTS);
    expect(read).toMatchObject({
      kind: 'run',
      seed: 1,
      length: { kind: 'minutes', minutes: 5 },
      reportFile: null,
    });
    expect(read.kind === 'run' ? read.faults : []).toEqual(FAULTS);
  });

  test('are read as they are given', () => {
    expect(
      readArguments(
        ['--seed', '7', '--minutes', '0.5', '--report', 'a.md', '--faults', 'kill-api, kill-worker'],
        FAULTS,
      ),
    ).toMatchObject({
      kind: 'run',
      seed: 7,
      length: { kind: 'minutes', minutes: 0.5 },
      reportFile: 'a.md',
      faults: [{ name: 'kill-api' }, { name: 'kill-worker' }],
    });
  });

  test('choose the faults that kill, where kills are counted', () => {
    const read = readArguments(['--kills', '1000'], FAULTS);
    expect(read).toMatchObject({ kind: 'run', length: { kind: 'kills', kills: 1000 } });
    expect(read.kind === 'run' && read.faults.every(({ isKill }) => isKill)).toBe(true);
  });

  test.each([
    [['--seed', 'x'], '--seed must be a whole number from 0 to 4294967295'],
    [['--patients', '0'], '--patients must be a whole number from 1 to 2000'],
    [
      ['--minutes', '0'],
      '--minutes must be a number above 0 and up to 1440, --kills a whole one up to 100000',
    ],
    [
      ['--kills', '1.5'],
      '--minutes must be a number above 0 and up to 1440, --kills a whole one up to 100000',
    ],
    [['--kills', '5', '--minutes', '5'], 'give --minutes or --kills, not both'],
    [['--faults', 'kill-api,earthquake'], 'there is no fault "earthquake": see --list'],
    [
      ['--kills', '5', '--faults', 'redis-emptied'],
      '--kills needs at least one fault that kills: see --list',
    ],
    [['--sed', '5'], "Unknown option '--sed'"],
  ])('are refused with what to do where they cannot be meant: %j', (args, words) => {
    const read = readArguments(args, FAULTS);
    expect(read).toMatchObject({ kind: 'mistake', message: expect.stringContaining(words) });
  });

  test('may ask for the list, or for help', () => {
    expect(readArguments(['--list'], FAULTS)).toEqual({ kind: 'list' });
    expect(readArguments(['--help'], FAULTS)).toEqual({ kind: 'help' });
  });
});
