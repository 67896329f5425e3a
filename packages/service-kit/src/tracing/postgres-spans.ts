/** A span for every statement of a traced request: its text, which has no values in it. */
import type { Tracer } from '@opentelemetry/api';
import type { Pool, PoolClient } from '../postgres/pool.ts';
import { childSpan, endSpan } from './spans.ts';

type Query = (...parameters: unknown[]) => unknown;
type Callback = (error: unknown, ...rest: unknown[]) => void;

const longestText = 500;

export function tracePool(pool: Pool, tracer: Tracer): void {
  pool.on('connect', (client: PoolClient) => {
    const query = client.query.bind(client) as Query;
    const traced: Query = (...parameters) => {
      const [statement] = parameters as [string | { text?: string; name?: string } | undefined];
      const { text = '', name } = typeof statement === 'string' ? { text: statement } : (statement ?? {});
      const span = childSpan(tracer, `postgresql ${name ?? text.trim().split(/\s/, 1)[0] ?? ''}`, {
        'db.system.name': 'postgresql',
        'db.query.text': text.slice(0, longestText),
      });
      if (span === undefined) return query(...parameters);
      const last = parameters.at(-1);
      // The pool itself asks with a callback, everybody else with a promise.
      if (typeof last === 'function') {
        const callback: Callback = (error, ...rest) => {
          endSpan(span, error);
          (last as Callback)(error, ...rest);
        };
        return query(...parameters.slice(0, -1), callback);
      }
      const answer = query(...parameters) as Promise<unknown>;
      answer.then(
        () => endSpan(span),
        (error) => endSpan(span, error),
      );
      return answer;
    };
    client.query = traced as unknown as typeof client.query;
  });
}
