/** The Environment API process. */

import { shipLogs } from '@gatehouse/audit-trail/elasticsearch/log-shipping';
import { runService } from '@gatehouse/service-kit/http/run';
import { pingPostgres } from '@gatehouse/service-kit/postgres/pool';
import { buildApp } from './app.ts';
import { configuration } from './config.ts';
import { createDeps } from './deps.ts';
import { migrateDatabase } from './migrate.ts';
import { describeApp } from './openapi.ts';

await runService({
  configuration,
  shipLogs,
  packageUrl: new URL('../package.json', import.meta.url),
  createDeps,
  closeDeps: (deps) => deps.close(),
  buildApp,
  // Without Redis, changes are told a few seconds later; that is no reason to take no requests.
  readinessChecks: (deps) => [{ name: 'postgresql', check: () => pingPostgres(deps.pool) }],
  migrate: async (config, log) => {
    await migrateDatabase(config.postgres, log);
  },
  commands: {
    // Once the new key is the first one of every replica; when nothing remains, the old key may go.
    reencrypt: async ({ reencrypt, auditKeeper }, log) => {
      const { sealed, remaining } = await reencrypt();
      log.info({ days: await auditKeeper.reseal() }, 'the seals of the audit trail have the active key');
      log.info(
        { sealed, remaining },
        remaining === 0 ? 'every secret has the active key' : 'run the command again',
      );
      if (remaining > 0) process.exitCode = 75;
    },
  },
  describe: describeApp,
});
