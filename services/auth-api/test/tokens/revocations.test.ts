import { afterEach, describe, expect, it, vi } from 'vitest';
import { createRevocationMemory } from '../../src/records/revocation/memory.ts';
import type { Revocations, RevocationsOptions } from '../../src/records/revocation/revocations.ts';
import { createRevocationStream } from '../../src/records/revocation/stream.ts';
import { createRevocationTable } from '../../src/records/revocation/table.ts';
import { useRevocationStores } from './revocation-stores.ts';

const nowMs = Date.now();
const stores = useRevocationStores();

const startReplica = (
  key: string,
  monotonicMs?: () => number,
  changed: Partial<RevocationsOptions> = {},
): Promise<Revocations> =>
  stores.startReplica(key, {
    now: () => nowMs,
    maxLifeMs: 1_000_000,
    ...(monotonicMs === undefined ? {} : { monotonicMs }),
    ...changed,
  });

/** A waiting request waits for the read of Redis alone: how long it would wait is no matter of a busy machine. */
const stopPatience = () => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });

afterEach(() => {
  vi.useRealTimers();
});

describe('cut-offs', () => {
  it('are in force at once where they are raised, and on another replica within a second', async () => {
    const [here, there] = [await startReplica('a'), await startReplica('a')];

    await here.revoke({ kind: 'sub', id: 'user' });

    expect(here.isRevoked({ sub: 'user', issuedAtMs: nowMs - 1 })).toBe(true);
    await expect
      .poll(() => there.isRevoked({ sub: 'user', issuedAtMs: nowMs - 1 }), { timeout: 1000 })
      .toBe(true);
  });

  it('are known to a replica that starts later', async () => {
    const here = await startReplica('b');
    for (let index = 0; index < 30; index++) await here.revoke({ kind: 'family', id: `f${index}` });

    const later = await startReplica('b');

    expect(later.isRevoked({ familyId: 'f0', issuedAtMs: nowMs })).toBe(true);
    expect(later.isRevoked({ familyId: 'f29', issuedAtMs: nowMs })).toBe(true);
    expect(later.isRevoked({ familyId: 'f30', issuedAtMs: nowMs })).toBe(false);
  });

  it('of a subject or client end what was issued before, of a family or session everything', async () => {
    const revocations = await startReplica('c');
    await revocations.revoke({ kind: 'sub', id: 's' });
    await revocations.revoke({ kind: 'client', id: 'c' });
    await revocations.revoke({ kind: 'sid', id: 'i' });

    expect(revocations.isRevoked({ sub: 's', issuedAtMs: nowMs })).toBe(true);
    expect(revocations.isRevoked({ sub: 's', issuedAtMs: nowMs + 1 })).toBe(false);
    // A token that was made later from an older sign-in does not outrun the cut-off.
    expect(revocations.isRevoked({ sub: 's', issuedAtMs: nowMs + 1, authTimeMs: nowMs - 5 })).toBe(true);
    expect(revocations.isRevoked({ clientId: 'c', issuedAtMs: nowMs })).toBe(true);
    expect(revocations.isRevoked({ clientId: 'c', issuedAtMs: nowMs + 1 })).toBe(false);
    expect(revocations.isRevoked({ sid: 'i', issuedAtMs: nowMs + 1_000 })).toBe(true);
    expect(revocations.isRevoked({ sub: 'other', clientId: 'other', issuedAtMs: 0 })).toBe(false);
  });

  it('leave the stream when no token can be that old', async () => {
    const revocations = await startReplica('d');
    const redis = await stores.connect(false);
    const oldId = `${nowMs - 5_000_000}-0`;
    for (let index = 0; index < 200; index++) {
      await redis.xadd('d', `${nowMs - 5_000_000 + index}-0`, 'kind', 'sub', 'id', 'old', 'at', '1');
    }

    await revocations.revoke({ kind: 'sub', id: 'new' });

    expect(await redis.xrange('d', oldId, oldId)).toHaveLength(0);
  });

  it('are not kept in a Redis that may drop them', async () => {
    const redis = await stores.connect(false);
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    try {
      await expect(startReplica('f')).rejects.toThrow('set it to noeviction');
    } finally {
      await redis.config('SET', 'maxmemory-policy', 'noeviction');
    }
  });

  it('69: refuse to judge when the replica is more than a second behind, and recover', async () => {
    let clock = 0;
    const revocations = await startReplica('e', () => clock);
    expect(() => revocations.assertFresh()).not.toThrow();

    await stores.server.stop();
    clock += 1_001;
    expect(() => revocations.assertFresh()).toThrow(expect.objectContaining({ status: 503 }));
    await expect(revocations.untilFresh()).rejects.toMatchObject({ status: 503 });
    // It is in PostgreSQL, so it is in force; the caller is told that other replicas do not know it yet.
    await expect(revocations.revoke({ kind: 'sub', id: 'x' })).rejects.toMatchObject({ status: 503 });
    expect(revocations.isRevoked({ sub: 'x', issuedAtMs: 0 })).toBe(true);

    await stores.server.start();
    await expect
      .poll(
        () => {
          try {
            revocations.assertFresh();
            return 'fresh';
          } catch {
            return 'stale';
          }
        },
        { timeout: 10_000 },
      )
      .toBe('fresh');
    expect(await revocations.untilFresh()).toBeUndefined();
  });

  it('give a replica that only stumbled a moment to catch up', async () => {
    let clock = 0;
    const revocations = await startReplica('g', () => clock);

    stopPatience();
    clock += 5_000;

    await expect(revocations.untilFresh()).resolves.toBeUndefined();
    expect(await revocations.untilFresh()).toBeUndefined();
  });

  it('are judged again at once after the process stood still', async () => {
    const revocations = await startReplica('h');

    stopPatience();
    standStill(1_500);

    await expect(revocations.untilFresh()).resolves.toBeUndefined();
  });

  it('that came while a replica could not read are known before it judges again', async () => {
    const [here, there] = [await startReplica('i'), await startReplica('i')];
    const redis = await stores.connect(false);
    await redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');

    await expect
      .poll(() =>
        here.revoke({ kind: 'sub', id: 'user' }).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
    await expect.poll(() => there.isRevoked({ sub: 'user', issuedAtMs: nowMs - 1 })).toBe(true);
  });

  it('of every contact centre spare what belongs to none, and are forgotten when no token can be that old', async () => {
    const memory = createRevocationMemory();
    const everyOne = { kind: 'contact-center' as const, id: '*', atMs: 10 };
    memory.add(everyOne);
    memory.add({ ...everyOne, id: 'ended' });
    expect(memory.isRevoked({ clientId: 'bound', contactCenterIds: ['some'], issuedAtMs: 9 })).toBe(true);
    expect(memory.isRevoked({ clientId: 'our-own', contactCenterIds: [], issuedAtMs: 9 })).toBe(false);

    memory.prune(11);

    expect([memory.hasEnded('some'), memory.hasEnded('ended')]).toEqual([false, true]);
    await createRevocationTable({ pool: stores.pool, lifeMs: 1_000_000 }).save([
      { ...everyOne, atMs: nowMs },
    ]);
    const { rows } = await stores.pool.query(
      `SELECT expires_at - greatest(clock_timestamp(), to_timestamp($1 / 1000.0)) > interval '990 seconds' AS is_kept
        FROM auth.revocations WHERE id = '*'`,
      [nowMs],
    );
    expect(rows).toEqual([{ is_kept: true }]);
  });

  // attack: have a replica whose clock was ahead at its start forget who is revoked | CWE-367, OWASP ASVS 7.4.2 | guard: services/auth-api/src/records/revocation/writer.ts
  it('are remembered by a replica whose clock is ahead, and forgotten when the list has deleted them', async () => {
    const settings = { settleIntervalMs: 20, retentionIntervalMs: 20 };
    let rounds = 0;
    const table = createRevocationTable({ pool: stores.pool, lifeMs: 1_000_000 });
    const ahead = await startReplica('ahead', undefined, {
      ...settings,
      now: () => Date.now() + 100 * 86_400_000,
      table: {
        ...table,
        removedUntilMs: async () => {
          rounds += 1;
          return table.removedUntilMs();
        },
      },
    });
    const here = await startReplica('ahead', undefined, settings);
    const issuedAtMs = nowMs - 1;
    await here.revoke({ kind: 'sub', id: 'remembered' });
    const isRevoked = () => ahead.isRevoked({ sub: 'remembered', issuedAtMs });
    await expect.poll(isRevoked, { timeout: 1000 }).toBe(true);
    const seen = rounds;
    await expect.poll(() => rounds, { timeout: 5000 }).toBeGreaterThan(seen + 2);
    expect(isRevoked()).toBe(true);

    const shortLived = await startReplica('ahead', undefined, { ...settings, maxLifeMs: 1 });
    await expect
      .poll(() => shortLived.isRevoked({ sub: 'remembered', issuedAtMs }), { timeout: 5000 })
      .toBe(false);
  });

  // attack: go on with a revoked token after an unnoticed fail-over of Redis | ASVS 10.4.9 | guard: services/auth-api/src/records/revocation/stream-reader.ts
  it('that another process of Redis lacks are read from the list, though no read failed', async () => {
    const stream = createRevocationStream(await stores.connect(false), await stores.connect(true), 'j');
    let node = 'one';
    const revocations = await startReplica('j', undefined, {
      stream: { ...stream, history: async () => ({ ...(await stream.history()), node }) },
      settleIntervalMs: 600_000,
    });
    await createRevocationTable({ pool: stores.pool, lifeMs: 1_000_000 }).save([
      { kind: 'sub', id: 'failed-over', atMs: nowMs },
    ]);

    node = 'two';

    await expect
      .poll(() => revocations.isRevoked({ sub: 'failed-over', issuedAtMs: nowMs - 1 }), { timeout: 1000 })
      .toBe(true);
  });

  // attack: present a revoked token while a replica reads what it missed | ASVS 10.4.9 | guard: services/auth-api/src/records/revocation/follower.ts
  it('are complete only when the last page of what was missed is read', async () => {
    const stream = createRevocationStream(await stores.connect(false), await stores.connect(true), 'l');
    const lastPage = Promise.withResolvers<void>();
    const entryOf = (index: number, id: string) => {
      return { id: `${nowMs + index}-0`, revocation: { kind: 'sub' as const, id, atMs: nowMs } };
    };
    let clockMs = 0;
    let isCut = false;
    let newest = {};
    let pages = 0;
    const replica = await startReplica('l', () => clockMs, {
      stream: {
        ...stream,
        history: async () => ({ ...(await stream.history()), ...newest }),
        async wait(after, count, blockMs) {
          if (!isCut) return stream.wait(after, count, blockMs);
          clockMs += 2000;
          throw new Error('the connection broke');
        },
        async read(after, count) {
          if (!isCut) return stream.read(after, count);
          pages += 1;
          newest = { lastId: entryOf(count, 'late').id };
          if (pages === 1) return Array.from({ length: count }, (_, index) => entryOf(index, `l${index}`));
          await lastPage.promise;
          isCut = false;
          return [entryOf(count, 'late')];
        },
      },
    });

    isCut = true;
    await expect.poll(() => pages, { timeout: 5000 }).toBe(2);
    expect(() => replica.assertFresh()).toThrow();

    lastPage.resolve();
    await expect.poll(() => replica.isRevoked({ sub: 'late', issuedAtMs: nowMs - 1 })).toBe(true);
    await replica.untilFresh();
  });

  // attack: present a token that is revoked behind thousands of others | ASVS 10.4.9 | guard: services/auth-api/src/records/revocation/stream-reader.ts
  it('are not complete when more came at once than one page holds', async () => {
    const stream = createRevocationStream(await stores.connect(false), await stores.connect(true), 'm');
    const lastPage = Promise.withResolvers<void>();
    const entryOf = (index: number, id: string) => {
      return { id: `${nowMs + index}-0`, revocation: { kind: 'sub' as const, id, atMs: nowMs } };
    };
    let clockMs = 0;
    let isFlooded = false;
    let isReading = false;
    let newest = {};
    const replica = await startReplica('m', () => clockMs, {
      stream: {
        ...stream,
        history: async () => ({ ...(await stream.history()), ...newest }),
        async wait(after, count, blockMs) {
          if (!isFlooded) return stream.wait(after, count, blockMs);
          if (isReading) await lastPage.promise;
          isReading = true;
          newest = { lastId: entryOf(count, 'late').id };
          clockMs += 2000;
          return Array.from({ length: count }, (_, index) => entryOf(index, `m${index}`));
        },
        async read(after, count) {
          if (!isFlooded) return stream.read(after, count);
          await lastPage.promise;
          isFlooded = false;
          return [entryOf(count, 'late')];
        },
      },
    });

    isFlooded = true;
    await expect.poll(() => replica.isRevoked({ sub: 'm0', issuedAtMs: nowMs - 1 })).toBe(true);
    await expect(replica.untilFresh()).rejects.toThrow();

    lastPage.resolve();
    await expect.poll(() => replica.isRevoked({ sub: 'late', issuedAtMs: nowMs - 1 })).toBe(true);
    await replica.untilFresh();
  });

  // attack: keep the database busy by revoking rubbish | ASVS 2.4.1 | guard: services/auth-api/src/records/revocation/rounds.ts
  it('are looked for in PostgreSQL at most once a second, however many requests have nothing to end', async () => {
    const redis = await stores.connect(false);
    const table = createRevocationTable({ pool: stores.pool, lifeMs: 1_000_000 });
    let rounds = 0;
    const revocations = await startReplica('k', undefined, {
      table: {
        ...table,
        moment() {
          rounds += 1;
          return table.moment();
        },
      },
      settleIntervalMs: 600_000,
    });
    const atStart = rounds;
    const startedMs = performance.now();

    for (const id of ['k1', 'k2', 'k3']) {
      await redis.xadd('k', '*', 'kind', 'sub', 'id', id, 'at', String(nowMs));
      await expect.poll(() => revocations.isRevoked({ sub: id, issuedAtMs: nowMs - 1 })).toBe(true);
      await Promise.all([revocations.settled(), revocations.settled()]);
    }

    const seconds = (performance.now() - startedMs) / 1000;
    expect(rounds - atStart).toBeLessThanOrEqual(1 + Math.floor(seconds));
    const { rows } = await stores.pool.query(
      "SELECT id FROM auth.revocations WHERE id IN ('k1', 'k2', 'k3')",
    );
    expect(rows).toHaveLength(3);
  });

  // attack: present a revoked token after PostgreSQL was restored from an older copy | ASVS 10.4.9 | guard: services/auth-api/src/records/revocation/list-reader.ts
  it('that a restored PostgreSQL lacks are written to it again by a replica that knows them', async () => {
    const replica = await startReplica('m', undefined, { settleIntervalMs: 100 });
    await replica.revoke({ kind: 'sub', id: 'of-the-copy' });
    await stores.pool.query("CREATE TABLE older AS SELECT * FROM auth.revocations WHERE id = 'of-the-copy'");
    await replica.revoke({ kind: 'sub', id: 'newer' });

    await stores.pool.query(
      'BEGIN; TRUNCATE auth.revocations; INSERT INTO auth.revocations TABLE older; COMMIT',
    );

    const kept = async () =>
      (
        await stores.pool.query(
          "SELECT id FROM auth.revocations WHERE id IN ('of-the-copy', 'newer') ORDER BY id",
        )
      ).rows;
    await expect.poll(kept, { timeout: 5000 }).toEqual([{ id: 'newer' }, { id: 'of-the-copy' }]);
    // Redis is lost too: only PostgreSQL tells the next one.
    await (await stores.connect(false)).del('m', 'm:epoch');
    const later = await startReplica('m');
    expect(later.isRevoked({ sub: 'newer', issuedAtMs: nowMs - 1 })).toBe(true);
  });
});

/** Nothing else happens in this process meanwhile. */
function standStill(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

it('the table forgets a revocation when no token can be older, and no sooner', async () => {
  const table = createRevocationTable({ pool: stores.pool, lifeMs: 1_000_000 });
  await table.save([
    { kind: 'client', id: 'kept', atMs: nowMs },
    { kind: 'client', id: 'gone', atMs: nowMs },
  ]);
  const age = (id: string, ms: number) =>
    stores.pool.query('UPDATE auth.revocations SET expires_at = expires_at - $2::interval WHERE id = $1', [
      id,
      `${ms} milliseconds`,
    ]);
  await age('kept', 900_000);
  await age('gone', 1_000_000);
  expect(await table.removeExpired()).toBe(false);
  const { rows } = await stores.pool.query(`SELECT id FROM auth.revocations WHERE id IN ('kept', 'gone')`);
  expect(rows).toEqual([{ id: 'kept' }]);
});

it('a client that is called like a field of the stream is revoked like others', async () => {
  const [one, other] = [await startReplica('names'), await startReplica('names')];
  for (const clientId of ['at', 'id', 'kind']) {
    await one.revoke({ kind: 'client', id: clientId });
    await expect.poll(() => other.isRevoked({ clientId, issuedAtMs: nowMs - 1 })).toBe(true);
  }
});
