/** Composes the service and routes of single Configuration Servers. */
import type { Config } from '../config.ts';
import type { Domain } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import { createReachability } from '../environments/reachability.ts';
import type { EnvironmentService } from '../environments/service.ts';
import { configServerRoutes } from './routes.ts';
import { createConfigServerService } from './service.ts';

interface ConfigServerDependencies {
  config: Pick<Config, 'reachability'>;
  environments: EnvironmentService;
}

export function composeConfigServers(_core: Core, { config, environments }: ConfigServerDependencies) {
  const configServers = createConfigServerService(environments);
  const reachability = createReachability(config.reachability.timeoutMs);
  return {
    mounts: [
      [
        'callers',
        '/environments/:id/config-servers',
        (api) => configServerRoutes(api, { configServers, reachability }),
      ],
    ],
  } satisfies Domain;
}
