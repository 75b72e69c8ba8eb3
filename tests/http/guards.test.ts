import { describe, expect, test } from 'vitest';
import { hs256 } from '../../tools/kit/tokens.ts';
import { sharedApp } from './open-app.ts';
import { asAdmin, asDoctor, asPatient, bearer, claims } from './tokens.ts';

const shared = sharedApp();

function adminRoutes(): [method: string, path: string][] {
  const { paths = {} } = shared().app.swagger();
  return Object.entries(paths)
    .filter(([path]) => path.startsWith('/api/admin/'))
    .flatMap(([path, methods]) =>
      Object.keys(methods).map((method): [string, string] => [
        method.toUpperCase(),
        path.replaceAll(/\{\w+\}/g, '1'),
      ]),
    );
}

describe('The routes of administrators', () => {
  test('are closed to patients, doctors and strangers, each and every one', async () => {
    const { app, engine } = shared();
    const routes = adminRoutes();
    expect(routes.length).toBeGreaterThanOrEqual(9);
    for (const [method, url] of routes) {
      const options = { method: method === 'GET' ? 'GET' : method === 'PUT' ? 'PUT' : 'POST', url } as const;
      const answers = [
        await app.inject({ ...options, headers: asPatient() }),
        await app.inject({ ...options, headers: asDoctor() }),
        await app.inject(options),
      ];
      expect([method, url, ...answers.map(({ statusCode }) => statusCode)]).toStrictEqual([
        method,
        url,
        403,
        403,
        401,
      ]);
      expect(answers[0]?.json()).toMatchObject({ success: false, code: 'forbidden' });
    }
    expect(engine.asked).toStrictEqual([]);
  });

  test.each(['Admin', 'administrator', '', ['admin'], { admin: true }, true, 1])(
    'are closed to the role %j',
    async (role) => {
      const { app } = shared();
      const answer = await app.inject({
        url: '/api/admin/sessions',
        headers: bearer(hs256(claims({ role }))),
      });
      expect(answer.statusCode).toBe(403);
    },
  );

  test('are not opened by a role in the body, the query or a header', async () => {
    const { app } = shared();
    const answer = await app.inject({
      method: 'POST',
      url: '/api/admin/sessions/1/end?role=admin',
      headers: { ...asPatient(), role: 'admin', 'x-role': 'admin' },
      payload: { note: 'a', charge: false, role: 'admin' },
    });
    expect(answer.statusCode).toBe(403);
  });

  test('make an admin no participant of anybody’s appointment', async () => {
    const { app, engine } = shared();
    await app.inject({ url: '/api/text-appointments/501/receipt', headers: asAdmin() });
    expect(engine.asked).toStrictEqual([{ name: 'receipt', with: [501, 7] }]);
  });

  test.each(['/api/admin/queues', '/api/admin/queues/', '/api/admin/queues/queue/session-alarms'])(
    'lead administrators alone to the queue board: %s',
    async (url) => {
      const { app } = shared();
      const admin = await app.inject({ url, headers: asAdmin() });
      const patient = await app.inject({ url, headers: asPatient() });
      const nobody = await app.inject({ url });
      expect([admin.statusCode, patient.statusCode, nobody.statusCode]).toStrictEqual([307, 403, 401]);
      expect(admin.headers.location).toBe('/admin/queues/');
    },
  );
});
