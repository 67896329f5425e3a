/** Composes what was deleted: its list, its restoration and its retention job. */
import { createDeletedRetention } from '@gatehouse/service-kit/postgres';
import type { Writer } from '../changes/writer.ts';
import type { Config } from '../config.ts';
import type { ContactCenterService } from '../contact-centers/service.ts';
import type { Domain } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import { createDeletedStore } from '../deleted/kept.ts';
import type { EnvironmentService } from '../environments/service.ts';
import { schema } from '../migrate.ts';
import type { PeopleService } from '../people/service.ts';
import { installationRoutes, peopleRoutes } from './routes.ts';
import { createRestorationService } from './service.ts';

interface RestorationDependencies {
  config: Pick<Config, 'deleted'>;
  writer: Writer;
  environments: EnvironmentService;
  contactCenters: ContactCenterService;
  people: PeopleService;
}

export function composeRestoration(core: Core, dependencies: RestorationDependencies) {
  const { config, ...services } = dependencies;
  const { keptDays } = config.deleted;
  const restoration = createRestorationService({
    ...services,
    db: core.pool,
    store: createDeletedStore({ keptDays }),
  });
  const retention = createDeletedRetention({ ...core, schema, table: 'deleted', keptDays });
  return {
    services: { removeOld: retention.removeOld },
    mounts: [
      ['callers', '/deleted', (api) => installationRoutes(api, { restoration })],
      ['callers', '/contact-centers/:id/deleted-people', (api) => peopleRoutes(api, { restoration })],
    ],
    work() {
      // A read-only region has a copy of the database, which the writable region cleans up.
      if (core.isWritable) retention.start();
    },
    close: () => retention.stop(),
  } satisfies Domain;
}
