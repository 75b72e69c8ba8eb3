import { homedir, tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { createChronicle } from '../../tools/demo/chronicle.ts';
import { describeEvent } from '../../tools/demo/event-words.ts';
import { plainReason } from '../../tools/demo/plain-reason.ts';
import { lastWords } from '../../tools/demo/spawn-service.ts';
import { createWitness } from '../../tools/demo/witness.ts';

describe('what the demo tells while it runs', () => {
  test('comes in the order of time, with the seconds since the beginning, once', () => {
    const lines: string[] = [];
    const chronicle = createChronicle((line) => lines.push(line));
    chronicle.begin(1_000);
    chronicle.tell(3_000, 2, 'second');
    chronicle.tell(1_250, 1, 'first');
    chronicle.tell(9_000, 1, 'not yet');
    chronicle.print(5_000);
    chronicle.print(5_000);

    expect(lines).toEqual(['    0.250 s  1  first', '    2.000 s  2  second']);
    chronicle.print();
    expect(lines.at(-1)).toBe('    8.000 s  1  not yet');
  });

  test.each([
    ['deduction', 'system', { interval_no: 2, reason: 'interval' }, 'block 2 is complete: one unit is taken'],
    ['ended', 'doctor', { reason: 'manual_end' }, 'the doctor ends the session'],
    ['refund', 'system', { interval_no: 1, reason: 'doctor_no_response' }, 'block 1 is given back'],
    ['ended', 'system', { reason: 'something_new' }, 'the session ends: something_new'],
  ])('says in plain words what an event "%s" by the %s is: %j', (type, actor_role, data, words) => {
    const at = '2026-11-01T09:00:00.000Z';

    expect(describeEvent({ event_no: 1, type, effective_at: at, recorded_at: at, actor_role, data })).toBe(
      words,
    );
  });

  test('holds no directory of this machine and no password', () => {
    const error = new Error(
      `no file ${tmpdir()}/x and ${homedir()}/y at postgresql://postgres:s3cret@127.0.0.1:5432/sessions`,
    );

    expect(plainReason(error)).toBe(
      'no file <temporary files>/x and ~/y at postgresql://postgres:...@127.0.0.1:5432/sessions',
    );
  });

  test('names the error that ended a service, not the lines of its stack', () => {
    const stack =
      '/somewhere/file.js:1\n  throw new TypeError();\n\nTypeError: it is odd\n    at file.js:1\n\nNode.js v26\n';

    expect(lastWords(stack)).toBe('TypeError: it is odd');
    expect(lastWords('PORT must be a number.\n')).toBe('PORT must be a number.');
  });
});

describe('the witness of the demo', () => {
  const clock = (...readings: number[]) => {
    const left = [...readings];
    return () => left.shift() ?? Number.NaN;
  };

  test('believes a server that dates an act between request and answer', async () => {
    const witness = createWitness(clock(1_000, 1_010));
    await witness.note('start', async () => 1_010);

    expect(witness.instants.get('start')).toBe(1_010);
    expect(witness.complaints).toEqual([]);
  });

  test.each([999, 1_011])(
    'complains of a server that dates an act at %i ms, sent 1000, answered 1010',
    async (at) => {
      const witness = createWitness(clock(1_000, 1_010));
      await witness.note('start', async () => at);

      expect(witness.complaints).toHaveLength(1);
      expect(witness.complaints[0]).toContain('"start" is dated 1970-01-01T00:00:0');
    },
  );
});
