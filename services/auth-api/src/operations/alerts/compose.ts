/** Composes the watch that tells of problems, where the settings name somebody to tell. */
import type { EnvironmentApiClient } from '@gatehouse/api-client/environment-api';
import type { Config } from '../../config.ts';
import type { Core, Domain } from '../../core/domain.ts';
import type { Overview } from '../overview/service.ts';
import type { AlertDelivery } from './compose-delivery.ts';
import { createLedger } from './ledger.ts';
import { createWatch } from './watch.ts';

interface AlertDependencies {
  config: Pick<Config, 'alerts'>;
  alertDelivery: AlertDelivery;
  contactCenters: { environmentApi: EnvironmentApiClient };
  overview: { overview: Overview };
}

export function composeAlerts(core: Core, dependencies: AlertDependencies) {
  const { channels, delivery } = dependencies.alertDelivery;
  const { quietMinutes, reminderHours } = dependencies.config.alerts;
  const rhythm = { quietMs: quietMinutes * 60_000, reminderMs: reminderHours * 3_600_000 };
  const ledger = createLedger({
    pool: core.writer,
    location: core.location,
    channels: channels.map(({ name }) => name),
    rhythm,
  });
  const watch = createWatch(core, {
    overview: dependencies.overview.overview,
    environmentApi: dependencies.contactCenters.environmentApi,
    ledger,
    delivery,
    channels,
    quietMs: rhythm.quietMs,
  });
  return { services: { watch }, work: watch.start, close: watch.stop } satisfies Domain;
}
