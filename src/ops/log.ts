import { type Logger, pino } from 'pino';
import type { LogLevel } from '../config.ts';
import { logFormat } from '../http/request-log.ts';

export type { Logger } from 'pino';

/** JSON lines to stdout, with the name of the process. No token, no cookie and no text of a message is in them. */
export const createLogger = (name: string, level: LogLevel): Logger =>
  pino({ ...logFormat, name, level, timestamp: pino.stdTimeFunctions.isoTime });
