/** Settings of a contact centre: a value per name and location; the contact centre's version covers them. */

import { isDeepStrictEqual } from 'node:util';
import { notFound } from '@gatehouse/service-kit/errors/app-error';
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';
import { type Caller, mayRead, unknownContactCenter } from '../access/caller.ts';
import type { FieldChanges } from '../audit/entry.ts';
import type { WriteContext } from '../changes/writer.ts';
import type { ContactCenter } from '../contact-centers/contact-center.ts';
import { domainKey } from '../contact-centers/domain.ts';
import type { ContactCenterService } from '../contact-centers/service.ts';
import { parseId } from '../fields/id.ts';
import type { LocationService } from '../locations/service.ts';
import { effectiveSettings } from './inheritance.ts';
import type { Setting, SettingInput } from './schemas.ts';
import * as store from './store.ts';

export interface SettingService {
  /** All of them, or only those effective at a location. @throws AppError 404 */
  list(
    caller: Caller,
    contactCenterId: string,
    location: string | undefined,
  ): Promise<store.ContactCenterWithSettings>;
  /** By tenant name, in any case, with the settings effective at the location. @throws AppError 404 */
  listByDomain(caller: Caller, domain: string, location: string): Promise<store.ContactCenterWithSettings>;
  /** @throws AppError 400 for a location that is not in use, 404, 412 */
  upsert(context: WriteContext, contactCenterId: string, input: SettingInput): Promise<ContactCenter>;
  /** At one location, or at all. @throws AppError 404, 412 */
  remove(
    context: WriteContext,
    contactCenterId: string,
    name: string,
    location: string | undefined,
  ): Promise<ContactCenter>;
}

export function createSettingService(deps: {
  db: Queryable;
  contactCenters: ContactCenterService;
  locations: LocationService;
}): SettingService {
  const { db, contactCenters, locations } = deps;
  return {
    async list(caller, text, location) {
      const id = parseId(text);
      const found = id && mayRead(caller, id) ? await store.readSettingsOf(db, id) : undefined;
      if (!found) throw unknownContactCenter(text);
      return at(found, location);
    },
    async listByDomain(caller, domain, location) {
      const found = await store.readSettingsByDomain(db, domainKey(domain));
      if (!found || !mayRead(caller, found.center.id)) {
        throw notFound(`No contact centre has the domain ${JSON.stringify(domain)}`);
      }
      return at(found, location);
    },
    upsert: (context, contactCenterId, input) =>
      contactCenters.changeWithin(context, contactCenterId, async (write, { id }) => {
        await locations.requireInUse(write.db, input.location, 'data.location');
        const before = await store.readSetting(write.db, id, input.name, input.location);
        const after = { value: input.value, shared: input.shared };
        if (isDeepStrictEqual(before && { ...before }, after)) return false;
        await store.upsertSetting(write.db, id, input);
        await write.record({
          action: before ? 'update' : 'create',
          entity: 'setting',
          id: input.name,
          contactCenterId: id,
          changes: { [input.location]: { ...(before ? { from: before } : {}), to: after } },
        });
        return true;
      }),
    remove: (context, contactCenterId, name, location) =>
      contactCenters.changeWithin(context, contactCenterId, async (write, { id }) => {
        const removed = await store.deleteSettings(write.db, id, name, location);
        if (removed.length === 0) {
          throw notFound(
            `The contact centre has no setting ${JSON.stringify(name)}${location === undefined ? '' : ` at ${location}`}`,
          );
        }
        const changes = changesOf(removed);
        await write.record({ action: 'delete', entity: 'setting', id: name, contactCenterId: id, changes });
        return true;
      }),
  };
}

function at(
  found: store.ContactCenterWithSettings,
  location: string | undefined,
): store.ContactCenterWithSettings {
  if (location === undefined) return found;
  return { center: found.center, settings: effectiveSettings(found.settings, location) };
}

/** The trail names the location as the field that changed. */
function changesOf(removed: readonly Setting[]): FieldChanges {
  return Object.fromEntries(
    removed.map(({ location, value, shared }) => [location, { from: { value, shared } }]),
  );
}
