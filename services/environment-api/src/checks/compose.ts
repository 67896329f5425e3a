/** Composes the service and route of environment checks, and what the diagnosis says of Consul and of LDAP directories. */
import { type ConsulAccess, consulProbe } from '@gatehouse/config-server-client/consul';
import { advisoryCheck, type Probe } from '@gatehouse/service-kit/health';
import type { Config } from '../config.ts';
import type { Domain } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import type { EnvironmentService } from '../environments/service.ts';
import { directoriesProbe } from './directories-probe.ts';
import { checkRoutes } from './routes.ts';
import { createCheckService } from './service.ts';

interface CheckDependencies {
  config: Pick<Config, 'check' | 'http'>;
  consul: ConsulAccess | undefined;
  environments: EnvironmentService;
}

export function composeChecks(core: Core, { config, consul, environments }: CheckDependencies) {
  const { pool, secretBox } = core;
  const checks = createCheckService({
    pool,
    secretBox,
    registries: { consul },
    limits: {
      stepTimeoutMs: config.check.stepTimeoutMs,
      // The rest of the request's time is for the answer.
      totalTimeoutMs: Math.max(1000, config.http.requestTimeoutMs - 5000),
    },
  });
  const ofConsul: Probe = consulProbe(consul);
  return {
    mounts: [['callers', '/environments', (api) => checkRoutes(api, { checks, environments })]],
    ready: consul ? [advisoryCheck('consul', ofConsul)] : [],
    probes: [ofConsul, directoriesProbe(pool, checks.checkServers)],
  } satisfies Domain;
}
