/** Composes the routes by which Auth API reads contact centres and environments. */
import type { App } from '@gatehouse/service-kit/http/app-type';
import type { EnvironmentService } from '../environments/service.ts';
import type { SettingService } from '../settings/service.ts';
import { internalRoutes } from './routes.ts';

export function composeInternal({
  environments,
  settings,
}: {
  environments: EnvironmentService;
  settings: SettingService;
}) {
  return { routes: async (internal: App) => internalRoutes(internal, { environments, settings }) };
}
