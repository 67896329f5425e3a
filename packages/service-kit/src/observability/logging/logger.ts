/** Makes the logger of a process: JSON lines without secrets, or lines for people. */
import { type Logger as PinoLogger, pino, stdTimeFunctions } from 'pino';
import { errorFields } from './error-fields.ts';
import { prettyFormat } from './pretty.ts';
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

/** Takes lines. Pino calls `flushSync` after a fatal one. */
interface Destination {
  write(line: string): unknown;
  flushSync?(): void;
}

/** `copy` gets every line too, as JSON. */
export function createLogger(
  service: string,
  { level, format }: LogConfig,
  destination: Destination = process.stdout,
  copy?: { write(line: string): void },
): Logger {
  const options = {
    level,
    base: { service },
    timestamp: stdTimeFunctions.isoTime,
    messageKey: 'message',
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: errorFields, error: errorFields },
    hooks: createStormLimit(storm),
  };
  const formatted = format === 'pretty' ? formattedBy(prettyFormat(), destination) : destination;
  const plain = pino(options, copy === undefined ? formatted : both(formatted, copy));
  const log = plain.child({}, { redact: { paths, censor: '[redacted]' } });
  plainLoggers.set(log, plain);
  return log;
}

/** Makes the line that stands where lines are missing. It passes by the logger: no level hides it. */
export function missingLines(service: string, { format }: LogConfig, dropped: number): string {
  const message = 'log lines are missing here, because nobody read them';
  const fields = JSON.stringify({ service, dropped, message });
  const line = `{"level":"warn"${stdTimeFunctions.isoTime()},${fields.slice(1)}\n`;
  return format === 'pretty' ? prettyFormat()(line) : line;
}

function formattedBy(format: (line: string) => string, destination: Destination): Destination {
  return {
    write: (line) => destination.write(format(line)),
    flushSync: () => destination.flushSync?.(),
  };
}

function both(destination: Destination, copy: { write(line: string): void }): Destination {
  return {
    write(line) {
      destination.write(line);
      copy.write(line);
    },
    flushSync: () => destination.flushSync?.(),
  };
}

/** Returns the logger without the search for secrets, for lines whose fields are all named in the code. */
export function plainLogger(log: Logger): Logger {
  return plainLoggers.get(log) ?? log;
}
