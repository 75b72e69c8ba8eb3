import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type FastifyHttpOptions, type FastifyReply, LogController, type RawServerDefault } from 'fastify';
import type { AppOptions } from './app-options.ts';
import { answerClientError } from './error-handler.ts';
import { fail } from './errors.ts';
import type { HttpLimits } from './limits.ts';
import { formats } from './schemas.ts';

const CHECK_EVERY_MS = 5000;

export function serverSettings(
  { logger, trustProxy = false }: Pick<AppOptions, 'logger' | 'trustProxy'>,
  limits: HttpLimits,
): FastifyHttpOptions<RawServerDefault> {
  return {
    loggerInstance: logger,
    // One line a request is enough, and ours says more.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    genReqId: requestIdOf,
    // Given a number, Fastify trusts no address, because it cannot know that only the proxy reaches the port.
    trustProxy: typeof trustProxy === 'number' ? (_address, hop) => hop < trustProxy : trustProxy,
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestTimeoutMs,
    http: {
      // Without a Host header Node would answer by itself, without our envelope: see checkForm.
      requireHostHeader: false,
      headersTimeout: limits.requestTimeoutMs,
      // How often Node checks for requests that take too long; its default is 30 s.
      connectionsCheckingInterval: Math.min(CHECK_EVERY_MS, limits.requestTimeoutMs),
    },
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionTimeout: limits.answerTimeoutMs,
    // While we close, a request on an open connection is still answered, with `connection: close`.
    return503OnClosing: false,
    clientErrorHandler: answerClientError,
    frameworkErrors: answerBadPath,
    ajv: {
      customOptions: {
        // What was sent is judged as it was sent: "12" is no number, and nothing is quietly left out.
        coerceTypes: false,
        removeAdditional: false,
        useDefaults: true,
        allowUnionTypes: true,
        allErrors: true,
        verbose: true,
      },
      onCreate: (ajv) => {
        for (const [name, validate] of Object.entries(formats)) ajv.addFormat(name, validate);
      },
    },
  };
}

/** A path that cannot be decoded, or has a parameter of more than 100 characters. */
function answerBadPath(_error: unknown, { id }: { id: string }, reply: FastifyReply): void {
  reply.header('x-request-id', id);
  reply.send(fail(reply, 'not_found'));
}

/** The caller's own id, if it is one that a log and a header can carry; else a new one. */
function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[A-Za-z0-9][\w.:-]{0,63}$/.test(given) ? given : randomUUID();
}
