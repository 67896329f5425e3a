/** Counts how often a piece of work waits for Redis and for PostgreSQL, whatever other work runs beside it. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { AuthApi } from './auth-api.ts';

type StoreName = 'redis' | 'postgres';

/** Questions that are asked together wait together: they are one turn. */
export type Turns = Record<StoreName, number>;

interface Counted {
  turns: Turns;
  waiting: Turns;
}

const none = (): Turns => ({ redis: 0, postgres: 0 });

/** Counts the turns of each work from then on. The stack has to be of this test alone. */
export function countTurns({ deps }: Pick<AuthApi, 'deps'>) {
  const counted = new AsyncLocalStorage<Counted>();

  const begin = (store: StoreName): (() => void) => {
    const work = counted.getStore();
    if (work === undefined) return () => undefined;
    if (work.waiting[store] === 0) work.turns[store] += 1;
    work.waiting[store] += 1;
    return () => {
      work.waiting[store] -= 1;
    };
  };

  const redis = deps.stores.redis as unknown as { sendCommand(...all: unknown[]): unknown };
  const send = redis.sendCommand.bind(redis);
  redis.sendCommand = (...all) => {
    const end = begin('redis');
    const answer = send(...all);
    Promise.resolve(answer).then(end, end);
    return answer;
  };

  type Client = { query(...all: unknown[]): unknown };
  const seen = new WeakSet<Client>();
  deps.stores.pool.on('acquire', (acquired) => {
    const client = acquired as unknown as Client;
    if (seen.has(client)) return;
    seen.add(client);
    const query = client.query.bind(client);
    client.query = (...all) => {
      const end = begin('postgres');
      const callback = all.at(-1);
      if (typeof callback !== 'function') return (query(...all) as Promise<unknown>).finally(end);
      return query(...all.slice(0, -1), (...answer: unknown[]) => {
        end();
        callback(...answer);
      });
    };
  });

  return async <T>(work: () => Promise<T>): Promise<{ result: T; turns: Turns }> => {
    const turns = none();
    const result = await counted.run({ turns, waiting: none() }, work);
    return { result, turns };
  };
}
