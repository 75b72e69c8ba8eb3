import { type Logger, pino } from 'pino';
import type { LogLevel } from '../config.ts';

export type { Logger } from 'pino';

const MAX_CAUSES = 3;
const MAX_TEXT_LENGTH = 4000;

/** As a type, not an interface: the logger wants a record. */
type ErrorJson = {
  readonly type: string;
  readonly message: string;
  readonly stack: string;
  readonly code?: string;
  readonly cause?: ErrorJson;
};

/**
 * An error without its other fields. Databases hang the row that they refused on an error, and a row may be
 * a message; the name of the broken constraint is in the error's own message.
 */
function errorJson(error: unknown, depth = 0): ErrorJson {
  if (!(error instanceof Error))
    return { type: typeof error, message: 'what was thrown is no error', stack: '' };
  const { cause } = error;
  return {
    type: error.name,
    message: cut(error.message),
    stack: cut(error.stack),
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    ...(cause instanceof Error && depth < MAX_CAUSES ? { cause: errorJson(cause, depth + 1) } : {}),
  };
}

const cut = (text = ''): string => text.slice(0, MAX_TEXT_LENGTH);

const requestJson = (request: { method?: string; url?: string }) => ({
  method: request.method ?? '',
  path: pathOf(request.url),
});

const answerJson = (reply: { statusCode?: number }) => ({ statusCode: reply.statusCode ?? 0 });

const MAX_PATH_LENGTH = 200;

/** The path of a URL without its query: people put tokens there. */
export const pathOf = (url = ''): string => (url.split('?', 1)[0] ?? '').slice(0, MAX_PATH_LENGTH);

/**
 * How every line is written: no token, no cookie, no body and no text of a message is ever in it. Nothing logs
 * headers or bodies; should a library do so one day, the serializers and the redaction remove them.
 */
export const LOG_FORMAT = {
  redact: {
    paths: ['authorization', 'cookie', 'token', 'text', 'body', 'headers', 'req.headers', 'res.headers'],
    remove: true,
  },
  serializers: { err: errorJson, req: requestJson, res: answerJson },
};

/** JSON lines to stdout, with the name of the process. No token, no cookie and no text of a message is in them. */
export const createLogger = (name: string, level: LogLevel): Logger =>
  pino({ ...LOG_FORMAT, name, level, timestamp: pino.stdTimeFunctions.isoTime });
