import { expect, test } from 'vitest';
import { openApp } from '../open-app.ts';

const HERE = { host: 'localhost', origin: 'http://localhost' };
const json = { 'content-type': 'application/json' };

async function openDemoApp() {
  const switched: boolean[] = [];
  const opened = await openApp({
    demo: {
      signToken: (userId) => `token of ${userId}`,
      worker: {
        isOn: () => switched.at(-1) ?? true,
        set: async (isOn) => void switched.push(isOn),
      },
    },
  });
  return { ...opened, switched };
}

test('The demo answers browsers on this machine alone: by no other address, under no other name and through no proxy', async () => {
  const { app } = await openDemoApp();
  for (const host of ['localhost', 'localhost:3000', '127.0.0.1:3000', '[::1]:3000'])
    expect([host, (await app.inject({ url: '/demo', headers: { host } })).statusCode]).toEqual([host, 200]);
  for (const remoteAddress of ['::1', '::ffff:127.0.0.1'])
    expect((await app.inject({ url: '/demo', remoteAddress })).statusCode).toBe(200);

  for (const remoteAddress of ['10.0.0.5', '::ffff:10.0.0.5', '2001:db8::1', '128.127.0.1'])
    expect((await app.inject({ url: '/demo', remoteAddress })).statusCode).toBe(404);
  for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:80', '10.0.0.5:3000'])
    expect([host, (await app.inject({ url: '/demo', headers: { host } })).statusCode]).toEqual([host, 404]);
  for (const name of ['x-forwarded-for', 'x-real-ip', 'forwarded', 'via'])
    expect((await app.inject({ url: '/demo', headers: { [name]: '127.0.0.1' } })).statusCode).toBe(404);
});

test('No foreign page can stop the worker, empty the queue, spend anything or get a token', async () => {
  const { app, engine, switched } = await openDemoApp();
  const posts = [
    ['/demo/worker', { is_on: false }],
    ['/demo/empty-queue', {}],
    ['/demo/appointments', {}],
    ['/demo/appointments/9000000000000002/token', { role: 'patient' }],
    ['/demo/appointments/9000000000000002/top-up', {}],
  ] as const;
  const foreign = [
    { origin: 'http://evil.example' },
    { origin: 'http://localhost:8080' },
    { 'sec-fetch-site': 'cross-site', origin: 'http://localhost' },
    { 'sec-fetch-site': 'same-site' },
    {},
  ];
  for (const [url, payload] of posts)
    for (const from of foreign) {
      const answer = await app.inject({
        method: 'POST',
        url,
        payload,
        headers: { host: 'localhost', ...json, ...from },
      });
      expect([url, from, answer.statusCode]).toEqual([url, from, 403]);
    }
  expect([engine.asked, switched]).toEqual([[], []]);
});

test('It gives an appointment, and tokens of its two people and of nobody else', async () => {
  const { app, engine } = await openDemoApp();
  const post = (path: string, payload: object) =>
    app.inject({ method: 'POST', url: `/demo/appointments${path}`, payload, headers: { ...json, ...HERE } });
  const made = await post('', {});
  expect(made.statusCode).toBe(201);
  const id: number = made.json().data.appointment_id;
  expect(id).toBeGreaterThanOrEqual(9e15);
  expect(engine.asked).toMatchObject([
    { name: 'putSubscription', with: { patientId: id, units: 4 } },
    {
      name: 'putAppointment',
      with: { appointment: { id, patientId: id, doctorId: id + 1 }, terms: { intervalMs: 20_000 } },
    },
  ]);
  const tokenOf = async (of: number, role: string) => (await post(`/${of}/token`, { role })).json();
  expect(await tokenOf(id, 'patient')).toMatchObject({ data: { token: `token of ${id}` } });
  expect(await tokenOf(id, 'doctor')).toMatchObject({ data: { token: `token of ${id + 1}` } });
  // One beside it is a doctor, and no appointment; 42 belongs to a clinic.
  for (const other of [id + 1, 42, 900_001])
    expect(await tokenOf(other, 'patient')).toMatchObject({ code: 'appointment_not_found' });
  expect(await tokenOf(id, 'admin')).toMatchObject({ code: 'validation_failed' });
  expect((await post('/42/top-up', {})).json()).toMatchObject({ code: 'appointment_not_found' });
});

test('Without the demo there is neither its page nor a link to it', async () => {
  const { app } = await openApp();
  expect((await app.inject('/demo')).statusCode).toBe(404);
  expect((await app.inject('/')).payload).not.toContain('/demo');
  const { app: withDemo } = await openDemoApp();
  expect((await withDemo.inject('/')).payload).toContain('href="/demo"');
});

test('Every API shows a front page, and serves the client to anybody, once', async () => {
  const { app } = await openApp();
  const page = await app.inject('/');
  expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  for (const link of ['/docs', '/admin/queues/', '/health/ready'])
    expect(page.payload).toContain(`href="${link}"`);
  expect(page.headers['content-security-policy']).toContain("script-src 'self';style-src 'self'");

  const file = await app.inject('/client.js');
  expect([file.statusCode, file.headers['content-type']]).toEqual([200, 'text/javascript; charset=utf-8']);
  expect(file.headers['cache-control']).toBe('no-cache');
  expect(file.payload).toContain('createClient');
  const etag = String(file.headers['etag']);
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const again = await app.inject({ url: '/client.js', headers: { 'if-none-match': known } });
    expect([again.statusCode, again.payload, again.headers['etag']]).toEqual([304, '', etag]);
  }
  expect((await app.inject({ url: '/client.js', headers: { 'if-none-match': '"other"' } })).statusCode).toBe(
    200,
  );
});

test('Pages of the origins that are named may load the client, and no others; nothing else of the front door is for them', async () => {
  const { app } = await openApp({ corsOrigins: ['https://app.example'] });
  const allowed = async (url: string, origin: string) =>
    (await app.inject({ url, headers: { origin } })).headers['access-control-allow-origin'];
  expect(await allowed('/client.js', 'https://app.example')).toBe('https://app.example');
  expect(await allowed('/client.js', 'https://evil.example')).toBeUndefined();
  expect(await allowed('/', 'https://app.example')).toBeUndefined();
  expect((await app.inject({ method: 'OPTIONS', url: '/nothing' })).statusCode).toBe(404);
});
