/** How long a change takes from its commit to every replica of Auth API, seen from outside: an origin that is allowed. */
import { setTimeout as delay } from 'node:timers/promises';
import { centerId } from '@gatehouse/tools/estate-seed';
import type { EstateStack } from './estate-stack.ts';

export interface Propagation {
  changes: number;
  replicas: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
}

const pollMs = 1;
const givenUpMs = 10_000;

/** `kind` tells the origins of two measurements apart. */
export async function measurePropagation(
  stack: EstateStack,
  kind: string,
  changes: number,
): Promise<Propagation> {
  const tookMs: number[] = [];
  for (let number = 1; number <= changes; number++) {
    const origin = `https://${kind}-${number}.example`;
    await allow(stack, centerId(number), origin);
    const committedMs = performance.now();
    const seen = stack.authApiUrls.map((url) => untilAllowed(url, origin, committedMs));
    tookMs.push(...(await Promise.all(seen)));
  }
  tookMs.sort((left, right) => left - right);
  const at = (share: number) => Math.round((tookMs[Math.ceil(share * tookMs.length) - 1] ?? 0) * 10) / 10;
  return { changes, replicas: stack.authApiUrls.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
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
