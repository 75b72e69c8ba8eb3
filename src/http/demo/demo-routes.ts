import { join } from 'node:path';
import fastifyHelmet from '@fastify/helmet';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { refuse } from '../../billing/refusal.ts';
import type { AppOptions, Demo } from '../app-options.ts';
import { success } from '../envelope.ts';
import { refused } from '../errors.ts';
import { pageHeaders } from '../pages/page-headers.ts';
import { readPageFile, sendFile } from '../pages/send-file.ts';
import { idParams, oneOf } from '../schemas.ts';
import { isOfDemo, newDemoAppointment, peopleOf, topUp } from './demo-appointments.ts';
import { demoGuard } from './demo-guard.ts';

const FILES = {
  '/': ['demo.html', 'text/html'],
  '/demo.css': ['demo.css', 'text/css'],
  '/demo.js': ['demo.js', 'text/javascript'],
} as const;

const noBody = Type.Object({}, { additionalProperties: false });
const tokenSchema = {
  params: idParams,
  body: Type.Object({ role: oneOf('patient', 'doctor') }, { additionalProperties: false }),
};
const workerSchema = { body: Type.Object({ is_on: Type.Boolean() }, { additionalProperties: false }) };

/**
 * /demo: both sides of one appointment in a page, served to this machine only. These routes do what the clinic's own
 * system does for an app (an appointment, units, tokens of its participants) and break things on purpose; the page does
 * all else by the public routes.
 */
export const demoRoutes: FastifyPluginAsyncTypebox<Pick<AppOptions, 'engine' | 'queues'> & Demo> = async (
  app,
  { engine: { execute }, queues, signToken, worker },
) => {
  app.addHook('onRequest', demoGuard);
  await app.register(fastifyHelmet, pageHeaders());
  for (const [url, [name, type]] of Object.entries(FILES)) {
    const file = readPageFile(join(import.meta.dirname, 'page', name));
    app.get(url, async (request, reply) => sendFile(request, reply, file, type));
  }

  app.post('/appointments', { schema: { body: noBody } }, async (_request, reply) => {
    // The worker may still be stopped by the visitor before.
    if (!worker.isOn()) await worker.set(true);
    const appointment_id = await newDemoAppointment(execute);
    return reply.code(201).send(success('An appointment that can be started now', { appointment_id }));
  });

  app.post('/appointments/:id/token', { schema: tokenSchema }, async ({ params, body }, reply) => {
    const id = Number(params.id);
    if (!isOfDemo(id)) return refused(reply, refuse('appointment_not_found'));
    return success('A token of this participant', { token: signToken(peopleOf(id)[body.role]) });
  });

  app.post(
    '/appointments/:id/top-up',
    { schema: { params: idParams, body: noBody } },
    async (request, reply) => {
      const id = Number(request.params.id);
      if (!isOfDemo(id)) return refused(reply, refuse('appointment_not_found'));
      await topUp(id, execute);
      return success('The patient has more units', {});
    },
  );

  app.get('/worker', async () => success('Whether the worker is to run', { is_on: worker.isOn() }));

  app.post('/worker', { schema: workerSchema }, async ({ body }) => {
    await worker.set(body.is_on);
    return success('The worker', { is_on: worker.isOn() });
  });

  app.post('/empty-queue', { schema: { body: noBody } }, async () => {
    for (const queue of queues) await queue.obliterate({ force: true });
    return success('The queue is empty', {});
  });
};
