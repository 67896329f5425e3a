import type { Queryable } from '@gatehouse/service-kit/postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createUserCodes } from '../../../src/browser/approvals/user-codes.ts';
import { openRedis, type RedisForTests } from '../../stack/redis.ts';

let redis: RedisForTests;
beforeAll(async () => {
  redis = await openRedis();
});
afterAll(() => redis?.close());

/** Nobody has a code. */
const db = { query: async () => ({ rows: [] }) } as unknown as Queryable;

it('a code that was not compared for lack of room is no wrong try', async () => {
  const { verify } = createUserCodes({
    db,
    writer: db,
    ...redis,
    now: Date.now,
    concurrency: 1,
    isAlone: async () => false,
  });
  const tried = (sub: string) =>
    verify('wrong code', {
      person: { contactCenterId: 'c', sub },
      clientId: 'desk',
      clientAddress: '192.0.2.1',
    });

  const answers = await Promise.allSettled(
    Array.from({ length: 80 }, (_, person) => tried(`person ${person}`)),
  );

  const unanswered = answers.findIndex(({ status }) => status === 'rejected');
  expect(unanswered).toBeGreaterThan(-1);
  const again: boolean[] = [];
  // As many as cost no waiting.
  for (let tries = 0; tries < 3; tries += 1) again.push(await tried(`person ${unanswered}`));
  expect(again).toEqual([false, false, false]);
});
