/** Takes a login apart: what each of its requests costs each server, and how often they turn to Redis for it. */
import { Redis } from 'ioredis';
import type { BenchStack } from '../bench-stack.ts';
import { cpuMs } from '../machine.ts';
import { readsDuring } from '../redis-reads.ts';
import { rounded } from '../samples.ts';
import { type Side, sidesOf } from './sides.ts';

/** By request: CPU milliseconds of each server, milliseconds that it took in the played browser, round trips to Redis. What goes on without anybody is in it. */
export type RequestCosts = Record<string, Record<string, number>>;

/** All of them send the first request, then all send the second: so the cost of each can be told from the next. */
const browsers = 200;

export type CostsOfSides = Record<'theirs' | 'ours', RequestCosts>;

/** `ofSecondApplication`: which each browser opens after its login, which is not in the figures then. */
export async function costsByRequest(stack: BenchStack, ofSecondApplication: boolean): Promise<CostsOfSides> {
  const { ours, theirs } = sidesOf(stack);
  try {
    return {
      theirs: await requestCosts(stack, theirs, ofSecondApplication),
      ours: await requestCosts(stack, ours, ofSecondApplication),
    };
  } finally {
    await Promise.all([ours.driver.close(), theirs.driver.close()]);
  }
}

async function requestCosts(
  stack: BenchStack,
  { driver, servers, second }: Side,
  ofSecondApplication: boolean,
): Promise<RequestCosts> {
  const redis = new Redis(stack.redisUrl);
  const opened = Array.from({ length: browsers }, () => driver.open());
  if (ofSecondApplication) for (const browser of opened) await browser.signIn();
  const logins = opened.map((browser) => browser.requests(ofSecondApplication ? second : undefined));
  const costs: RequestCosts = {};
  const read = () => Object.values(servers).map(cpuMs);
  try {
    for (let isDone = false; !isDone; ) {
      let request = '';
      const before = read();
      const { reads, ms } = await readsDuring(redis, async () => {
        for (const login of logins) {
          const { done, value } = await login.next();
          if (done) isDone = true;
          else request = value;
        }
      });
      if (isDone) return costs;
      const spentMs = read().map((ms, index) => rounded((ms - (before[index] ?? 0)) / browsers));
      const byServer = Object.fromEntries(
        Object.keys(servers).map((name, index) => [name, spentMs[index] ?? 0]),
      );
      costs[request] = {
        ...byServer,
        'ms in the browser': rounded(ms / browsers),
        'turns of Redis': rounded(reads / browsers),
      };
    }
    return costs;
  } finally {
    redis.disconnect();
  }
}

export function printRequests(sides: CostsOfSides): void {
  console.log(
    `by request, ${browsers} browsers doing the same one after the other, CPU in milliseconds, of oidc-provider and of ours:`,
  );
  for (const costs of [sides.theirs, sides.ours]) printSide(costs);
}

function printSide(costs: RequestCosts): void {
  const columns = Object.keys(Object.values(costs)[0] ?? {});
  const sumOf = (column: string) => Object.values(costs).reduce((sum, cost) => sum + (cost[column] ?? 0), 0);
  const sums = Object.fromEntries(columns.map((column) => [column, rounded(sumOf(column))]));
  console.table({ ...costs, 'all of it': sums });
}
