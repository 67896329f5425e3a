/** Settings of a contact centre: a value per name and location; the contact centre's version covers them. */

import { isDeepStrictEqual } from 'node:util';
import type { Setting } from '@gatehouse/contracts/environment-api/administration/settings';
import type { FieldChanges } from '@gatehouse/service-kit/changes/field-changes';
import { notFound } from '@gatehouse/service-kit/errors/app-error';
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';
import { type Caller, mayRead, unknownContactCenter } from '../access/caller.ts';
import type { AuditAction } from '../audit/entry.ts';
import type { Write, WriteContext } from '../changes/writer.ts';
import type { ContactCenter } from '../contact-centers/contact-center.ts';
import { domainKey } from '../contact-centers/domain.ts';
import type { ContactCenterService } from '../contact-centers/service.ts';
import { corsSetting, normalizeSetting } from '../cors/origins.ts';
import { parseId } from '../fields/id.ts';
import type { LocationService } from '../locations/service.ts';
import { inheritedSettings } from './inheritance.ts';
import type { SettingInput } from './schemas.ts';
import * as store from './store.ts';

export interface SettingService {
  /** All of its own, or those effective at a location, inherited ones included. @throws AppError 404 */
  list(
    caller: Caller,
    contactCenterId: string,
    location: string | undefined,
  ): Promise<store.ContactCenterWithSettings>;
  /** By tenant name, in any case, with the settings effective at the location. @throws AppError 404 */
  listByDomain(caller: Caller, domain: string, location: string): Promise<store.ContactCenterWithSettings>;
  /** @throws AppError 400 for a location that is not in use, 404, 412 */
  upsert(
    context: WriteContext,
    contactCenterId: string,
    input: SettingInput,
  ): Promise<{ center: ContactCenter; setting: Setting }>;
  /**
   * Replaces the values of one name by what `change` makes of them; the order does not matter.
   * @throws AppError 404, 412 and what `change` throws
   */
  rewrite(
    context: WriteContext,
    contactCenterId: string,
    name: string,
    change: (present: readonly Setting[]) => readonly Setting[],
  ): Promise<ContactCenter>;
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
    async upsert(context, contactCenterId, input) {
      const setting = normalizeSetting(input);
      const center = await contactCenters.changeWithin(context, contactCenterId, async (write, { id }) => {
        await locations.requireInUse(write.db, setting.location, 'data.location');
        return put(write, id, setting);
      });
      return { center, setting };
    },
    rewrite: (context, contactCenterId, name, change) =>
      contactCenters.changeWithin(context, contactCenterId, async (write, { id }) => {
        const present = await store.readSettingsNamed(write.db, id, name);
        const next = change(present);
        let hasChanged = false;
        for (const setting of next) hasChanged = (await put(write, id, setting)) || hasChanged;
        for (const { location } of present) {
          if (next.some((setting) => setting.location === location)) continue;
          await take(write, id, name, location);
          hasChanged = true;
        }
        return hasChanged;
      }),
    remove: (context, contactCenterId, name, location) =>
      contactCenters.changeWithin(context, contactCenterId, async (write, { id }) => {
        if (await take(write, id, name, location)) return true;
        throw notFound(
          `The contact centre has no setting ${JSON.stringify(name)}${location === undefined ? '' : ` at ${location}`}`,
        );
      }),
  };
}

/** Whether anything changed. */
async function put(write: Write, contactCenterId: string, setting: Setting): Promise<boolean> {
  const { name, location, value, shared } = setting;
  const before = await store.readSetting(write.db, contactCenterId, name, location);
  const after = { value, shared };
  if (isDeepStrictEqual(before && { ...before }, after)) return false;
  await store.upsertSetting(write.db, contactCenterId, setting);
  const changes = { [location]: { ...(before ? { from: before } : {}), to: after } };
  await record(write, before ? 'update' : 'create', contactCenterId, name, changes);
  return true;
}

/** Whether there was anything to remove. */
async function take(write: Write, contactCenterId: string, name: string, location: string | undefined) {
  const removed = await store.deleteSettings(write.db, contactCenterId, name, location);
  if (removed.length === 0) return false;
  await record(write, 'delete', contactCenterId, name, changesOf(removed));
  return true;
}

async function record(
  write: Write,
  action: AuditAction,
  contactCenterId: string,
  name: string,
  changes: FieldChanges,
): Promise<void> {
  await write.record({ action, entity: 'setting', id: name, contactCenterId, changes });
  if (name === corsSetting) write.announce({ entity: 'cors', id: contactCenterId, contactCenterId });
}

function at(
  found: store.ContactCenterWithSettings,
  location: string | undefined,
): store.ContactCenterWithSettings {
  if (location === undefined) return found;
  return { ...found, settings: inheritedSettings(found.settings, found.global.settings, location) };
}

/** The trail names the location as the field that changed. */
function changesOf(removed: readonly Setting[]): FieldChanges {
  return Object.fromEntries(
    removed.map(({ location, value, shared }) => [location, { from: { value, shared } }]),
  );
}
