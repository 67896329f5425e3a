/** Composes the service and routes of single Configuration Servers. */
import type { App } from '@gatehouse/service-kit/http';
import type { Reachability } from '../environments/reachability.ts';
import type { EnvironmentService } from '../environments/service.ts';
import { configServerRoutes } from './routes.ts';
import { createConfigServerService } from './service.ts';

export function composeConfigServers({
  environments,
  reachability,
}: {
  environments: EnvironmentService;
  reachability: Reachability;
}) {
  const configServers = createConfigServerService(environments);
  return { routes: async (api: App) => configServerRoutes(api, { configServers, reachability }) };
}
