/** Runs the Environment API process. */

import { shipLogs } from '@gatehouse/audit-trail/shipping/log-shipping';
import { runService } from '@gatehouse/service-kit/http';
import { assertMigrated, pingPostgres } from '@gatehouse/service-kit/postgres';
import { untilRedisIsReady } from '@gatehouse/service-kit/redis';
import { buildApp, buildInternalApp } from './app.ts';
import { checkRelease } from './check-release.ts';
import { configuration } from './config.ts';
import { createDeps } from './deps.ts';
import { migrateDatabase, migrationsFolder, schema } from './migrate.ts';
import { describeApp } from './openapi.ts';

await runService({
  configuration,
  shipLogs,
  packageUrl: new URL('../package.json', import.meta.url),
  createDeps,
  closeDeps: (deps) => deps.close(),
  buildApp,
  buildInternalApp,
  checkRelease,
  startSteps: ({ clock, pool, redis }) => [
    { name: 'postgresql', run: () => assertMigrated(pool, schema, migrationsFolder) },
    // Not needed, but the first requests should not meet one that still connects.
    { name: 'redis', run: () => untilRedisIsReady(redis, 500) },
    { name: 'clock', run: clock.start },
  ],
  // Without Redis, changes are announced a few seconds later, which is no reason to refuse requests.
  readinessChecks: ({ clock, pool, diagnosis }) => [
    { name: 'postgresql', check: () => pingPostgres(pool) },
    clock.readinessCheck,
    ...diagnosis.advisoryChecks,
  ],
  migrate: async (config, log) => {
    await migrateDatabase(config.postgres, log);
  },
  commands: {
    // Run it when the new key is the first one of every replica; the old key may be removed when nothing remains.
    reencrypt: async ({ reencrypt, audit }, log) => {
      const { sealed, remaining } = await reencrypt();
      log.info({ days: await audit.worker.reseal() }, 'the seals of the audit trail have the active key');
      log.info(
        { sealed, remaining },
        remaining === 0 ? 'every secret has the active key' : 'run the command again',
      );
      if (remaining > 0) process.exitCode = 75;
    },
  },
  describe: describeApp,
});
