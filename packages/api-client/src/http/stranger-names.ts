/** Resolves names that strangers have registered, so that a name server which does not answer holds up strangers alone. */
import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';

/**
 * Node asks about names on half of its threads (libuv `UV__WORK_SLOW_IO`), two by default, and an unanswered question holds one for
 * as long as /etc/resolv.conf says: ten seconds and more. Half of these stay free for Redis, PostgreSQL and our own services.
 */
const atOnce = Math.max(1, Math.floor((Number(process.env['UV_THREADPOOL_SIZE'] ?? 4) + 1) / 4));
const slowMs = 1_500;
/** A name that was slow in vain is not asked about again for so long. */
const restMs = 30_000;
const maxNames = 1_000;

type Options = Parameters<LookupFunction>[1];

interface Waiting {
  sinceMs: number;
  begin(): void;
  giveUp(): void;
}

/** `maxWaitMs`: the time of a call; a question whose call is over is not asked any more. */
export function createStrangerNames(resolve: LookupFunction, maxWaitMs: number) {
  const underWay = new Map<string, Promise<LookupAddress[]>>();
  const resting = new Map<string, number>();
  const queue: Waiting[] = [];
  let busy = 0;

  function next(): void {
    while (busy < atOnce) {
      const first = queue.shift();
      if (first === undefined) return;
      if (performance.now() - first.sinceMs > maxWaitMs) first.giveUp();
      else first.begin();
    }
  }

  function rest(hostname: string): void {
    const [oldest] = resting.keys();
    if (resting.size >= maxNames && oldest !== undefined) resting.delete(oldest);
    resting.set(hostname, performance.now() + restMs);
  }

  function ask(hostname: string, options: Options): Promise<LookupAddress[]> {
    const { promise, resolve: found, reject } = Promise.withResolvers<LookupAddress[]>();
    const begin = () => {
      busy += 1;
      const sinceMs = performance.now();
      resolve(hostname, { ...options, all: true }, (error, addresses) => {
        busy -= 1;
        if (error === null && Array.isArray(addresses)) found(addresses);
        else {
          if (performance.now() - sinceMs > slowMs) rest(hostname);
          reject(error ?? unanswered(hostname));
        }
        next();
      });
    };
    queue.push({ sinceMs: performance.now(), begin, giveUp: () => reject(unanswered(hostname)) });
    next();
    return promise;
  }

  return {
    /** @throws Error of the look-up */
    async find(hostname: string, options: Options): Promise<LookupAddress[]> {
      if ((resting.get(hostname) ?? 0) > performance.now()) throw unanswered(hostname);
      const key = `${hostname} ${options.family ?? ''}`;
      const known = underWay.get(key);
      if (known !== undefined) return known;
      if (queue.length >= maxNames) throw unanswered(hostname);
      const asked = ask(hostname, options).finally(() => underWay.delete(key));
      underWay.set(key, asked);
      return asked;
    },
  };
}

function unanswered(hostname: string): Error {
  return Object.assign(new Error(`The name ${hostname} is not resolved in time`), { code: 'EAI_AGAIN' });
}
