/** Formats log lines for people. */
import { createRequire } from 'node:module';
import type PinoPretty from 'pino-pretty';

/** C0 except tab and line feed, escaped as in JSON; DEL and C1, which JSON does not escape. */
const controls = /\\u00(?:0[0-8b-f]|1[0-9a-f])|\\[bfr]|[\u007f-\u009f]/g;

export function pretty(destination: NodeJS.WritableStream = process.stdout): { write(line: string): void } {
  // Loaded only where this format is configured.
  const build = createRequire(import.meta.url)('pino-pretty') as typeof PinoPretty;
  const stream = build({
    destination,
    messageKey: 'message',
    timestampKey: 'time',
    ignore: 'service',
    sync: true,
    translateTime: 'SYS:HH:MM:ss.l',
  });
  return {
    // Stacks and messages are printed unescaped: text of a stranger must not control the terminal.
    write: (line) => void stream.write(line.replace(controls, '\u{FFFD}')),
  };
}
