import { type Logger, pino } from 'pino';
import type { LogLevel } from './config.ts';

export type { Logger } from 'pino';

/** JSON lines to stdout. Whatever could hold a token, a cookie, a password or a message text is taken out. */
export const createLogger = (name: string, level: LogLevel): Logger =>
  pino({
    name,
    level,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: [
        'req.headers.authorization',
        'req.headers.cookie',
        'headers.authorization',
        'headers.cookie',
        'token',
        'password',
        'text',
        '*.text',
      ],
      censor: '[left out]',
    },
  });
