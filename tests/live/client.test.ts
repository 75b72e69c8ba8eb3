/** The client against the real server, over networks as they are. */
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import {
  type Client,
  type ClientOptions,
  createClient,
  type Problem,
} from '../../src/client/create-client.ts';
import { type Conversation, converse, type Cut, cutAnywhere, TEXTS } from '../client/cut-conversation.ts';
import { type CuttingProxy, type Direction, openCuttingProxy } from '../client/cutting-proxy.ts';
import { type Api, type FollowedClinic, openFollowedClinic, token } from './followed-clinic.ts';

const AT_ONCE = 8;
const soon = { timeout: 15_000, interval: 10 };

let clinic: FollowedClinic;
let first: Api;
let second: Api;
let last = 1000;

beforeAll(async () => {
  clinic = await openFollowedClinic();
  // Here time goes by itself: what is moved by hand elsewhere would not fit what the client's own clock says.
  await clinic.sql.query(
    `CREATE OR REPLACE FUNCTION session_clock() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT clock_timestamp()'`,
  );
  first = await clinic.openApi();
  second = await clinic.openApi();
  // A client that is cut comes back at once: how long to wait is another test's subject.
  vi.spyOn(Math, 'random').mockReturnValue(0);
});
afterAll(async () => {
  vi.restoreAllMocks();
  await clinic.close();
});

/** An appointment that can be started now, with people and units of its own. */
async function book(): Promise<{ readonly id: number; readonly patient: number; readonly doctor: number }> {
  const id = (last += 3);
  const people = { patient: id + 1, doctor: id + 2 };
  await clinic.grant(id, 3, { patient: people.patient });
  await clinic.book(id, { ...people, scheduledAt: 0 });
  return { id, ...people };
}

