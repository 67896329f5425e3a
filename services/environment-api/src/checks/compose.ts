/** Composes the service and route of environment checks, and what the diagnosis says of LDAP directories. */
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import type { App } from '@gatehouse/service-kit/http';
import type { Pool } from '@gatehouse/service-kit/postgres';
import type { EnvironmentService } from '../environments/service.ts';
import { directoriesProbe } from './directories-probe.ts';
import type { Registries } from './registry.ts';
import { checkRoutes } from './routes.ts';
import { createCheckService } from './service.ts';

export function composeChecks({
  pool,
  environments,
  secretBox,
  consul,
  stepTimeoutMs,
  requestTimeoutMs,
}: {
  pool: Pool;
  environments: EnvironmentService;
  secretBox: SecretBox;
  consul: Registries['consul'];
  stepTimeoutMs: number;
  requestTimeoutMs: number;
}) {
  const checks = createCheckService({
    pool,
    environments,
    secretBox,
    registries: { consul },
    // The rest of the request's time is for the answer.
    limits: { stepTimeoutMs, totalTimeoutMs: Math.max(1000, requestTimeoutMs - 5000) },
  });
  return {
    routes: async (api: App) => checkRoutes(api, { checks }),
    directoriesProbe: directoriesProbe(pool, checks.checkServers),
  };
}
