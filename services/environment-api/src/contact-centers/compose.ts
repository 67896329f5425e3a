/** Composes the service and routes of contact centres. */
import type { Access } from '../access/compose.ts';
import type { Writer } from '../changes/writer.ts';
import type { Config } from '../config.ts';
import type { Domain } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import { contactCenterRoutes } from './routes.ts';
import { createContactCenterService } from './service.ts';

interface ContactCenterDependencies {
  config: Pick<Config, 'compat'>;
  access: Access;
  writer: Writer;
}

export function composeContactCenters(core: Core, { config, access, writer }: ContactCenterDependencies) {
  const { pool, changeLog } = core;
  const { administratorPlaces } = access;
  const isCompat = config.compat.enabled;
  const contactCenters = createContactCenterService({ db: pool, writer, isCompat, administratorPlaces });
  return {
    services: contactCenters,
    mounts: [
      ['callers', '/contact-centers', (api) => contactCenterRoutes(api, { contactCenters, changeLog })],
    ],
  } satisfies Domain;
}
