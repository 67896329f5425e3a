/** Log lines for people. */
import { createRequire } from 'node:module';
import type PinoPretty from 'pino-pretty';

export function pretty(destination: NodeJS.WritableStream = process.stdout): NodeJS.WritableStream {
  // Loaded when somebody reads along, not in every process.
  const build = createRequire(import.meta.url)('pino-pretty') as typeof PinoPretty;
  return build({
    destination,
    messageKey: 'message',
    timestampKey: 'time',
    ignore: 'service',
    sync: true,
    translateTime: 'SYS:HH:MM:ss.l',
  });
}
