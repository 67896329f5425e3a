/** Runs the Auth UI process. */
import { runService } from '@gatehouse/service-kit/http';
import { buildApp } from './app.ts';
import { checkRelease } from './check-release.ts';
import { configuration } from './config.ts';
import { createDeps } from './domains.ts';
import { describeApp } from './openapi.ts';

await runService({
  configuration,
  packageUrl: new URL('../package.json', import.meta.url),
  createDeps,
  closeDeps: (deps) => deps.close(),
  buildApp,
  checkRelease,
  startSteps: ({ heartbeat }) => [{ name: 'heartbeat', run: async () => heartbeat.start() }],
  readinessChecks: ({ authApiCheck }) => [authApiCheck],
  describe: describeApp,
});
