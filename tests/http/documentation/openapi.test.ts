import type { InjectOptions } from 'fastify';
import { Check } from 'typebox/schema';
import { describe, expect, test } from 'vitest';
import product from '../../../package.json' with { type: 'json' };
import * as acts from '../../../src/http/documentation/act-examples.ts';
import * as examples from '../../../src/http/documentation/examples.ts';
import { engineDouble } from '../engine-double.ts';
import { openApp, sharedApp } from '../open-app.ts';
import { asAdmin, asPatient } from '../tokens.ts';

const shared = sharedApp();

interface Media {
  readonly schema: object;
  readonly example?: unknown;
  readonly examples?: Record<string, { readonly value: unknown }>;
}

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly security?: unknown;
  readonly requestBody?: { readonly content: Record<string, Media> };
  readonly responses: Record<
    string,
    { readonly description: string; readonly content?: Record<string, Media> }
  >;
}

type Documented = Operation & { readonly path: string; readonly method: 'GET' | 'POST' | 'PUT' };

const methodOf = { get: 'GET', put: 'PUT', post: 'POST' } as const;

async function operations(): Promise<Documented[]> {
  const answer = await shared().app.inject({ url: '/docs/json' });
  const { paths } = answer.json<{ paths: Record<string, Record<'get' | 'post' | 'put', Operation>> }>();
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Documented =>
      Object.assign(operation, {
        path,
        method: methodOf[method === 'get' || method === 'put' ? method : 'post'],
      }),
    ),
  );
}

const examplesOf = ({ example, examples: several = {} }: Media): unknown[] => [
  ...(example === undefined ? [] : [example]),
  ...Object.values(several).map(({ value }) => value),
];

/** Where the example of a path is. The engine double knows nothing else than the example conversation. */
const ids: Record<string, Record<string, number>> = {
  putAppointment: { id: examples.appointment.id },
  putSubscription: { id: examples.grant.id },
  adjustSubscription: { id: examples.grant.id },
  balance: { id: examples.patient },
  balanceHistory: { id: examples.patient },
  readAppointment: { id: examples.appointment.id },
  readSubscription: { id: examples.grant.id },
};
const queries: Record<string, string> = {
  listAppointments: '?state=active',
  find: '?id=9001',
  days: '?from=2026-11-22&to=2026-11-22',
};
const idsOfAll = {
  appointment_id: 501,
  session_id: 9001,
  entry_id: 70003,
  refund_id: 70004,
  night: '2026-11-23',
};

function requestOf(
  { operationId, method, path, requestBody, security }: Documented,
  query = queries[operationId] ?? '',
): InjectOptions {
  const params: Record<string, number | string> = { ...idsOfAll, ...ids[operationId] };
  const [payload] = Object.values(requestBody?.content ?? {}).flatMap(examplesOf);
  return {
    method,
    url: path.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(params[name])) + query,
    headers: {
      'idempotency-key': 'example',
      ...(path.startsWith('/api/admin/') ? asAdmin() : security === undefined ? {} : asPatient()),
    },
    ...(typeof payload === 'object' && payload !== null ? { payload } : {}),
  };
}

/** What the engine does where the example is not of the usual course. */
const courses = {
  usual: engineDouble(),
  repeat: engineDouble({ sendMessage: () => ({ kind: 'stored_before', message: examples.message }) }),
  notStarted: engineDouble({ reads: { status: async () => examples.notStarted } }),
  adjustment: engineDouble({ reads: { correction: async () => examples.adjustment } }),
  takeBack: engineDouble({ reads: { correction: async () => acts.takeBack } }),
  end: engineDouble({
    endByAdmin: () => ({
      kind: 'ended',
      session: examples.afterTheEnd,
      effect: acts.endEffect,
    }),
  }),
};

