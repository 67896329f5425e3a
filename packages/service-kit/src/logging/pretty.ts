/** Log lines for people. */
import { PinoPretty } from 'pino-pretty';

export function pretty(destination: NodeJS.WritableStream = process.stdout): NodeJS.WritableStream {
  return PinoPretty({
    destination,
    messageKey: 'message',
    timestampKey: 'time',
    ignore: 'service',
    sync: true,
    translateTime: 'SYS:HH:MM:ss.l',
  });
}
