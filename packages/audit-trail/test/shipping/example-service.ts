/** A service of nothing but its surroundings, for tests of the process. */

import { defineConfiguration, httpSettings, logSettings } from '@gatehouse/service-kit/config';
import { createApp, runService } from '@gatehouse/service-kit/http';
import { elasticsearchSettings } from '../../src/settings.ts';
import { shipLogs } from '../../src/shipping/log-shipping.ts';

await runService({
  shipLogs,
  configuration: defineConfiguration('example', {
    http: httpSettings({ port: 8080, managementPort: 8081 }),
    log: logSettings,
    elasticsearch: elasticsearchSettings,
  }),
  packageUrl: new URL('../../package.json', import.meta.url),
  createDeps: async ({ http }, kit) => ({ http, ...kit }),
  closeDeps: async () => {},
  buildApp: createApp,
  checkRelease: async () => {},
  readinessChecks: () => [],
  describe: createApp as never,
});
