/** Structured logs on standard output. */
import { type Logger as PinoLogger, pino, stdTimeFunctions } from 'pino';
import { pretty } from './pretty.ts';

export type Logger = PinoLogger;

export interface LogConfig {
  level: string;
  format: 'json' | 'pretty';
}

/** Header and field names whose values are never written, wherever they turn up. */
const redacted = [
  'authorization',
  'cookie',
  'password',
  'userPassword',
  'client_secret',
  'clientSecret',
  'token',
  'access_token',
  'refresh_token',
  'secret',
];

/** `destination` replaces standard output, for tests. */
export function createLogger(
  service: string,
  config: LogConfig,
  destination?: NodeJS.WritableStream,
): Logger {
  const options = {
    level: config.level,
    base: { service },
    timestamp: stdTimeFunctions.isoTime,
    messageKey: 'message',
    formatters: { level: (label: string) => ({ level: label }) },
    // An authorization code is a secret, but err.code is what an operator looks for.
    redact: {
      paths: ['code', 'query.code', 'body.code', ...redacted.flatMap((name) => [name, `*.${name}`])],
      censor: '[redacted]',
    },
  };
  const target = config.format === 'pretty' ? pretty(destination) : (destination ?? buffered());
  return pino(options, target);
}

/**
 * Standard output in pieces: a system call for every line would cost a busy process a sixth of its time. Lines wait a
 * tenth of a second at most; what is left goes out at the end of the process, and at once after a fatal line.
 */
function buffered() {
  return pino.destination({ fd: 1, sync: false, minLength: 4096, periodicFlush: 100 });
}
