/** Lists, declares and withdraws the locations in use: of Configuration Servers, of this service, and declared ones. */
import type { LocationInUse } from '@gatehouse/contracts/environment-administration';
import { covers, rootLocation } from '@gatehouse/contracts/environment-api';
import { badRequest, notFound } from '@gatehouse/service-kit/errors';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { WriteContext, Writer } from '../changes/writer.ts';
import * as store from './store.ts';

export type LocationService = ReturnType<typeof createLocationService>;

const listLimit = 1000;
const maxNamedLocations = 20;

/** `ownLocation` is where this service runs. */
export function createLocationService({
  db,
  writer,
  ownLocation,
}: {
  db: Queryable;
  writer: Writer;
  ownLocation: string;
}) {
  async function inUse(source: Queryable, limit: number): Promise<LocationInUse[]> {
    const stored = await store.listLocations(source, limit);
    const always = [...new Set([rootLocation, ownLocation])]
      .filter((location) => !stored.some((entry) => entry.location === location))
      .map((location) => ({ location, declared: false }));
    return [...always, ...stored].sort((a, b) => (a.location < b.location ? -1 : 1));
  }

  return {
    list: (): Promise<LocationInUse[]> => inUse(db, listLimit),
    /** Makes a location usable for settings before a Configuration Server has it. */
    async declare(context: WriteContext, location: string): Promise<void> {
      await writer.write(context, async (write) => {
        if (location === rootLocation || !(await store.declareLocation(write.db, location))) return;
        await write.record({
          action: 'create',
          entity: 'location',
          id: location,
          changes: { declared: { to: true } },
        });
      });
    },
    /** @throws AppError 404 when it is not declared */
    async withdraw(context: WriteContext, location: string): Promise<void> {
      await writer.write(context, async (write) => {
        if (!(await store.withdrawLocation(write.db, location))) {
          throw notFound(`The location ${location} is not declared`);
        }
        await write.record({
          action: 'delete',
          entity: 'location',
          id: location,
          changes: { declared: { from: true } },
        });
      });
    },
    /** @throws AppError 400 that names the locations in use when nothing is at the location or below it */
    async requireInUse(source: Queryable, location: string, field: string): Promise<void> {
      if (covers(location, ownLocation) || (await store.isLocationInUse(source, location))) return;
      const names = (await inUse(source, maxNamedLocations)).map((entry) => entry.location);
      throw badRequest(
        `The location ${location} matches no location in use (${names.join(', ')}): correct it, give it to a Configuration Server, or declare it with POST /environment/v3/locations`,
        { field, reason: 'unknown_location' },
      );
    },
  };
}
