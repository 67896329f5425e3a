/** Builds the routes without stores, for the OpenAPI document. */
import { steadyClock } from '@gatehouse/service-kit/clock';
import { loadConfig } from '@gatehouse/service-kit/config';
import { randomBytes } from '@gatehouse/service-kit/crypto';
import type { App, Kit } from '@gatehouse/service-kit/http';
import { trustedClock } from '@gatehouse/service-kit/timekeeping';
import { buildApp, buildInternalApp } from './app.ts';
import { configuration } from './config.ts';
import type { Stores } from './core/open-core.ts';
import { composeDeps, type Deps } from './domains.ts';

/** Replaces the connections, which composing passes on and never uses. */
const unused: Stores = new Proxy(() => unused, { get: () => unused, apply: () => unused }) as never;

export async function describeApp(kit: Kit): Promise<App> {
  return buildApp(await describedDeps(kit));
}

/** Builds the routes of the second listener. */
export async function describeInternalApp(kit: Kit): Promise<App> {
  return buildInternalApp(await describedDeps(kit));
}

async function describedDeps(kit: Kit): Promise<Deps> {
  const config = loadConfig(configuration, {
    env: {
      GATEHOUSE_PUBLIC_URL: 'https://login.example.com',
      GATEHOUSE_OPS_USERNAME: 'ops',
      GATEHOUSE_OPS_PASSWORD: 'described, never used',
      GATEHOUSE_SERVICE_CLIENT_ID: 'described',
      GATEHOUSE_SERVICE_CLIENT_SECRET: 'described, never used',
      GATEHOUSE_ENCRYPTION_KEYS: `described:${randomBytes(32).toString('base64')}`,
    },
  });
  return composeDeps(config, kit, unused, trustedClock(steadyClock));
}
