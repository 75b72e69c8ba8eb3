import fastifyHelmet from '@fastify/helmet';
import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, FastifyPluginAsync, FastifySchema } from 'fastify';
import { type TSchema, Type } from 'typebox';
import product from '../../../package.json' with { type: 'json' };
import type { RefusalCode } from '../../billing/refusal.ts';
import { type Failure, failureSchema } from '../envelope.ts';
import { type FailureCode, FAILURE_ANSWERS, failureOf, REFUSAL_ANSWERS, refusalOf } from '../errors.ts';

/** The description of the API (OpenAPI 3.1) comes from the schemas of the routes. To be registered before them. */
export async function registerOpenApi(app: FastifyInstance): Promise<void> {
  await app.register(fastifySwagger, {
    hideUntagged: true,
    transform: ({ schema, url }) => ({ schema: withoutRanges(schema), url }),
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Sessions of text appointments',
        version: product.version,
        description:
          'A doctor and a patient write to each other at an appointed time. The server alone decides when time ' +
          'starts, when a unit of the subscription is deducted and when the session is over. Every instant is in ' +
          'UTC with milliseconds. A failure has a stable `code`; its `message` is for people. Besides the answers ' +
          'documented for each route, a request that cannot be read is answered in the same form with 400, 408, 413, 415, 417 or 431.',
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
        { name: OPERATIONS, description: 'For those who operate the service' },
      ],
    },
  });
}

/** Ranges such as 4xx are for the serializer. Code generators make clients from them that do not compile. */
function withoutRanges(schema: FastifySchema = {}): FastifySchema {
  const { response } = schema;
  if (typeof response !== 'object' || response === null) return schema;
  const single = Object.entries(response).filter(([status]) => !status.endsWith('xx'));
  return { ...schema, response: Object.fromEntries(single) };
}

export const TEXT_APPOINTMENTS = 'text appointments';
export const ADMINISTRATION = 'administration';
export const OPERATIONS = 'operations';

export const SIGNED_IN = [{ accessToken: [] }];

type Code = RefusalCode | FailureCode;

/** What any route behind a token may answer. */
const COMMON_FAILURES: readonly FailureCode[] = [
  'unauthenticated',
  'validation_failed',
  'rate_limited',
  'internal_error',
  'unavailable',
];

interface OtherAnswers {
  readonly '4xx': typeof failureSchema;
  readonly '5xx': typeof failureSchema;
}

/** The answers of a route: the good ones, and each failure that it can answer with its real body. */
export function responses<const Good extends Readonly<Record<number, TSchema>>>(
  good: Good,
  ...codes: readonly Code[]
): Good & OtherAnswers {
  const failures = new Map<number, Failure[]>();
  for (const code of [...COMMON_FAILURES, ...codes]) {
    const status = statusOf(code);
    failures.set(status, [...(failures.get(status) ?? []), exampleOf(code)]);
  }
  const documented = Array.from(failures, ([status, examples]) => [
    status,
    Type.Object(failureSchema.properties, {
      description: examples.map(({ code }) => code).join(', '),
      examples,
    }),
  ]);
  return { ...good, ...Object.fromEntries(documented), '4xx': failureSchema, '5xx': failureSchema };
}

const isRefusal = (code: Code): code is RefusalCode => code in REFUSAL_ANSWERS;

const statusOf = (code: Code): number =>
  isRefusal(code) ? REFUSAL_ANSWERS[code].status : FAILURE_ANSWERS[code].status;

function exampleOf(code: Code): Failure {
  if (isRefusal(code)) return refusalOf(code, code === 'subscription_version_stale' ? { version: 2 } : {});
  switch (code) {
    case 'validation_failed':
      return failureOf(code, { errors: [{ field: 'appointment_id', message: 'is required' }] });
    case 'terms_flawed':
      return failureOf(code, {
        errors: [
          { field: 'terms.end_grace_seconds', message: 'the end grace must be shorter than the interval' },
        ],
      });
    case 'internal_error':
      return failureOf(code, { data: { request_id: '5b8e3a52-7d0c-4f4e-9a54-6f4f4a3f0f0e' } });
    default:
      return failureOf(code);
  }
}

/** GET /docs: the description of the API for people, and as /docs/json and /docs/yaml for programs. */
export const documentationPages: FastifyPluginAsync = async (app) => {
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        // The page sets the style of elements as it builds them.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
  });
  await app.register(fastifySwaggerUi, {
    routePrefix: '/docs',
    uiConfig: { deepLinking: true, tryItOutEnabled: true },
  });
};
