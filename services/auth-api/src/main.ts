/** Auth API as a process. */
import { shipLogs } from '@gatehouse/audit-trail/shipping/log-shipping';
import { runService } from '@gatehouse/service-kit/http/run';
import { migrate } from '@gatehouse/service-kit/postgres/migrate';
import { buildApp, buildInternalApp } from './app.ts';
import { checkRelease } from './check-release.ts';
import { configuration } from './config.ts';
import { createDeps, migrationsFolder } from './deps.ts';
import { describeApp } from './describe.ts';
import { reencryptSigningKeys } from './keys/reencrypt.ts';
import { readinessChecks } from './readiness-checks.ts';
import { reencryptBearerTokens } from './signals/reencrypt.ts';
import { reencryptSsoKeys } from './sso/keys/reencrypt.ts';
import { startSteps } from './start-steps.ts';

await runService({
  configuration,
  shipLogs,
  packageUrl: new URL('../package.json', import.meta.url),
  createDeps: (config, kit) => createDeps(config, kit),
  startSteps,
  closeDeps: (deps) => deps.close(),
  buildApp,
  buildInternalApp,
  checkRelease,
  readinessChecks,
  migrate: async (config, log) => {
    await migrate(config.postgres, {
      schema: 'auth',
      folder: migrationsFolder,
      log,
    });
  },
  commands: {
    // Once the new key is the first one of every replica; then the old key may go.
    reencrypt: async ({ core: { pool, secretBox }, audit }, log) => {
      const sealed =
        (await reencryptSigningKeys(pool, secretBox)) +
        (await reencryptSsoKeys(pool, secretBox)) +
        (await reencryptBearerTokens(pool, secretBox));
      log.info({ sealed, keyId: secretBox.activeKeyId }, 'every signing key has the active encryption key');
      log.info({ days: await audit.worker.reseal() }, 'the seals of the audit trail have the active key');
    },
  },
  describe: describeApp,
});
