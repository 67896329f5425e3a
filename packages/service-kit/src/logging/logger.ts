/** Writes structured logs to standard output. */
import { type Logger as PinoLogger, pino, stdTimeFunctions } from 'pino';
import { errorFields } from './error-fields.ts';
import { pretty } from './pretty.ts';
import { createStormLimit } from './storm-limit.ts';

export type Logger = PinoLogger;

export interface LogConfig {
  level: string;
  format: 'json' | 'pretty';
}

/** Header and field names whose values are never written. */
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
/** An authorization code is a secret too; `err.code` stays, because operators look for it. */
const paths = ['code', 'query.code', 'body.code', ...redacted.flatMap((name) => [name, `*.${name}`])];

const plainLoggers = new WeakMap<Logger, Logger>();

const storm = { maxLines: 1000, windowMs: 10_000 };

/** `destination` replaces standard output, for tests; `copy` gets every line too. */
export function createLogger(
  service: string,
  config: LogConfig,
  destination?: NodeJS.WritableStream,
  copy?: { write(line: string): void },
): Logger {
  const options = {
    level: config.level,
    base: { service },
    timestamp: stdTimeFunctions.isoTime,
    messageKey: 'message',
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: errorFields, error: errorFields },
    hooks: createStormLimit(storm),
  };
  const target = config.format === 'pretty' ? pretty(destination) : (destination ?? buffered());
  const plain = pino(options, copy === undefined ? target : both(target, copy));
  const log = plain.child({}, { redact: { paths, censor: '[redacted]' } });
  plainLoggers.set(log, plain);
  return log;
}

function both(target: { write(line: string): unknown }, copy: { write(line: string): void }) {
  return {
    write(line: string) {
      target.write(line);
      copy.write(line);
    },
  };
}

/** Returns the logger without the search for secrets, for lines whose fields are all named in the code. */
export function plainLogger(log: Logger): Logger {
  return plainLoggers.get(log) ?? log;
}

/**
 * Buffers standard output, because a system call for every line slows a busy process down. Lines wait 100 ms at most; the
 * rest is written at the end of the process, and immediately after a fatal line.
 */
function buffered() {
  const output = pino.destination({ fd: 1, sync: true, minLength: 8192, periodicFlush: 100 });
  process.once('exit', () => output.flushSync());
  return output;
}