describe('The documentation', () => {
  test('is OpenAPI 3.1 and names every operation once', async () => {
    const { app } = shared();
    const answer = await app.inject({ url: '/docs/json' });
    expect(answer.json()).toMatchObject({ openapi: '3.1.0', info: { version: product.version } });
    const names = (await operations()).map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
  });

  test('has every route of the contract', async () => {
    const routes = (await operations()).map(({ method, path }) => `${method} ${path}`);
    expect(routes.toSorted()).toStrictEqual(
      [
        'POST /api/text-appointments/start-session',
        'POST /api/text-appointments/update-activity',
        'POST /api/text-appointments/{appointment_id}/messages',
        'GET /api/text-appointments/{appointment_id}/messages',
        'GET /api/text-appointments/{appointment_id}/events',
        'POST /api/text-appointments/end-session',
        'POST /api/text-appointments/process-deduction',
        'GET /api/text-appointments/{appointment_id}/session-status',
        'GET /api/text-appointments/{appointment_id}/receipt',
        'PUT /api/admin/appointments/{id}',
        'PUT /api/admin/subscriptions/{id}',
        'GET /api/text-appointments',
        'GET /api/balance',
        'GET /api/admin/patients/{id}/balance',
        'GET /api/admin/sessions',
        'GET /api/admin/sessions/{session_id}',
        'POST /api/admin/sessions/{session_id}/end',
        'POST /api/admin/ledger/{entry_id}/refund',
        'POST /api/admin/subscriptions/{id}/adjustments',
        'GET /api/admin/ledger',
        'GET /api/admin/me',
        'GET /api/admin/ledger/{entry_id}',
        'GET /api/admin/appointments/{id}',
        'GET /api/admin/subscriptions/{id}',
        'GET /api/admin/find',
        'GET /api/admin/days',
        'GET /api/admin/patients/{id}/history',
        'GET /api/admin/actions',
        'POST /api/admin/ledger/{refund_id}/take-back',
        'GET /api/admin/audit',
        'GET /api/admin/audit/runs',
        'GET /api/admin/now',
        'POST /api/admin/audit/runs/{night}/acknowledge',
        'GET /health/live',
        'GET /health/ready',
        'GET /metrics',
      ].toSorted(),
    );
  });

  test('has examples that fit their own schemas', async () => {
    const [first] = await operations();
    const broken = { success: true, message: 'Without its data' };
    expect(
      Object.values(first?.responses['200']?.content ?? {}).map(({ schema }) => Check(schema, broken)),
    ).toStrictEqual([false]);
    let checked = 0;
    for (const { operationId, requestBody, responses } of await operations()) {
      const bodies = [requestBody?.content, ...Object.values(responses).map(({ content }) => content)];
      for (const media of bodies.flatMap((content) => Object.values(content ?? {}))) {
        for (const example of examplesOf(media)) {
          expect([operationId, example, Check(media.schema, example)]).toStrictEqual([
            operationId,
            example,
            true,
          ]);
          checked += 1;
        }
      }
    }
    expect(checked).toBeGreaterThan(100);
  });

  test('shows as examples exactly what the routes answer to its own example requests', async () => {
    const unseen = new Map<string, string>();
    const documented = await operations();
    for (const { operationId, responses } of documented) {
      for (const [status, { content = {} }] of Object.entries(responses)) {
        const media = content['application/json'];
        if (!status.startsWith('2') || media === undefined) continue;
        for (const example of examplesOf(media))
          unseen.set(`${operationId} ${JSON.stringify(example)}`, status);
      }
    }
    expect(unseen.size).toBeGreaterThanOrEqual(20);
    for (const engine of Object.values(courses)) {
      const { app } = await openApp({ engine });
      for (const operation of documented) {
        const requests = [requestOf(operation), requestOf(operation, '?preview=true')];
        for (const answer of await Promise.all(requests.map((request) => app.inject(request)))) {
          const key = `${operation.operationId} ${answer.body}`;
          if (unseen.get(key) === String(answer.statusCode)) unseen.delete(key);
        }
      }
    }
    expect([...unseen.keys()]).toStrictEqual([]);
  });

  test('shows the failures as they are', async () => {
    const { app } = shared();
    const documented = await operations();
    const status = documented.find(({ operationId }) => operationId === 'sessionStatus');
    const shown = Object.values(status?.responses['401']?.content ?? {}).flatMap(examplesOf);
    const answer = await app.inject({ url: '/api/text-appointments/501/session-status' });
    expect(shown).toStrictEqual([answer.json()]);
  });

  test('says of every route with a token that it needs one, and of no other', async () => {
    const documented = await operations();
    expect(documented.length).toBeGreaterThan(20);
    for (const { path, security } of documented) {
      expect([path, security]).toStrictEqual([
        path,
        path.startsWith('/api/') ? [{ accessToken: [] }] : undefined,
      ]);
    }
  });

  test.each([
    '/docs',
    '/docs/',
    '/docs/static/swagger-ui-bundle.js',
    '/docs/static/swagger-ui.css',
    '/docs/yaml',
  ])('is there for people and programs: %s', async (url) => {
    const { app } = shared();
    const answer = await app.inject({ url });
    expect(answer.statusCode).toBe(200);
  });
});
