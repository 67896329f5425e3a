/** Reads what the stores have done and hold: commands, transactions, connections, and bytes of each kind of key. */
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { BenchStack } from '../bench-stack.ts';
import { keysLike, usedMemory } from '../redis-contents.ts';

/** Commands of this bench and of connections, not of requests. */
const own = /^(info|config|client|hello|ping|select|auth|command|scan|memory|type)/;
/** A backend of PostgreSQL reports its figures once a second. */
const reportMs = 1_200;
const sampledKeys = 300;

export interface Work {
  commands: ReadonlyMap<string, number>;
  transactions: number;
}

export interface KindOfKey {
  keys: number;
  bytes: number;
}

export async function openStores({ redisUrl, postgresUrl }: BenchStack) {
  const redis = new Redis(redisUrl);
  const database = new pg.Client({ connectionString: postgresUrl });
  await database.connect();
  return {
    async work(): Promise<Work> {
      await wait(reportMs);
      const stats = await redis.info('commandstats');
      const commands = new Map<string, number>();
      for (const [, name = '', calls] of stats.matchAll(/cmdstat_([^:]+):calls=(\d+)/g))
        if (!own.test(name)) commands.set(name, Number(calls));
      const { rows } = await database.query(
        'SELECT xact_commit + xact_rollback AS done FROM pg_stat_database WHERE datname = current_database()',
      );
      return { commands, transactions: Number(rows[0].done) };
    },
    async connections() {
      const clients =
        String(await redis.client('LIST'))
          .trim()
          .split('\n').length - 1;
      const { rows } = await database.query(
        `SELECT count(*)::int AS open FROM pg_stat_activity WHERE application_name = 'gatehouse-auth-api'`,
      );
      return { redis: clients, postgres: rows[0].open as number };
    },
    usedMemory: () => usedMemory(redis),
    /** How many keys of each kind there are, and the mean bytes of one with its value. */
    async kinds(): Promise<Record<string, KindOfKey>> {
      const sizes = new Map<string, { keys: number; sampled: number[] }>();
      for (const key of await keysLike(redis, 'gatehouse*:{*')) {
        const kind = key.slice(0, key.indexOf(':{')).split(':').slice(1).join(':');
        const known = sizes.get(kind) ?? { keys: 0, sampled: [] };
        known.keys += 1;
        // All fields of a hash: of five, one large one would be missed or be taken for all.
        if (known.sampled.length < sampledKeys)
          known.sampled.push((await redis.memory('USAGE', key, 'SAMPLES', 0)) ?? 0);
        sizes.set(kind, known);
      }
      const mean = (values: number[]) =>
        Math.round(values.reduce((sum, one) => sum + one, 0) / values.length);
      return Object.fromEntries(
        [...sizes].sort().map(([kind, { keys, sampled }]) => [kind, { keys, bytes: mean(sampled) }]),
      );
    },
    async close(): Promise<void> {
      redis.disconnect();
      await database.end();
    },
  };
}

export function commandsBetween(before: Work, after: Work): Map<string, number> {
  const done = [...after.commands].map(
    ([name, calls]) => [name, calls - (before.commands.get(name) ?? 0)] as const,
  );
  return new Map(done.filter(([, calls]) => calls > 0).sort(([, one], [, other]) => other - one));
}
