/** Lists what Auth API does before it takes requests, each step named by what it needs. */
import type { StartStep } from '@gatehouse/service-kit/health/start';
import { assertMigrated } from '@gatehouse/service-kit/postgres/migrations';
import { pingRedis, untilRedisIsReady } from '@gatehouse/service-kit/redis/client';
import { type Deps, migrationsFolder } from './deps.ts';

export function startSteps(deps: Deps): StartStep[] {
  const { stores, revocation, keys, signals, sso, followed } = deps;
  return [
    { name: 'postgresql', run: () => assertMigrated(stores.pool, 'auth', migrationsFolder) },
    {
      name: 'redis',
      async run() {
        // A ping while it still connects would fail, and be followed by a pause.
        await untilRedisIsReady(stores.redis, 500);
        await pingRedis(stores.redis);
      },
    },
    // Nothing is issued before the time is known.
    { name: 'clock', run: deps.clock.start },
    { name: 'cut-offs', run: revocation.start },
    { name: 'signing-keys', run: keys.start },
    { name: 'signal-receivers', run: signals.start },
    { name: 'single-sign-on-keys', run: sso.start },
    // Not what ended: that is judged by the readiness check of the same name, for a bounded time.
    { name: 'changes', run: followed.start },
    {
      name: 'background-work',
      run() {
        for (const { start } of [deps.activity, deps.audit, deps.logout, deps.users]) start();
        // The standby of a read-only region is cleaned up by the writable one.
        if (deps.core.isWritable) deps.retention.start();
      },
    },
  ];
}
