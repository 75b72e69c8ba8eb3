import fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { admin, patient } from '../../src/http/documentation/examples.ts';
import { recordView } from '../../src/http/record-action.ts';
import type { AdminAction } from '../../src/sessions/admin-actions.ts';
import { StoreUnavailable } from '../../src/sessions/store.ts';

/** An app whose one route is looked at by an administrator who came in one way or the other. */
async function lookedAtBy(cameBy: 'token' | 'sign_in', record: (action: AdminAction) => Promise<void>) {
  const lines: string[] = [];
  const app = fastify({
    logger: { level: 'warn', stream: { write: (line: string) => void lines.push(line) } },
  });
  onTestFinished(() => app.close());
  app.decorateRequest('user', null);
  app.get('/', (request, reply) => {
    request.user = {
      userId: admin,
      isAdmin: true,
      cameBy,
      tokenExpiresAtMs: Number.POSITIVE_INFINITY,
      tokenKey: null,
    };
    recordView({ record }, request, patient);
    reply.send('the answer');
  });
  return { answer: await app.inject('/'), lines };
}

test('A person who looks at a patient is recorded, and nobody waits for that', async () => {
  const recorded: AdminAction[] = [];
  const { answer } = await lookedAtBy('sign_in', (action) => {
    recorded.push(action);
    return new Promise(() => {});
  });
  expect(answer.body).toBe('the answer');
  expect(recorded).toMatchObject([
    {
      actorId: admin,
      action: 'patient.viewed',
      targetKind: 'patient',
      targetId: patient,
      patientId: patient,
    },
  ]);
});

test('A program that looks at a patient is not recorded', async () => {
  const recorded: AdminAction[] = [];
  await lookedAtBy('token', async (action) => void recorded.push(action));
  expect(recorded).toEqual([]);
});

test('A look at a patient that cannot be recorded is told in the log, and the answer is given', async () => {
  const { answer, lines } = await lookedAtBy('sign_in', () => Promise.reject(new StoreUnavailable('away')));
  expect(answer.body).toBe('the answer');
  expect(lines.join('')).toContain('could not be recorded');
});
