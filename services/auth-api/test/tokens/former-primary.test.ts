import { createPool, type Pool } from '@gatehouse/service-kit/postgres';
import { createRedis, untilRedisIsReady } from '@gatehouse/service-kit/redis';
import { startTcpProxy } from '@gatehouse/testing/network';
import type { TestDatabase } from '@gatehouse/testing/postgres';
import { redisConfigOf, startRedis, type TestRedis } from '@gatehouse/testing/redis';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { createRevocations, type Revocations } from '../../src/records/revocation/revocations.ts';
import { createRevocationStream } from '../../src/records/revocation/stream.ts';
import { createRevocationTable } from '../../src/records/revocation/table.ts';
import { createAuthDatabase, postgresAt } from '../stack/database.ts';
import { silentLog as log } from '../stack/redis.ts';

const lifeMs = 1_000_000;
const nowMs = Date.now();
let database: TestDatabase;
let pool: Pool;
let first: TestRedis;
let second: TestRedis;
let closers: AsyncDisposableStack;

beforeAll(async () => {
  database = await createAuthDatabase();
  pool = createPool(postgresAt(database.url), { schema: 'auth', applicationName: 'test', log });
});
beforeEach(async () => {
  closers = new AsyncDisposableStack();
  [first, second] = await Promise.all([startRedis(), startRedis()]);
  for (const server of [first, second]) closers.defer(() => server.close());
  // It waits five seconds for other replicas otherwise.
  await (await connect(first.port, false)).call('CONFIG', 'SET', 'repl-diskless-sync-delay', '0');
});
afterEach(() => closers.disposeAsync());
afterAll(async () => {
  await pool?.end();
  await database?.close();
});

async function connect(port: number, blocking: boolean) {
  const url = `redis://127.0.0.1:${port}`;
  const client = createRedis(redisConfigOf({ url }, 500), { log, blocking });
  closers.defer(() => client.disconnect());
  await untilRedisIsReady(client);
  return client;
}

/** Its rounds come too late to help. */
async function startReplica(port: number, waitingPort = port): Promise<Revocations> {
  const revocations = createRevocations({
    stream: createRevocationStream(await connect(port, false), await connect(waitingPort, true), 'cutoffs'),
    table: createRevocationTable({ pool, lifeMs }),
    ...{ now: () => nowMs, trust: { isTrusted: true }, log, maxLifeMs: lifeMs, settleIntervalMs: 600_000 },
  });
  await revocations.start();
  closers.defer(() => revocations.close());
  return revocations;
}

const expectInForce = (revocations: Revocations, sub: string) =>
  expect.poll(() => revocations.isRevoked({ sub, issuedAtMs: nowMs - 1 }), { timeout: 1500 }).toBe(true);

/** @param port of the primary, or none: it takes over */
async function follow(server: TestRedis, port?: number): Promise<void> {
  const admin = await connect(server.port, false);
  await (port === undefined
    ? admin.call('REPLICAOF', 'NO', 'ONE')
    : admin.call('REPLICAOF', '127.0.0.1', port));
  const linked = async () => expect(await admin.info('replication')).toContain('master_link_status:up');
  if (port !== undefined) await vi.waitFor(linked, { timeout: 15_000 });
}

// attack: go on with a token whose revocation only the former primary took | ASVS 10.4.9 | guard: services/auth-api/src/records/revocation/follower.ts
it('what the former primary takes after a fail-over is in force where the new one is followed', async () => {
  await follow(second, first.port);
  let active = first;
  const address = await startTcpProxy(() => active.port);
  closers.defer(() => address.close());
  const [late, early] = [await startReplica(first.port), await startReplica(address.port)];
  await follow(second);
  active = second;
  address.breakAll();
  const admin = await connect(second.port, false);
  await vi.waitFor(async () => expect(await admin.client('LIST')).toMatch(/cmd=xread/), { timeout: 5000 });

  await late.revoke({ kind: 'sub', id: 'late' });

  await expectInForce(early, 'late');
});

// attack: use a revoked token at a replica that still follows a replaced primary | ASVS 10.4.9 | guard: services/auth-api/src/records/revocation/follower.ts
it('what the new primary takes is in force where the former one, which lost its replicas, is followed', async () => {
  await follow(second, first.port);
  const admin = await connect(first.port, false);
  await vi.waitFor(
    async () => expect(await admin.info('replication')).toMatch(/state=online.*lag=[01]/),
    5000,
  );
  const staying = await startReplica(first.port);
  await follow(second);
  const leaving = await startReplica(second.port);

  await leaving.revoke({ kind: 'sub', id: 'left' });

  await expectInForce(staying, 'left');
  expect(() => staying.assertFresh()).not.toThrow();
});

// attack: use a revoked token while one of two connections leads to the former primary | ASVS 10.4.9 | guard: services/auth-api/src/records/revocation/follower.ts
it('what one connection tells is read although the waiting one leads to the former primary', async () => {
  const divided = await startReplica(second.port, first.port);
  const whole = await startReplica(second.port);

  await whole.revoke({ kind: 'sub', id: 'divided' });

  await expectInForce(divided, 'divided');
});
