/** Builds the routes for the OpenAPI document; no server needs to be reachable. */
import { loadConfig } from '@gatehouse/service-kit/config';
import type { App, Kit } from '@gatehouse/service-kit/http';
import { buildApp } from './app.ts';
import { configuration } from './config.ts';
import { createDeps } from './domains.ts';

export async function describeApp(kit: Kit): Promise<App> {
  const config = loadConfig(configuration, {
    env: {
      GATEHOUSE_PUBLIC_URL: 'https://login.example.com',
      GATEHOUSE_AUTH_API_URL: 'http://auth-api.example.com',
      GATEHOUSE_SERVICE_CLIENT_ID: 'described',
      GATEHOUSE_SERVICE_CLIENT_SECRET: 'described, never used',
    },
  });
  return buildApp(await createDeps(config, kit));
}
