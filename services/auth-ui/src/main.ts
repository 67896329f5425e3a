/** The Auth UI process. */
import { runService } from '@gatehouse/service-kit/http/run';
import { buildApp } from './app.ts';
import { configuration } from './config.ts';
import { createDeps } from './deps.ts';
import { describeApp } from './openapi.ts';

await runService({
  configuration,
  packageUrl: new URL('../package.json', import.meta.url),
  createDeps,
  closeDeps: (deps) => deps.close(),
  buildApp,
  // Pages render without Auth API, so its absence must not take Auth UI out of service.
  readinessChecks: () => [],
  describe: describeApp,
});
