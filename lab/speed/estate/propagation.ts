/**
 * How long a change takes from the answer to its write until each replica of Auth API goes by it, seen from outside: an origin
 * that is allowed.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { centerId } from '../../plans/estate-seed.ts';
import { percentile } from '../samples.ts';
import type { EstateStack } from './estate-stack.ts';

export interface Propagation {
  changes: number;
  replicas: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  /** Of the write itself, from its request to its answer. */
  writeP99Ms: number;
}

/** More often, the questions alone would keep both replicas busy. */
const pollMs = 5;
const givenUpMs = 10_000;
/** Changes before those that count: the code of their way is compiled by then. */
const warmUpChanges = 20;

/** `kind` tells the origins of two measurements apart. */
export async function measurePropagation(
  stack: EstateStack,
  kind: string,
  changes: number,
): Promise<Propagation> {
  const tookMs: number[] = [];
  const writesMs: number[] = [];
  for (let number = 1 - warmUpChanges; number <= changes; number++) {
    const origin = `https://${kind}-${number}.example`;
    const sentMs = performance.now();
    await allow(stack, centerId(number + warmUpChanges), origin);
    const answeredMs = performance.now();
    const seen = await Promise.all(stack.authApiUrls.map((url) => untilAllowed(url, origin, answeredMs)));
    if (number < 1) continue;
    writesMs.push(answeredMs - sentMs);
    tookMs.push(...seen);
  }
  return {
    changes,
    replicas: stack.authApiUrls.length,
    p50Ms: at(tookMs, 0.5),
    p99Ms: at(tookMs, 0.99),
    maxMs: at(tookMs, 1),
    writeP99Ms: at(writesMs, 0.99),
  };
}

function at(valuesMs: readonly number[], share: number): number {
  return Math.round(percentile(valuesMs, share) * 10) / 10;
}

async function allow({ url, authorization }: EstateStack, contactCenterId: string, origin: string) {
  const answer = await fetch(`${url}/cors`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ data: { contactCenterId, origin } }),
  });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
}

async function untilAllowed(url: string, origin: string, sinceMs: number): Promise<number> {
  while (performance.now() - sinceMs < givenUpMs) {
    const answer = await fetch(`${url}/oauth/token`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
    await answer.body?.cancel();
    if (answer.ok) return performance.now() - sinceMs;
    await delay(pollMs);
  }
  throw new Error(`${url} did not learn of a change within ${givenUpMs} ms`);
}
