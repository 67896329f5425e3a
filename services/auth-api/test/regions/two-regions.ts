/** Two regions of one installation: own Redis each, PostgreSQL and a streaming standby of it. */
import { setTimeout as delay } from 'node:timers/promises';
import { startPostgres, type TestPostgres } from '@gatehouse/testing/postgres';
import { startRedis } from '@gatehouse/testing/redis';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { postForm, type TestClient } from '../stack/oauth.ts';

export interface TwoRegions {
  /** Writes: its PostgreSQL is the primary. */
  writable: AuthApi;
  primary: TestPostgres;
  standby: TestPostgres;
  /** Starts a replica in the region of the standby. */
  startReadOnly(env?: Record<string, string>): Promise<AuthApi>;
  /** Resolves when the standby has what the primary has committed. */
  replicated(): Promise<void>;
  close(): Promise<void>;
}

const regions = { GATEHOUSE_WRITABLE_LOCATION: '/USW1' };

export async function startTwoRegions(): Promise<TwoRegions> {
  const primary = await startPostgres();
  const writable = await startAuthApi({
    env: { ...regions, GATEHOUSE_LOCATION: '/USW1', GATEHOUSE_POSTGRES_URL: primary.url },
  });
  const standby = await primary.startStandby();
  const redis = await startRedis({ persistent: true });
  const { hostname, port } = new URL(primary.url);
  return {
    writable,
    primary,
    standby,
    startReadOnly: (env = {}) =>
      startAuthApi({
        beside: writable,
        stores: { redis, database: standby },
        env: {
          ...regions,
          GATEHOUSE_LOCATION: '/EUW1',
          GATEHOUSE_POSTGRES_URL: standby.url,
          GATEHOUSE_POSTGRES_PRIMARY_HOST: hostname,
          GATEHOUSE_POSTGRES_PRIMARY_PORT: port,
          ...env,
        },
      }),
    async replicated() {
      const written = await primary.ask('pg_current_wal_insert_lsn()');
      while (!(await standby.ask(`pg_last_wal_replay_lsn() >= '${written}'`))) await delay(20);
    },
    async close() {
      await writable.close();
      await Promise.all([redis.close(), standby.close()]);
      await primary.close();
    },
  };
}

export async function isActive(stack: AuthApi, client: TestClient, text: string): Promise<unknown> {
  const answer = await postForm(stack, 'introspect', { token: text }, client);
  return answer.status === 200 ? answer.json<{ active: boolean }>().active : answer.status;
}
