/** Defines what an exchange between two releases is, and how the answers of either are read. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Answer, Http } from '../../harness/http.ts';
import type { Addresses } from '../../harness/service-http.ts';

/** One of the two releases. */
export interface Side {
  http: Http;
  addresses: Addresses;
}

export type Exchange = ReturnType<typeof exchange>;

/** A change reaches the other release by Redis, or by asking again. */
const patienceMs = 10_000;

export function exchange<T>(
  what: string,
  issue: (at: Side) => Promise<T>,
  accept: (at: Side, issued: T) => Promise<unknown>,
) {
  return {
    what,
    /** @throws Error that says what was refused */
    try: async (issuer: Side, acceptor: Side) => accept(acceptor, await issue(issuer)),
  };
}

/** The body. @throws Error with an answer that is no success */
export function right({ status, body, error }: Answer): Record<string, unknown> {
  if (status !== 200 && status !== 201)
    throw new Error(`answered ${status} ${error ?? JSON.stringify(body)}`);
  return body ?? {};
}

export function text(value: unknown): string {
  if (typeof value !== 'string') throw new Error('the answer does not have what was asked for');
  return value;
}

export function must(isSo: boolean): void {
  if (!isSo) throw new Error('it is not accepted');
}

export async function soon(isSo: () => Promise<boolean>, seen = () => ''): Promise<void> {
  for (const startMs = performance.now(); !(await isSo()); await wait(200))
    if (performance.now() - startMs > patienceMs)
      throw new Error(`not within ${patienceMs / 1_000} s ${seen()}`.trim());
}
