/** The routes with nothing behind them, for the OpenAPI document. */
import { loadConfig } from '@gatehouse/service-kit/config/load';
import type { App } from '@gatehouse/service-kit/http/app';
import type { Kit } from '@gatehouse/service-kit/http/run';
import { buildApp } from './app.ts';
import { configuration } from './config.ts';
import type { Deps } from './deps.ts';

/** Registering routes only passes dependencies on; none is used before a request comes. */
export function describeApp(kit: Kit): Promise<App> {
  const config = loadConfig(configuration, {
    env: {
      GATEHOUSE_PUBLIC_URL: 'https://login.example.com',
      GATEHOUSE_OPS_USERNAME: 'ops',
      GATEHOUSE_OPS_PASSWORD: 'described',
      GATEHOUSE_SERVICE_CLIENT_ID: 'described',
      GATEHOUSE_SERVICE_CLIENT_SECRET: 'described, never used',
      GATEHOUSE_ENCRYPTION_KEYS: `described:${Buffer.alloc(32).toString('base64')}`,
    },
  });
  return buildApp({ config, kit, issuer: `${config.publicUrl}/auth/v3` } as Deps);
}
