/** Reads and writes settings of a contact centre: a value per name and location, covered by its version. */

import { isDeepStrictEqual } from 'node:util';
import type { Setting } from '@gatehouse/contracts/environment-administration';
import { domainKey } from '@gatehouse/contracts/environment-api';
import { type KnownSettingName, readSetting, type SettingValue } from '@gatehouse/contracts/resources';
import { definedOnly } from '@gatehouse/contracts/values';
import type { FieldChanges } from '@gatehouse/service-kit/changes';
import { notFound } from '@gatehouse/service-kit/errors';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { type Caller, requireReach, unknownContactCenter } from '../access/caller.ts';
import type { AuditAction } from '../audit/store.ts';
import type { Write, WriteContext } from '../changes/writer.ts';
import type { ContactCenter } from '../contact-centers/contact-center.ts';
import type { ContactCenterService } from '../contact-centers/service.ts';
import { corsSetting } from '../fields/cors-origins.ts';
import type { LocationService } from '../locations/service.ts';
import { effectiveTexts, inheritedSettings } from './inheritance.ts';
import { countsEverywhere, type Naming, normalizeSetting, requireName } from './naming.ts';
import type { SettingInput } from './schemas.ts';
import * as store from './store.ts';

export type SettingService = ReturnType<typeof createSettingService>;

export function createSettingService({
  db,
  contactCenters,
  locations,
  location,
  naming,
}: {
  db: Queryable;
  contactCenters: ContactCenterService;
  locations: LocationService;
  /** Where this service is: the values that count there are read. */
  location: string;
  naming: Naming;
}) {
  return {
    /** Its own settings, or those effective at a location with inherited ones. @throws AppError 404 */
    async list(
      caller: Caller,
      text: string,
      location: string | undefined,
    ): Promise<store.ContactCenterWithSettings> {
      const found = await store.readSettingsOf(db, requireReach(caller, text));
      if (!found) throw unknownContactCenter(text);
      return at(found, location);
    },
    /** By tenant name, in any case, with the settings effective at the location, for callers who reach all. @throws AppError 404 */
    async listByDomain(domain: string, location: string): Promise<store.ContactCenterWithSettings> {
      const found = await store.readSettingsByDomain(db, domainKey(domain));
      if (!found) throw notFound(`No contact centre has the domain ${JSON.stringify(domain)}`);
      return at(found, location);
    },
    /** The value that counts here, or the one that is built in. @throws AppError 404 */
    async valueOf<N extends KnownSettingName>(
      from: Queryable,
      contactCenterId: string,
      name: N,
    ): Promise<SettingValue<N>> {
      const found = await store.readSettingsOf(from, contactCenterId);
      if (!found) throw unknownContactCenter(contactCenterId);
      return readSetting(name, effectiveTexts(at(found, location).settings));
    },
    /** @throws AppError 400 for a name that nothing reads, for a location that is not in use, 404, 412 */
    async upsert(
      context: WriteContext,
      contactCenterId: string,
      input: SettingInput,
      named = naming,
    ): Promise<{ center: ContactCenter; setting: Setting }> {
      const setting = normalizeSetting(input);
      const center = await contactCenters.changeWithin(context, contactCenterId, async (write, { id }) => {
        await requireName(setting, named, () => store.hasName(write.db, id, setting.name));
        if (!countsEverywhere(setting))
          await locations.requireInUse(write.db, setting.location, 'data.location');
        return upsert(write, id, setting);
      });
      return { center, setting };
    },
    /** Replaces all values of one name by the result of `change`. @throws AppError 404, 412 and what `change` throws */
    rewrite: (
      context: WriteContext,
      contactCenterId: string,
      name: string,
      change: (present: readonly Setting[]) => readonly Setting[],
    ): Promise<ContactCenter> =>
      contactCenters.changeWithin(context, contactCenterId, async (write, { id }) => {
        const present = await store.readSettingsNamed(write.db, id, name);
        const next = change(present);
        let hasChanged = false;
        for (const setting of next) hasChanged = (await upsert(write, id, setting)) || hasChanged;
        for (const { location } of present) {
          if (next.some((setting) => setting.location === location)) continue;
          await deleteAt(write, id, name, location);
          hasChanged = true;
        }
        return hasChanged;
      }),
    /** At one location, or at all. @throws AppError 404, 412 */
    remove: (
      context: WriteContext,
      contactCenterId: string,
      name: string,
      location: string | undefined,
    ): Promise<ContactCenter> =>
      contactCenters.changeWithin(context, contactCenterId, async (write, { id }) => {
        if (await deleteAt(write, id, name, location)) return true;
        throw notFound(
          `The contact centre has no setting ${JSON.stringify(name)}${location === undefined ? '' : ` at ${location}`}`,
        );
      }),
  };
}

/** False when the value is the same. */
async function upsert(write: Write, contactCenterId: string, setting: Setting): Promise<boolean> {
  const { name, location, value, shared } = setting;
  const before = await store.readSetting(write.db, contactCenterId, name, location);
  const after = { value, shared };
  if (isDeepStrictEqual(before && { ...before }, after)) return false;
  await store.upsertSetting(write.db, contactCenterId, setting);
  const changes = { [location]: definedOnly({ from: before, to: after }) };
  await record(write, before ? 'update' : 'create', contactCenterId, name, changes);
  return true;
}

/** False when there was nothing to delete. */
async function deleteAt(write: Write, contactCenterId: string, name: string, location: string | undefined) {
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

/** In the audit trail the location is the name of the changed field. */
function changesOf(removed: readonly Setting[]): FieldChanges {
  return Object.fromEntries(
    removed.map(({ location, value, shared }) => [location, { from: { value, shared } }]),
  );
}
