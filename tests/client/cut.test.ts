/** The client against a server of the tests, over a network that breaks after any byte. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createClient, type Problem } from '../../src/client/create-client.ts';
import { type ContractServer, startContractServer } from './contract-server.ts';
import { type Conversation, converse, type Cut, cutAnywhere, TEXTS } from './cut-conversation.ts';
import { type CuttingProxy, type Direction, openCuttingProxy } from './cutting-proxy.ts';
import { APPOINTMENT, PATIENT, tokenOf } from './stage.ts';

const AT_ONCE = 20;

beforeAll(() => {
  // A client that is cut comes back at once: how long to wait is another test's subject.
  vi.spyOn(Math, 'random').mockReturnValue(0);
});
afterAll(() => {
  vi.restoreAllMocks();
});

interface Ending extends Conversation {
  readonly server: ContractServer;
  readonly passed: CuttingProxy['passed'];
  readonly problems: readonly Problem[];
}

async function converseOver(cut: Cut): Promise<Ending> {
  const server = await startContractServer();
  const proxy = await openCuttingProxy(server.port, cut);
  const problems: Problem[] = [];
  const client = createClient({
    baseUrl: `http://127.0.0.1:${proxy.port}`,
    getToken: async () => tokenOf(PATIENT),
    onProblem: (problem) => problems.push(problem),
  });
  try {
    const conversation = await converse(client.appointment(APPOINTMENT));
    return { ...conversation, server, passed: { ...proxy.passed }, problems };
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
  'A connection that is cut after any byte on the way %s costs nothing: each message is stored once, in order, and one unit is charged',
  (direction) => cutAnywhere(direction, AT_ONCE, converseOver, expectWhole),
  3_600_000,
);
