/** Reads and writes global settings, which contact centres inherit where they have no value of their own. */
import { isDeepStrictEqual } from 'node:util';
import type { Setting } from '@gatehouse/contracts/environment-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import type { FieldChanges } from '@gatehouse/service-kit/changes';
import { notFound } from '@gatehouse/service-kit/errors';
import { requireMatch } from '@gatehouse/service-kit/http';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { AuditAction } from '../audit/store.ts';
import type { Write, WriteContext, Writer } from '../changes/writer.ts';
import { corsSetting } from '../fields/cors-origins.ts';
import type { LocationService } from '../locations/service.ts';
import { countsEverywhere, type Naming, normalizeSetting, requireName } from '../settings/naming.ts';
import type { SettingInput } from '../settings/schemas.ts';
import * as store from './store.ts';

export type GlobalSettingService = ReturnType<typeof createGlobalSettingService>;

export function createGlobalSettingService({
  db,
  writer,
  locations,
  naming,
}: {
  db: Queryable;
  writer: Writer;
  locations: LocationService;
  naming: Naming;
}) {
  return {
    /** Of everything that contact centres inherit. */
    version: () => store.readGlobalVersion(db),
    /** Changes something else that contact centres inherit, under the same version. @throws AppError 412 */
    changeWithin: (context: WriteContext, work: (write: Write) => Promise<boolean>): Promise<number> =>
      writer.write(context, async (write) => {
        const version = await lock(context, write);
        return (await work(write)) ? store.renewGlobalVersion(write.db) : version;
      }),
    list: (): Promise<store.GlobalSettings> => store.readGlobalSettings(db),
    /** @throws AppError 400 for a name that nothing reads, for a location that is not in use, 412 */
    async upsert(
      context: WriteContext,
      input: SettingInput,
      named = naming,
    ): Promise<{ version: number; setting: Setting }> {
      return writer.write(context, async (write) => {
        const setting = normalizeSetting(input);
        const present = await lock(context, write);
        const ofName = await store.readGlobalSettingsNamed(write.db, setting.name);
        await requireName(setting, named, async () => ofName.length > 0);
        if (!countsEverywhere(setting))
          await locations.requireInUse(write.db, setting.location, 'data.location');
        const before = ofName.find(({ location }) => location === setting.location);
        if (isDeepStrictEqual(before, setting)) return { version: present, setting };
        await store.upsertGlobalSetting(write.db, setting);
        const changes = {
          [setting.location]: definedOnly({
            from: before && valueAndSharing(before),
            to: valueAndSharing(setting),
          }),
        };
        return { version: await finish(write, before ? 'update' : 'create', setting.name, changes), setting };
      });
    },
    /** At one location, or at all. Returns the new version. @throws AppError 404, 412 */
    async remove(context: WriteContext, name: string, location: string | undefined): Promise<number> {
      return writer.write(context, async (write) => {
        await lock(context, write);
        const removed = await store.deleteGlobalSettings(write.db, name, location);
        if (removed.length === 0) {
          const where = location === undefined ? '' : ` at ${location}`;
          throw notFound(`There is no global setting ${JSON.stringify(name)}${where}`);
        }
        const changes = Object.fromEntries(
          removed.map((setting) => [setting.location, { from: valueAndSharing(setting) }]),
        );
        return finish(write, 'delete', name, changes);
      });
    },
  };
}

async function lock({ ifMatch }: WriteContext, { db }: Write): Promise<number> {
  const version = await store.lockGlobalSettings(db);
  requireMatch(ifMatch, version);
  return version;
}

async function finish(
  write: Write,
  action: AuditAction,
  name: string,
  changes: FieldChanges,
): Promise<number> {
  await write.record({ action, entity: 'setting', id: name, changes });
  if (name === corsSetting) write.announce({ entity: 'cors', id: 'global' });
  return store.renewGlobalVersion(write.db);
}

function valueAndSharing({ value, shared }: Setting) {
  return { value, shared };
}
