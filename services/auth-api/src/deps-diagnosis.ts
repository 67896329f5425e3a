/** Everything that an operator may have looked at. */

import { elasticsearchProbe } from '@gatehouse/audit-trail/elasticsearch/probe';
import { consulProbe } from '@gatehouse/config-server-client/discovery/consul/consul-probe';
import type { Probe } from '@gatehouse/service-kit/health/diagnosis';
import { postgresProbe } from '@gatehouse/service-kit/postgres/probe';
import { redisProbe } from '@gatehouse/service-kit/redis/probe';
import { environmentApiProbe } from './admin/environment-api-probe.ts';
import type { BaseDeps } from './deps.ts';
import type { SignInDeps } from './deps-sign-in.ts';
import { signingKeysProbe } from './keys/probe.ts';
import { linksProbe } from './users/link-health.ts';

export const migrationsFolder = new URL('../migrations/', import.meta.url);

export function createProbes(deps: BaseDeps & SignInDeps): readonly Probe[] {
  const { pool, redis, now, signingKeys, secretBox, consul, users, environmentChanges, config } = deps;
  return [
    postgresProbe({ db: pool, schema: 'auth', migrationsFolder, now }),
    redisProbe(redis, { keepsTokens: true }),
    signingKeysProbe({
      service: signingKeys,
      secretBox,
      now,
      rotationMs: config.signingKeys.rotationDays * 86_400_000,
    }),
    environmentApiProbe(environmentChanges),
    linksProbe(users),
    elasticsearchProbe(config.elasticsearch),
    consulProbe(consul),
  ];
}
