/** Runs the Environment API process. */

import { shipLogs } from '@gatehouse/audit-trail/shipping';
import { readinessChecks, runService, startSteps } from '@gatehouse/service-kit/http';
import { buildApp, buildInternalApp } from './app.ts';
import { checkRelease } from './check-release.ts';
import { configuration } from './config.ts';
import { createDeps } from './domains.ts';
import { migrateDatabase } from './migrate.ts';
import { describeEnvironmentApi } from './openapi.ts';

await runService({
  configuration,
  shipLogs,
  packageUrl: new URL('../package.json', import.meta.url),
  createDeps: (config, kit) => createDeps(config, kit),
  closeDeps: (deps) => deps.close(),
  buildApp,
  buildInternalApp,
  checkRelease,
  startSteps: ({ domains }) => startSteps(domains),
  readinessChecks: ({ domains }) => readinessChecks(domains),
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
  describe: describeEnvironmentApi,
});
