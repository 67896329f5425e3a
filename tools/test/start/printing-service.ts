/** A service of nothing but its surroundings, which prints, computes and crashes when it is told to. */
import { scrypt } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { defineConfiguration, httpSettings, logSettings } from '@gatehouse/service-kit/config';
import { createApp, runService } from '@gatehouse/service-kit/http';

const text = 'x'.repeat(1000);

await runService({
  configuration: defineConfiguration('printing', {
    http: httpSettings({ port: 8080, managementPort: 8081 }),
    log: logSettings,
  }),
  packageUrl: new URL('../../../packages/service-kit/package.json', import.meta.url),
  createDeps: async ({ http }, kit) => ({ http, ...kit }),
  closeDeps: async () => {},
  async buildApp(deps) {
    const app = await createApp(deps as never);
    app.get('/log', async () => {
      for (let line = 0; line < 500; line += 1) deps.log.warn({ text }, `line ${line}`);
      return {};
    });
    app.get('/print', async () => {
      for (let line = 0; line < 500; line += 1) console.error(`${line} ${text}`);
      for (let line = 0; line < 500; line += 1) process.emitWarning(`${line} ${text}`);
      return {};
    });
    app.get('/compute', async () => {
      const hash = promisify(scrypt)('password', 'salt', 32);
      await Promise.all([hash, readFile(import.meta.filename), lookup('localhost')]);
      return {};
    });
    app.get('/crash', async () => {
      setImmediate(() => {
        throw new Error('the roof is on fire');
      });
      return {};
    });
    return app;
  },
  checkRelease: async () => {},
  readinessChecks: () => [],
  describe: createApp as never,
});
