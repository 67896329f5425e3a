/** Knows which revocations are not in both stores yet, and which store lacks them. */
import { AppError } from '@gatehouse/service-kit/errors';
import type { Revocation } from './revocation.ts';
import { keyOf } from './table.ts';

/**
 * The stores that are known to have a revocation: neither, the stream of Redis alone, the list of PostgreSQL alone, or both.
 * A replica knows nothing of a store that did not answer, or whose transaction may be rolled back.
 */
export type Reached = 'neither' | 'stream' | 'list' | 'both';

export interface Unsettled {
  revocation: Revocation;
  reached: Exclude<Reached, 'both'>;
}

export function createUnsettled() {
  const open = new Map<string, Unsettled>();
  // A start asks about many thousands one by one: no key is put together where nothing is unsettled.
  const find = (one: Revocation) => (open.size === 0 ? undefined : open.get(keyOf(one)));

  function record(revocation: Revocation, reached: Reached): void {
    const known = find(revocation);
    // A newer revocation of the same thing counts for both: an older one adds nothing to it.
    if (known !== undefined && known.revocation.atMs > revocation.atMs) return;
    const isRepeated = known !== undefined && known.revocation.atMs === revocation.atMs;
    const all = isRepeated ? together(known.reached, reached) : reached;
    const key = keyOf(revocation);
    if (all === 'both') open.delete(key);
    else open.set(key, { revocation, reached: all });
  }

  return {
    record,
    /** The list has the revocation, or a newer one of the same thing. */
    recordListed(row: Revocation): void {
      const known = find(row);
      if (known !== undefined && known.revocation.atMs <= row.atMs) record(known.revocation, 'list');
    },
    /** The list was restored from an older copy, and lacks the revocation. */
    recordUnlisted(revocation: Revocation): void {
      const known = find(revocation);
      if (known?.reached === 'list' && known.revocation.atMs === revocation.atMs) known.reached = 'neither';
      else record(revocation, 'stream');
    },
    /** The stream may have lost every entry. */
    recordStreamLost(): void {
      for (const one of open.values()) one.reached = one.reached === 'list' ? 'list' : 'neither';
    },
    has: (one: Revocation) => find(one) !== undefined,
    isStreamed: (one: Revocation) => find(one)?.reached === 'stream',
    isEmpty: () => open.size === 0,
    all: (): readonly Unsettled[] => [...open.values()],
  };
}

/** The stores that have a revocation of which two facts are known. */
function together(one: Reached, other: Reached): Reached {
  if (one === other || other === 'neither') return one;
  return one === 'neither' ? other : 'both';
}

/** Refuses to acknowledge a revocation that is in force, because one store does not have it yet. */
export class RevocationUnsettled extends AppError {
  constructor(store: string, cause: unknown) {
    super('temporarily_unavailable', 503, 'It is in force, but not kept everywhere yet; try again', {
      retryAfterSeconds: 1,
      detail: `${store} is unavailable: the revocation is carried over later, and may be repeated`,
      cause,
    });
  }
}

/** Waits for a revocation; resolves with the reason why one that is in force cannot be acknowledged yet. */
export function reasonUnsettled(revoking: Promise<void>): Promise<RevocationUnsettled | undefined> {
  return revoking.then(
    () => undefined,
    (error) => {
      if (error instanceof RevocationUnsettled) return error;
      throw error;
    },
  );
}
