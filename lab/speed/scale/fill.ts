/** Fills the stores with what a large installation has in them, and weighs it: live tokens, sessions, revocations, contact centres. */
import { randomBytes, randomUUID } from 'node:crypto';
import { sha256 } from '@gatehouse/service-kit/crypto';
import { type ChainableCommander, Redis } from 'ioredis';
import pg from 'pg';
import { seedEstate } from '../../plans/estate-seed.ts';
import type { BenchStack } from '../bench-stack.ts';
import { targetOf } from '../login/sides.ts';
import { createLoginDriver } from '../login/whole-login.ts';
import { keysLike, usedMemory } from '../redis-contents.ts';

const full = {
  /** Half of them of persons, half of clients. */
  tokens: 1_000_000,
  sessions: 100_000,
  refreshTokens: 100_000,
  revocations: 100_000,
  contactCenters: 10_000,
  persons: 100_000,
};
export type Scale = typeof full;

export function scaleOf(share: number): Scale {
  return Object.fromEntries(
    Object.entries(full).map(([name, count]) => [name, Math.ceil(share * count)]),
  ) as Scale;
}

/** Mean bytes of one in Redis, with its key and its place in the tables of Redis. */
export type Weights = Record<'token of a person' | 'token of a client' | 'session' | 'refresh token', number>;

const lifeMs = 3_600_000;
const batchSize = 10_000;

/** Tokens and sessions that the stores hold now, to ask for at random. */
export interface Filled {
  weights: Weights;
  personTokens: readonly string[];
  clientTokens: readonly string[];
}

export async function fill(stack: BenchStack, scale: Scale): Promise<Filled> {
  const redis = new Redis(stack.redisUrl);
  const database = new pg.Client({ connectionString: stack.postgresUrl });
  await database.connect();
  /** Copies of what `make` leaves, byte by byte, under keys of the same form. */
  const copiesOf = async (kind: string, count: number, make: () => Promise<unknown>) => {
    const record = await newRecord(redis, kind, make);
    const before = await usedMemory(redis);
    const tokens = await copies(redis, record, count);
    return { tokens, weight: Math.round(((await usedMemory(redis)) - before) / count) };
  };
  try {
    const half = Math.ceil(scale.tokens / 2);
    const ofClients = await copiesOf('access', half, () => stack.token({ grant_type: 'client_credentials' }));
    const ofPersons = await copiesOf('access', half, () => stack.token(stack.login));
    const refresh = await copiesOf('refresh', scale.refreshTokens, () => refreshed(stack));
    const sessions = await copiesOf('session', scale.sessions, () => logInByPages(stack));
    await revocations(redis, database, scale.revocations);
    await seedEstate(database, scale.contactCenters);
    // Autovacuum and the checkpointer would do it while the costs are compared.
    await database.query('VACUUM');
    await database.query('CHECKPOINT');
    return {
      weights: {
        'token of a client': ofClients.weight,
        'token of a person': ofPersons.weight,
        'refresh token': refresh.weight,
        session: sessions.weight,
      },
      personTokens: ofPersons.tokens,
      clientTokens: ofClients.tokens,
    };
  } finally {
    redis.disconnect();
    await database.end();
  }
}

/** As it is after its first use, which adds fields. */
async function refreshed(stack: BenchStack): Promise<void> {
  const { refresh_token = '' } = await stack.token(stack.login);
  await stack.token({ grant_type: 'refresh_token', refresh_token });
}

async function logInByPages(stack: BenchStack): Promise<void> {
  const driver = createLoginDriver(targetOf(stack), 1);
  await driver.run().finally(() => driver.close());
}

/** The start of the key and the value of what is new. */
async function newRecord(redis: Redis, kind: string, make: () => Promise<unknown>) {
  const match = `*:${kind}:{*`;
  const before = new Set(await keysLike(redis, match));
  await make();
  const key = (await keysLike(redis, match)).find((one) => !before.has(one));
  const value = key === undefined ? null : await redis.dumpBuffer(key);
  if (key === undefined || value === null) throw new Error(`Redis has no new ${kind}`);
  const start = key.slice(0, key.indexOf('{') + 1);
  return { start, idLength: key.length - start.length - 1, value };
}

/** Returns the tokens: the key of each copy holds the digest of one. Sessions have shorter ids, so none belongs to theirs. */
async function copies(
  redis: Redis,
  { start, idLength, value }: Awaited<ReturnType<typeof newRecord>>,
  count: number,
): Promise<string[]> {
  const tokens: string[] = [];
  while (tokens.length < count) {
    const pipeline = redis.pipeline();
    for (const token of Array.from({ length: Math.min(count - tokens.length, batchSize) }, randomUUID)) {
      pipeline.restore(`${start}${sha256(token).slice(0, idLength)}}`, lifeMs, value);
      tokens.push(token);
    }
    await execute(pipeline);
  }
  return tokens;
}

/** @throws the first refusal */
async function execute(pipeline: ChainableCommander): Promise<void> {
  for (const [refusal] of (await pipeline.exec()) ?? []) if (refusal) throw refusal;
}

function randomDigest(): string {
  return randomBytes(32).toString('base64url');
}

/** In both stores, as the service keeps them. */
async function revocations(redis: Redis, database: pg.Client, count: number): Promise<void> {
  const atMs = Date.now();
  // The epoch beside it is there from the first start; the stream comes with the first revocation.
  const [epoch] = await keysLike(redis, '*cutoffs:epoch');
  if (epoch === undefined) throw new Error('Redis has no stream of revocations');
  const stream = epoch.slice(0, -':epoch'.length);
  for (let made = 0; made < count; made += batchSize) {
    const rows = Array.from({ length: Math.min(batchSize, count - made) }, (_, index) =>
      index % 2 === 0 ? { kind: 'sid', id: randomUUID() } : { kind: 'token', id: randomDigest() },
    );
    await database.query(
      `INSERT INTO auth.revocations (kind, id, not_before_ms, expires_at)
        SELECT kind, id, $3, now() + interval '1 day' FROM unnest($1::text[], $2::text[]) AS given (kind, id)`,
      [rows.map(({ kind }) => kind), rows.map(({ id }) => id), atMs],
    );
    const pipeline = redis.pipeline();
    for (const { kind, id } of rows) pipeline.xadd(stream, '*', 'kind', kind, 'id', id, 'at', String(atMs));
    await execute(pipeline);
  }
}
