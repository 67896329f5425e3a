/** A span for every Redis command of a traced request: its name alone, since keys and values are secrets or near to it. */
import type { Tracer } from '@opentelemetry/api';
import type { RedisClient } from '../redis/client.ts';
import { childSpan, endSpan } from './spans.ts';

interface Sent {
  name: string;
  promise: Promise<unknown>;
}

export function traceRedis(client: RedisClient, tracer: Tracer): void {
  const send = client.sendCommand.bind(client) as (command: Sent, ...rest: unknown[]) => unknown;
  const traced = (command: Sent, ...rest: unknown[]) => {
    const span = childSpan(tracer, `redis ${command.name}`, { 'db.system.name': 'redis' });
    if (span !== undefined) {
      command.promise.then(
        () => endSpan(span),
        (error) => endSpan(span, error),
      );
    }
    return send(command, ...rest);
  };
  client.sendCommand = traced as unknown as typeof client.sendCommand;
}
