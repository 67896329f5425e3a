/** What a clock that ran ahead has left in the stores: a release before stamped revocations and tokens by it. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Revocable, RevocationKind } from '../../src/records/revocation/revocation.ts';
import type { Revocations } from '../../src/records/revocation/revocations.ts';
import { useRevocationStores } from './revocation-stores.ts';

const day = 86_400_000;
const lifeMs = 90 * day;
/** How far ahead the clock was. */
const aheadMs = 400 * day;
const nowMs = Date.now();

const stores = useRevocationStores();
let streams = 0;
beforeEach(async () => {
  await stores.pool.query('TRUNCATE auth.revocations');
});

/** A release before wrote it so long ago, by a clock that was ahead. */
interface Written {
  id: string;
  agoMs: number;
  kind?: RevocationKind;
}

const kept = {
  async PostgreSQL({ id, agoMs, kind = 'sub' }: Written): Promise<string> {
    await stores.pool.query(
      `INSERT INTO auth.revocations (kind, id, not_before_ms, expires_at, written_at)
        VALUES ($1, $2, $3, to_timestamp($4 / 1000.0), to_timestamp($5 / 1000.0))`,
      [kind, id, nowMs - agoMs + aheadMs, nowMs - agoMs + aheadMs + lifeMs, nowMs - agoMs],
    );
    return `empty-${++streams}`;
  },
  async stream({ id, agoMs, kind = 'sub' }: Written): Promise<string> {
    const key = `written-${++streams}`;
    const redis = await stores.connect(false);
    const at = String(nowMs - agoMs + aheadMs);
    await redis.xadd(key, `${nowMs - agoMs}-0`, 'kind', kind, 'id', id, 'at', at);
    return key;
  },
};

async function startReplica(key: string, now = () => nowMs): Promise<Revocations> {
  const revocations = await stores.startReplica(key, { now, maxLifeMs: lifeMs });
  revocations.recordEndsKnown();
  return revocations;
}

const of = (sub: string, issuedAtMs: number): Revocable => ({ sub, issuedAtMs });

async function isOutAfterTwoDays(write: (written: Written) => Promise<string>): Promise<void> {
  const revocations = await startReplica(await write({ id: 'person', agoMs: 2 * day }));
  const isRevoked = (issuedAtMs: number) => revocations.isRevoked(of('person', issuedAtMs));
  expect(isRevoked(nowMs)).toBe(false);
  // What was issued before it, and within a day after it, is revoked.
  expect([isRevoked(nowMs - 3 * day), isRevoked(nowMs - 1.5 * day)]).toEqual([true, true]);
}

describe('a revocation of a clock that was ahead for months', () => {
  // attack: not-before of the future in PostgreSQL, which keeps a person out for months | ASVS 7.4.1, CWE-613 | guard: services/auth-api/src/records/revocation/table.ts
  it('keeps nobody out for longer than a day, read from PostgreSQL', () =>
    isOutAfterTwoDays(kept.PostgreSQL));

  // attack: not-before of the future on the stream, which keeps a person out for months | ASVS 7.4.1, CWE-613 | guard: services/auth-api/src/records/revocation/stream-reader.ts
  it('keeps nobody out for longer than a day, read from the stream', () => isOutAfterTwoDays(kept.stream));

  it.each(Object.entries(kept))(
    'lets people of a contact centre in again that ended by it: %s',
    async (_name, write) => {
      const revocations = await startReplica(
        await write({ kind: 'contact-center', id: 'place', agoMs: 2 * day }),
      );
      const issuedAt = (issuedAtMs: number) =>
        revocations.isRevoked({ sub: 'person', contactCenterIds: ['place'], issuedAtMs });
      expect([issuedAt(nowMs), issuedAt(nowMs - 3 * day)]).toEqual([false, true]);
    },
  );

  it('keeps nobody out for longer than a day where the clock of PostgreSQL was ahead as well', async () => {
    const key = await kept.PostgreSQL({ id: 'person', agoMs: -aheadMs });
    let later = 0;
    const revocations = await startReplica(key, () => nowMs + later);
    expect(revocations.isRevoked(of('person', nowMs))).toBe(true);
    later = 1.1 * day;
    expect(revocations.isRevoked(of('person', nowMs + later))).toBe(false);
  });

  // attack: revoked token of a clock that ran ahead for months | ASVS 7.4.1, CWE-613 | guard: services/auth-api/src/records/revocation/revocations.ts
  it.each(Object.entries(kept))('ends what was issued by the same clock: %s', async (_name, write) => {
    const revocations = await startReplica(await write({ id: 'person', agoMs: 2 * day }));
    const issuedAtMs = nowMs - 2 * day + aheadMs - 60_000;
    expect(revocations.isRevoked(of('person', issuedAtMs))).toBe(true);
    // By nothing else than its time.
    expect(
      revocations.isRevoked({ clientId: 'application', issuedAtMs: nowMs, heldSinceMs: issuedAtMs }),
    ).toBe(true);
    expect(revocations.isRevoked(of('somebody', nowMs + 1_000))).toBe(false);
  });

  // attack: revocation that a not-before of the future keeps out of PostgreSQL | ASVS 7.4.1, CWE-613 | guard: services/auth-api/src/records/revocation/table.ts
  it('does not stand in for a later one, also when Redis has lost that', async () => {
    const key = await kept.PostgreSQL({ id: 'person', agoMs: 2 * day });
    const revocations = await startReplica(key);
    await revocations.revoke({ kind: 'sub', id: 'person' });
    expect(revocations.isRevoked(of('person', nowMs))).toBe(true);
    const next = await startReplica(`empty-${++streams}`);
    expect(next.isRevoked(of('person', nowMs))).toBe(true);
    expect(next.isRevoked(of('person', nowMs + 1))).toBe(false);
  });
});
