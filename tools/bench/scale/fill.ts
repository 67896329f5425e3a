/** Fills the stores with what a large installation has in them: live tokens, sessions, contact centres. */
import { randomBytes } from 'node:crypto';
import { seedEstate } from '@gatehouse/tools/estate-seed';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { BenchStack } from '../bench-stack.ts';

export const scale = { tokens: 1_000_000, sessions: 100_000, contactCenters: 10_000 };

const lifeMs = 3_600_000;
const batchSize = 10_000;
/** As long as the record of a browser session. */
const sessionBytes = 700;

export async function fill(stack: BenchStack): Promise<void> {
  const redis = new Redis(stack.redisUrl);
  const database = new pg.Client({ connectionString: stack.postgresUrl });
  await database.connect();
  try {
    await stack.token({ grant_type: 'client_credentials' });
    const token = await anyKey(redis, '*access*');
    // A copy of a real one, byte by byte, under keys of the same form.
    const record = await redis.dumpBuffer(token);
    if (record === null) throw new Error(`${token} is gone`);
    await copies(redis, token, record, scale.tokens);
    const session = token.replace('access', 'session');
    await redis.set(session, 'x'.repeat(sessionBytes));
    const sessionRecord = await redis.dumpBuffer(session);
    if (sessionRecord) await copies(redis, session, sessionRecord, scale.sessions);
    await seedEstate(database, scale.contactCenters);
  } finally {
    redis.disconnect();
    await database.end();
  }
}

async function anyKey(redis: Redis, pattern: string): Promise<string> {
  for (let cursor = '0'; ; ) {
    const [next, [key]] = await redis.scan(cursor, 'MATCH', pattern, 'COUNT', 1000);
    if (key !== undefined) return key;
    if (next === '0') throw new Error(`Redis has no key like ${pattern}`);
    cursor = next;
  }
}

async function copies(redis: Redis, key: string, record: Buffer, count: number): Promise<void> {
  // Where the digest is, a random one comes.
  const start = key.slice(0, -43);
  for (let made = 0; made < count; made += batchSize) {
    const pipeline = redis.pipeline();
    for (let index = 0; index < batchSize; index += 1) {
      pipeline.restore(`${start}${randomBytes(32).toString('base64url')}`, lifeMs, record);
    }
    await pipeline.exec();
  }
}
