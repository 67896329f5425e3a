/** Auth API as a process. */
import { shipLogs } from '@gatehouse/audit-trail/shipping';
import { readinessChecks, reencryptDomains, runService, startSteps } from '@gatehouse/service-kit/http';
import { migrate } from '@gatehouse/service-kit/postgres';
import { buildApp, buildInternalApp } from './app.ts';
import { checkRelease } from './check-release.ts';
import { configuration } from './config.ts';
import { migrationsFolder, schema } from './core/open-core.ts';
import { describeAuthApi } from './describe.ts';
import { createDeps } from './domains.ts';

await runService({
  configuration,
  shipLogs,
  packageUrl: new URL('../package.json', import.meta.url),
  createDeps: (config, kit) => createDeps(config, kit),
  startSteps: ({ domains }) => startSteps(domains),
  closeDeps: (deps) => deps.close(),
  buildApp,
  buildInternalApp,
  checkRelease,
  readinessChecks: ({ domains }) => readinessChecks(domains),
  migrate: async (config, log) => {
    await migrate(config.postgres, { schema, folder: migrationsFolder, log });
  },
  commands: {
    // Once the new key is the first one of every replica; then the old key may go.
    reencrypt: async ({ core: { secretBox }, audit, domains }, log) => {
      const { sealed } = await reencryptDomains(domains);
      log.info({ sealed, keyId: secretBox.activeKeyId }, 'every signing key has the active encryption key');
      log.info({ days: await audit.worker.reseal() }, 'the seals of the audit trail have the active key');
    },
  },
  describe: describeAuthApi,
});