function connect(
  port: number,
  user: number,
  options: Partial<ClientOptions> = {},
): Client & { problems: Problem[] } {
  const problems: Problem[] = [];
  const client = createClient({
    baseUrl: `http://127.0.0.1:${port}`,
    getToken: async () => token(user),
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
  onTestFinished(() => client.close());
  return { ...client, problems };
}

interface Ending extends Conversation {
  readonly appointment: number;
  readonly passed: CuttingProxy['passed'];
  readonly problems: readonly Problem[];
}

async function converseOver(cut: Cut): Promise<Ending> {
  const { id, patient } = await book();
  const proxy = await openCuttingProxy(first.port, cut);
  const client = connect(proxy.port, patient);
  try {
    const conversation = await converse(client.appointment(id));
    return { ...conversation, appointment: id, passed: { ...proxy.passed }, problems: client.problems };
  } finally {
    client.close();
    await proxy.close();
  }
}

async function expectWhole({ appointment, heard, shown, problems }: Ending): Promise<void> {
  const { rows: events } = await clinic.sql.query<{ n: number; type: string }>(
    `SELECT event_no::integer AS n, e.type FROM session_events e
     JOIN text_appointment_sessions s ON s.id = e.session_id WHERE s.appointment_id = $1 ORDER BY event_no`,
    [appointment],
  );
  const { rows: stored } = await clinic.sql.query<{ text: string }>(
    `SELECT m.text FROM messages m
     JOIN text_appointment_sessions s ON s.id = m.session_id WHERE s.appointment_id = $1 ORDER BY message_no`,
    [appointment],
  );
  const { rows: charges } = await clinic.sql.query(
    `SELECT FROM ledger_entries e
     JOIN text_appointment_sessions s ON s.id = e.session_id WHERE s.appointment_id = $1 AND kind = 'charge'`,
    [appointment],
  );
  expect(stored.map(({ text }) => text)).toEqual(TEXTS);
  expect(shown).toEqual(TEXTS.map((text) => [text, 'sent']));
  expect(heard).toEqual(events.map(({ n }) => n));
  expect(heard).toEqual(heard.map((_n, index) => index + 1));
  expect(charges.length).toBe(1);
  expect(problems).toEqual([]);
}

test.each<Direction>(['to_server', 'to_client'])(
  'A connection to the real server that is cut after any byte on the way %s costs nothing: each message is stored once, in order, and one unit is charged',
  (direction) => cutAnywhere(direction, AT_ONCE, converseOver, expectWhole),
  3_600_000,
);

test('A patient on one API and a doctor on another see the same conversation, the end and its figures', async () => {
  const { id, patient, doctor } = await book();
  const patients = connect(first.port, patient).appointment(id);
  const doctors = connect(second.port, doctor).appointment(id);
  // The doctor waits before there is a session.
  await expect.poll(() => doctors.get().connection, soon).toBe('live');
  await patients.start();
  await patients.send('Good morning').sent;
  await expect.poll(() => doctors.get().messages, soon).toHaveLength(1);
  await doctors.send('Good morning. How are you?').sent;
  await expect.poll(() => patients.get().messages, soon).toHaveLength(2);
  expect(doctors.timeLeft()).toMatchObject({ reason: 'balance_exhausted' });
  await doctors.end();
  await expect.poll(() => patients.get().session?.is_ended, soon).toBe(true);
  await expect.poll(() => [patients.get().n, doctors.get().n], soon).toEqual([7, 7]);
  expect(patients.get().messages).toEqual(doctors.get().messages);
  const [mine, theirs] = await Promise.all([patients.receipt(), doctors.receipt()]);
  expect(mine).toMatchObject({ sessions_used: 1, blocks: theirs.blocks });
});

/** As many proxies are: it passes every request on, and no upgrade. */
async function openProxyWithoutUpgrades(port: number): Promise<number> {
  const proxy: Server = createServer((incoming, answer) => {
    const { upgrade: _upgrade, connection: _connection, ...headers } = incoming.headers;
    const passedOn = request({
      host: '127.0.0.1',
      port,
      method: incoming.method,
      path: incoming.url,
      headers,
    });
    passedOn.on('response', (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(answer);
    });
    passedOn.on('error', () => answer.destroy());
    answer.on('close', () => passedOn.destroy());
    incoming.pipe(passedOn);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  const address = proxy.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('Behind a proxy that passes no WebSocket on, the client follows by long polls, as fast as they are answered', async () => {
  const { id, patient, doctor } = await book();
  const patients = connect(await openProxyWithoutUpgrades(first.port), patient).appointment(id);
  const doctors = connect(second.port, doctor).appointment(id);
  await expect.poll(() => patients.get().connection, soon).toBe('polling');
  await doctors.start();
  await doctors.send('Are you there?').sent;
  await expect.poll(() => patients.get().messages.map(({ text }) => text), soon).toEqual(['Are you there?']);
  await patients.send('Yes').sent;
  await expect.poll(() => doctors.get().messages, soon).toHaveLength(2);
  await doctors.end();
  await expect.poll(() => [patients.get().n, patients.get().session?.is_ended], soon).toEqual([7, true]);
  expect(patients.get().connection).toBe('polling');
});

test('The client renews its token before it ends, on the socket that it has', async () => {
  const { id, patient } = await book();
  const endsAt: number[] = [];
  let opened = 0;
  const client = connect(first.port, patient, {
    getToken: async () => {
      const exp = Math.floor(Date.now() / 1000) + 9;
      endsAt.push(exp * 1000);
      return token(patient, { exp });
    },
    WebSocket: class extends WebSocket {
      constructor(url: string) {
        super(url);
        opened += 1;
      }
    },
  });
  const chat = client.appointment(id);
  await expect.poll(() => chat.get().connection, soon).toBe('live');
  await expect.poll(() => Date.now() - (endsAt[0] ?? Infinity), soon).toBeGreaterThan(1_000);
  await chat.start();
  await expect.poll(() => chat.get().n, soon).toBe(1);
  expect([opened, endsAt.length > 1, chat.get().connection, client.problems]).toEqual([1, true, 'live', []]);
});
