import type { WireEvent, WireReader } from '../../kit/tcp-proxy.ts';

const SCRIPTS = new Set(['EVAL', 'EVALSHA', 'FCALL']);
const ALARM_ID = /session-\d+-\d+/;
/** Longer ones are neither the name of a command nor the arguments of an alarm, which BullMQ packs into one word. */
const LONGEST_WORD_BYTES = 4_096;

/**
 * Recognises scripts that set alarms on a connection to Redis (RESP 2), whatever the scripts are called, and the
 * answer to each, however chunks are cut.
 */
export function readRedis(): WireReader {
  const requests = readValues();
  const replies = readValues();
  let asked = 0;
  let answered = 0;
  const scripts: number[] = [];
  return {
    fromClient: (chunk) => {
      const events: WireEvent[] = [];
      for (const { first, hasAlarm } of requests(chunk)) {
        if (hasAlarm && SCRIPTS.has(first.toUpperCase())) {
          scripts.push(asked);
          events.push('alarm_asked');
        }
        asked += 1;
      }
      return events;
    },
    fromServer: (chunk) => {
      const events: WireEvent[] = [];
      // Redis answers in the order in which it was asked.
      answered += replies(chunk).length;
      for (let next = scripts[0]; next !== undefined && next < answered; next = scripts[0]) {
        scripts.shift();
        events.push('alarm_done');
      }
      return events;
    },
  };
}

interface Value {
  /** The first word in it: of a request, that is the command. */
  readonly first: string;
  readonly hasAlarm: boolean;
}

/** Cuts a stream into whole values. */
function readValues(): (chunk: Buffer) => readonly Value[] {
  let kept: Buffer = Buffer.alloc(0);
  /** Inside of a value: how many parts are still to come at each depth. */
  let missing: number[] = [];
  let first: string | null = null;
  let hasAlarm = false;
  return (chunk) => {
    const values: Value[] = [];
    kept = kept.length === 0 ? chunk : Buffer.concat([kept, chunk]);
    for (;;) {
      const part = partOf(kept);
      if (part === null) return values;
      kept = kept.subarray(part.endsAt);
      first ??= part.word;
      hasAlarm ||= part.word !== null && ALARM_ID.test(part.word);
      if (part.parts > 0) missing.push(part.parts);
      else missing = withoutOne(missing);
      if (missing.length > 0) continue;
      values.push({ first: first ?? '', hasAlarm });
      [first, hasAlarm] = [null, false];
    }
  };
}

/** One part has come: an array that has all of its parts is itself a part of the one around it. */
function withoutOne(missing: readonly number[]): number[] {
  const rest = [...missing];
  for (let left = rest.pop(); left !== undefined; left = rest.pop()) if (left > 1) return [...rest, left - 1];

  return rest;
}

interface Part {
  readonly endsAt: number;
  readonly word: string | null;
  /** Of an array: how many follow. */
  readonly parts: number;
}

/** Null: it has not all come yet. */
function partOf(buffer: Buffer): Part | null {
  const lineEnd = buffer.indexOf('\r\n');
  if (lineEnd === -1) return null;
  const endsAt = lineEnd + 2;
  const line = buffer.toString('latin1', 1, lineEnd);
  switch (String.fromCharCode(buffer[0] ?? 0)) {
    case '*':
      return { endsAt, word: null, parts: Math.max(0, Number(line)) };
    case '$': {
      const bytes = Number(line);
      if (bytes < 0) return { endsAt, word: null, parts: 0 };
      if (buffer.length < endsAt + bytes + 2) return null;
      const word = bytes > LONGEST_WORD_BYTES ? null : buffer.toString('latin1', endsAt, endsAt + bytes);
      return { endsAt: endsAt + bytes + 2, word, parts: 0 };
    }
    default:
      return { endsAt, word: null, parts: 0 };
  }
}
