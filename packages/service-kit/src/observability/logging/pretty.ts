/** Formats log lines for people. */
import { createRequire } from 'node:module';
import type PinoPretty from 'pino-pretty';

/** C0 except tab and line feed, escaped as in JSON; DEL and C1, which JSON does not escape. */
const controls = /\\u00(?:0[0-8b-f]|1[0-9a-f])|\\[bfr]|[\u007f-\u009f]/g;

/** Returns the function that makes a line for people of one in JSON. */
export function prettyFormat(): (line: string) => string {
  // Loaded only where this format is configured.
  const { prettyFactory } = createRequire(import.meta.url)('pino-pretty') as typeof PinoPretty;
  const format = prettyFactory({
    messageKey: 'message',
    timestampKey: 'time',
    ignore: 'service',
    translateTime: 'SYS:HH:MM:ss.l',
  });
  // Stacks and messages are printed unescaped: text of a stranger must not control the terminal.
  return (line) => format(line.replace(controls, '\u{FFFD}')) ?? '';
}
