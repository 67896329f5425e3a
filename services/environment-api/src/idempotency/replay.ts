/** Runs a POST once per `Idempotency-Key` and gives a repeated request the first answer. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { type SecretBox, sha256 } from '@gatehouse/service-kit/crypto';
import { AppError, badRequest } from '@gatehouse/service-kit/errors';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { Caller } from '../access/caller.ts';
import * as store from './store.ts';

/**
 * The key of a request, and the digest that tells a repetition from another request. It is kept under the seal alone: a request
 * may hold a password, which could be guessed by its digest.
 */
export interface KeyedRequest {
  key: string;
  digest: string;
}

export type Replay = ReturnType<typeof createReplay>;

const keyForm = /^[\x21-\x7e]{1,255}$/;

/** Undefined without the header. @throws AppError 400 for a malformed key */
export function keyedRequestOf(request: {
  method: string;
  url: string;
  headers: Record<string, string | string[] | undefined>;
  body?: unknown;
}): KeyedRequest | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined || request.method !== 'POST') return undefined;
  if (typeof key !== 'string' || !keyForm.test(key)) {
    throw badRequest('Idempotency-Key must have 1 to 255 visible ASCII characters, such as a UUID', {
      field: 'Idempotency-Key',
    });
  }
  return { key, digest: sha256(JSON.stringify([request.method, request.url, request.body ?? null])) };
}

/** The place that the seal of a stored answer is bound to. */
export function outcomePlace(owner: string, key: string) {
  return { table: 'environment.idempotent_requests', row: `${owner}/${key}`, column: 'outcome' };
}

export function createReplay({ secretBox, now }: { secretBox: SecretBox; now: Clock }) {
  return {
    /** Runs the work in the transaction of `db`, or returns the result of the first time. @throws AppError 422 */
    async once<T>(
      db: Queryable,
      caller: Caller,
      { key, digest }: KeyedRequest,
      work: () => Promise<T>,
    ): Promise<T> {
      const owner = ownerOf(caller);
      const place = outcomePlace(owner, key);
      const first = await store.takeKey(db, { caller: owner, key, nowMs: now() });
      if (first) {
        const kept = JSON.parse(secretBox.open(first.outcome, place).toString('utf8'));
        if ((kept.digest ?? first.digest) !== digest) throw keyReused(key);
        return kept.value;
      }
      const value = await work();
      await store.saveOutcome(db, owner, key, secretBox.seal(JSON.stringify({ digest, value }), place));
      await store.deleteExpired(db, now());
      return value;
    },
  };
}

/** A `sub` alone may be that of several people. Keys that the release before kept for people are found no more: they last a day. */
function ownerOf({ kind, name, contactCenterId }: Caller): string {
  return [kind, contactCenterId, name].filter((part) => part !== undefined).join(':');
}

function keyReused(key: string): AppError {
  return new AppError(
    'idempotency_key_reused',
    422,
    `The Idempotency-Key ${JSON.stringify(key)} came with another request within the last 24 hours: choose a new key for a new request`,
    { field: 'Idempotency-Key' },
  );
}
