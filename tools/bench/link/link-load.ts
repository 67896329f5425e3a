/** The product's side: logins over one connection, a whole estate read, and everybody at once. */
import { createHistogram } from 'node:perf_hooks';
import type { ConfigServerClient } from '@gatehouse/config-server-client/client';
import { linkPassword, userNameOf } from './link-seed.ts';

export interface Latencies {
  p50Ms: number;
  p99Ms: number;
}

/** Logins in `seconds`, with `window` of them on their way at any time, each of another person than the one before. */
export async function fireLink(
  client: ConfigServerClient,
  window: number,
  seconds: number,
): Promise<{ pairs: number } & Latencies> {
  const latenciesUs = createHistogram();
  const endMs = performance.now() + seconds * 1000;
  let pairs = 0;
  const logins = async (lane: number) => {
    // People of its own for each lane: two tries of one account wait for each other.
    for (let turn = 0; performance.now() < endMs; turn = (turn + 1) % 10) {
      await timed(latenciesUs, () => login(client, lane * 10 + turn));
      pairs += 1;
    }
  };
  await Promise.all(Array.from({ length: window }, (_, lane) => logins(lane)));
  return { pairs, ...latenciesOf(latenciesUs) };
}

/** Every person of the estate in one call, page by page. */
export async function readEveryone(client: ConfigServerClient): Promise<{ persons: number; tookMs: number }> {
  const startedMs = performance.now();
  const persons = await client.readPersons({});
  return { persons: persons.length, tookMs: performance.now() - startedMs };
}

/** `people` come at once; so many wait at the same time as the link lets wait. */
export async function storm(
  client: ConfigServerClient,
  people: number,
  atOnce: number,
): Promise<{ tookMs: number } & Latencies> {
  const latenciesUs = createHistogram();
  const startedMs = performance.now();
  let next = 0;
  const lane = async () => {
    while (next < people) {
      const person = next++;
      await timed(latenciesUs, () => login(client, person));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return { tookMs: performance.now() - startedMs, ...latenciesOf(latenciesUs) };
}

function login(client: ConfigServerClient, person: number): Promise<unknown> {
  return client.authenticate({ userName: userNameOf(person), password: linkPassword });
}

async function timed(
  latenciesUs: ReturnType<typeof createHistogram>,
  run: () => Promise<unknown>,
): Promise<void> {
  const startedMs = performance.now();
  await run();
  latenciesUs.record(Math.max(1, Math.round((performance.now() - startedMs) * 1000)));
}

function latenciesOf(latenciesUs: ReturnType<typeof createHistogram>): Latencies {
  const roundedMs = (percentile: number) => Math.round(latenciesUs.percentile(percentile) / 10) / 100;
  return { p50Ms: roundedMs(50), p99Ms: roundedMs(99) };
}
