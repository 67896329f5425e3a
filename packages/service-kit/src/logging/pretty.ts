/** Log lines for people. */
import { createRequire } from 'node:module';
import type PinoPretty from 'pino-pretty';

/** C0 but for tab and line feed, as JSON has them; DEL and C1, which JSON leaves as they are. */
const controls = /\\u00(?:0[0-8b-f]|1[0-9a-f])|\\[bfr]|[\u007f-\u009f]/g;

export function pretty(destination: NodeJS.WritableStream = process.stdout): { write(line: string): void } {
  // Loaded when somebody reads along, not in every process.
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
    // Stacks and messages are printed as they are: what a stranger typed must not steer the terminal.
    write: (line) => void stream.write(line.replace(controls, '\u{FFFD}')),
  };
}
