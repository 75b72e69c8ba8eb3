import fastifySwagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';

/** The description of the API (OpenAPI 3.1) comes from the schemas of the routes. To be registered before them. */
export async function registerOpenApi(app: FastifyInstance): Promise<void> {
  await app.register(fastifySwagger, {
    hideUntagged: true,
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Sessions of text appointments',
        version: '1.0.0',
        description:
          'A doctor and a patient write to each other at an appointed time. The server alone decides when time ' +
          'starts, when a unit of the subscription is deducted and when the session is over. Every instant is in ' +
          'UTC with milliseconds. A failure has a stable `code`; its `message` is for people.',
      },
      components: {
        securitySchemes: {
          accessToken: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description: '`sub` is the id of the user; `role: "admin"` opens the routes of administrators.',
          },
        },
      },
      tags: [
        { name: TEXT_APPOINTMENTS, description: 'For the apps of patients and doctors' },
        { name: ADMINISTRATION, description: "For the clinic's own system and its staff" },
        { name: OPERATIONS, description: 'For whoever keeps the service running' },
      ],
    },
  });
}

export const TEXT_APPOINTMENTS = 'text appointments';
export const ADMINISTRATION = 'administration';
export const OPERATIONS = 'operations';

export const signedIn = [{ accessToken: [] }];
