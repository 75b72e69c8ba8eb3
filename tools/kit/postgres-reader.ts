import type { WireEvent, WireReader } from './tcp-proxy.ts';

const STARTUP_HEADER_BYTES = 4;
const HEADER_BYTES = 5;
/** "SSLRequest" and "GSSENCRequest" are answered by one byte that is no message. */
const ONE_BYTE_REQUESTS = new Set([80_877_103, 80_877_104]);

/** Recognises COMMIT in the simple and in the extended protocol of PostgreSQL, however chunks are cut. */
export function readPostgres(): WireReader {
  const statements = new Set<string>();
  const portals = new Set<string>();
  const answers = { bare: 0 };
  const client = readMessages(true, (type, body, isStartup) => {
    if (isStartup) {
      if (body.length === 4 && ONE_BYTE_REQUESTS.has(body.readInt32BE(0))) answers.bare += 1;
      return null;
    }
    return commitAsked(type, body, statements, portals) ? 'commit_asked' : null;
  });
  const server = readMessages(false, (type, body) =>
    type === 'C' && textAt(body, 0) === 'COMMIT' ? 'commit_done' : null,
  );
  return {
    fromClient: client,
    fromServer: (chunk) => {
      const bare = Math.min(answers.bare, chunk.length);
      answers.bare -= bare;
      return server(chunk.subarray(bare));
    },
  };
}

function commitAsked(type: string, body: Buffer, statements: Set<string>, portals: Set<string>): boolean {
  switch (type) {
    case 'Q':
      return isCommit(textAt(body, 0));
    case 'P': {
      const name = textAt(body, 0);
      remember(statements, name, isCommit(textAt(body, name.length + 1)));
      return false;
    }
    case 'B': {
      const portal = textAt(body, 0);
      remember(portals, portal, statements.has(textAt(body, portal.length + 1)));
      return false;
    }
    case 'E':
      return portals.has(textAt(body, 0));
    default:
      return false;
  }
}

const isCommit = (sql: string): boolean => /^\s*(?:COMMIT|END)\b(?!\s+PREPARED)/i.test(sql);

function remember(names: Set<string>, name: string, isOne: boolean): void {
  if (isOne) names.add(name);
  else names.delete(name);
}

/** Text up to its closing zero; longer statements are none that are searched for. */
function textAt(body: Buffer, from: number): string {
  const end = body.indexOf(0, from);
  return body.toString('latin1', from, Math.min(end === -1 ? body.length : end, from + 200));
}

type Recognise = (type: string, body: Buffer, isStartup: boolean) => WireEvent | null;

/** Cuts a stream into messages: a type, a length that counts itself, a body. A startup message has no type. */
function readMessages(
  beginsWithStartup: boolean,
  recognise: Recognise,
): (chunk: Buffer) => readonly WireEvent[] {
  let kept: Buffer = Buffer.alloc(0);
  let isStartup = beginsWithStartup;
  return (chunk) => {
    const events: WireEvent[] = [];
    kept = kept.length === 0 ? chunk : Buffer.concat([kept, chunk]);
    for (;;) {
      const headerBytes = isStartup ? STARTUP_HEADER_BYTES : HEADER_BYTES;
      if (kept.length < headerBytes) return events;
      const endsAt = kept.readInt32BE(headerBytes - 4) + headerBytes - 4;
      if (kept.length < endsAt) return events;
      const type = isStartup ? '' : String.fromCharCode(kept[0] ?? 0);
      const body = kept.subarray(headerBytes, endsAt);
      const event = recognise(type, body, isStartup);
      if (event !== null) events.push(event);
      // After a request for encryption, which nobody grants here, the startup message is still to come.
      if (isStartup) isStartup = body.length === 4 && ONE_BYTE_REQUESTS.has(body.readInt32BE(0));
      kept = kept.subarray(endsAt);
    }
  };
}
