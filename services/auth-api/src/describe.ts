/** Builds the routes for the OpenAPI document; no server needs to be reachable. */
import { steadyClock } from '@gatehouse/service-kit/clock';
import { loadConfig } from '@gatehouse/service-kit/config';
import { randomBytes } from '@gatehouse/service-kit/crypto';
import type { App, Kit } from '@gatehouse/service-kit/http';
import { buildApp, buildInternalApp } from './app.ts';
import { configuration } from './config.ts';
import { createDeps } from './domains.ts';

export async function describeAuthApi(kit: Kit): Promise<App> {
  return describeWith(buildApp, kit);
}

/** Builds the routes of the second listener. */
export async function describeInternalAuthApi(kit: Kit): Promise<App> {
  return describeWith(buildInternalApp, kit);
}

async function describeWith(build: typeof buildApp, kit: Kit): Promise<App> {
  const config = loadConfig(configuration, {
    env: {
      GATEHOUSE_PUBLIC_URL: 'https://login.example.com',
      GATEHOUSE_OPENAPI_ENABLED: 'true',
      GATEHOUSE_OPS_USERNAME: 'ops',
      GATEHOUSE_OPS_PASSWORD: 'described, never used',
      GATEHOUSE_SERVICE_CLIENT_ID: 'described',
      GATEHOUSE_SERVICE_CLIENT_SECRET: 'described, never used',
      GATEHOUSE_ENCRYPTION_KEYS: `described:${randomBytes(32).toString('base64')}`,
    },
  });
  const deps = await createDeps(config, kit, steadyClock);
  const app = await build(deps);
  // Nothing was started: the connections, which nobody used, are closed.
  app.addHook('onClose', deps.close);
  return app;
}
