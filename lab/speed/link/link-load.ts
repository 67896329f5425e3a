/** The product's side: logins over one connection, a whole estate read, and everybody at once. */
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
): Promise<{ pairs: number; latencies: () => Latencies }> {
  const latenciesMs: number[] = [];
  const endMs = performance.now() + seconds * 1000;
  const logins = async (lane: number) => {
    let nowMs = performance.now();
    // People of its own for each lane: two tries of one account wait for each other.
    for (let turn = 0; nowMs < endMs; turn = (turn + 1) % 10) {
      const startedMs = nowMs;
      await login(client, lane * 10 + turn);
      nowMs = performance.now();
      latenciesMs.push(nowMs - startedMs);
    }
  };
  await Promise.all(Array.from({ length: window }, (_, lane) => logins(lane)));
  return { pairs: latenciesMs.length, latencies: () => latenciesOf(latenciesMs) };
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
  const latenciesMs: number[] = [];
  const beganMs = performance.now();
  let next = 0;
  const lane = async () => {
    while (next < people) {
      const startedMs = performance.now();
      await login(client, next++);
      latenciesMs.push(performance.now() - startedMs);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return { tookMs: performance.now() - beganMs, ...latenciesOf(latenciesMs) };
}

function login(client: ConfigServerClient, person: number): Promise<unknown> {
  return client.authenticate({ userName: userNameOf(person), password: linkPassword });
}

function latenciesOf(latenciesMs: number[]): Latencies {
  const sorted = Float64Array.from(latenciesMs).sort();
  const roundedMs = (share: number) =>
    Math.round(100 * (sorted[Math.floor(share * sorted.length)] ?? 0)) / 100;
  return { p50Ms: roundedMs(0.5), p99Ms: roundedMs(0.99) };
}
