import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createClient, type Problem } from '../../src/client/create-client.ts';
import { type ContractServer, startContractServer } from './contract-server.ts';
import { type CuttingProxy, type Direction, openCuttingProxy } from './cutting-proxy.ts';
import { APPOINTMENT, PATIENT, tokenOf } from './stage.ts';

/** `EVERY_BYTE=1` cuts after each byte in turn, which takes minutes; else after so many, spread over the whole. */
const SAMPLES = process.env['EVERY_BYTE'] === undefined ? 40 : Infinity;
const AT_ONCE = 20;
const TEXTS = ['Good morning', 'How are you?', 'Until next time'];

beforeAll(() => {
  // Whoever is cut comes back at once: how long to wait is another test's subject.
  vi.spyOn(Math, 'random').mockReturnValue(0);
});
afterAll(() => {
  vi.restoreAllMocks();
});

interface Ending {
  readonly server: ContractServer;
  readonly passed: CuttingProxy['passed'];
  readonly heard: readonly number[];
  readonly shown: readonly (readonly [text: string | null, state: string])[];
  readonly problems: readonly Problem[];
}

/** Starts a session, sends three messages and ends it, over a network that breaks there. */
async function converse(cut: Parameters<typeof openCuttingProxy>[1]): Promise<Ending> {
  const server = await startContractServer();
  const proxy = await openCuttingProxy(server.port, cut);
  const problems: Problem[] = [];
  const client = createClient({
    baseUrl: `http://127.0.0.1:${proxy.port}`,
    getToken: async () => tokenOf(PATIENT),
    onProblem: (problem) => problems.push(problem),
  });
  try {
    const chat = client.appointment(APPOINTMENT);
    const heard: number[] = [];
    chat.on('*', ({ n }) => heard.push(n));
    await chat.start();
    await Promise.all(TEXTS.map((text) => chat.send(text).sent));
    await chat.end();
    const last = server.events.length;
    await vi.waitFor(
      () => expect([chat.get().n, chat.get().session?.is_ended]).toEqual([last, true]),
      20_000,
    );
    const shown = chat.get().messages.map(({ text, state }) => [text, state] as const);
    return { server, passed: { ...proxy.passed }, heard, shown, problems };
  } finally {
    client.close();
    await proxy.close();
    await server.close();
  }
}

function expectWhole({ server, heard, shown, problems }: Ending): void {
  expect(server.messages.map(({ text }) => text)).toEqual(TEXTS);
  expect(shown).toEqual(TEXTS.map((text) => [text, 'sent']));
  expect(heard).toEqual(server.events.map(({ n }) => n));
  const types = server.events.map(({ type }) => type);
  const created = TEXTS.map(() => 'message.created');
  expect(types).toEqual(['session.started', ...created, 'deduction', 'session.ended']);
  expect(problems).toEqual([]);
}

test.each<Direction>(['to_server', 'to_client'])(
  'A connection that is cut after any byte on the way %s costs nothing: each message is stored once, in order, and there is one ledger',
  async (direction) => {
    const whole = await converse(null);
    expectWhole(whole);
    const bytes = whole.passed[direction];
    expect(bytes).toBeGreaterThan(1_000);
    const count = Math.min(SAMPLES, bytes);
    const cuts = Array.from({ length: count }, (_cut, index) => Math.floor((index * bytes) / count));
    for (let from = 0; from < cuts.length; from += AT_ONCE) {
      const endings = await Promise.all(
        cuts.slice(from, from + AT_ONCE).map((afterByte) => converse({ direction, afterByte })),
      );
      endings.forEach(expectWhole);
    }
  },
  3_600_000,
);
