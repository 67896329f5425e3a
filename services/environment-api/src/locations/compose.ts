/** Composes the service and routes of locations. */
import type { Writer } from '../changes/writer.ts';
import type { Domain } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import { locationRoutes } from './routes.ts';
import { createLocationService } from './service.ts';

export function composeLocations({ pool, changeLog, region }: Core, { writer }: { writer: Writer }) {
  const locations = createLocationService({ db: pool, writer, ownLocation: region.location });
  return {
    services: locations,
    mounts: [['callers', '/locations', (api) => locationRoutes(api, { locations, changeLog })]],
  } satisfies Domain;
}
