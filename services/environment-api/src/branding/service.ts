/** Reads and writes branding per location, of contact centres under their lock and of the installation under that of its settings. */
import { isDeepStrictEqual } from 'node:util';
import type { BrandingEntry, BrandingView, EffectiveBranding } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import { diff } from '@gatehouse/service-kit/changes';
import { notFound } from '@gatehouse/service-kit/errors';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { Caller } from '../access/caller.ts';
import type { Write, WriteContext } from '../changes/writer.ts';
import type { ContactCenterService } from '../contact-centers/service.ts';
import { requireHonestName } from '../fields/names.ts';
import type { GlobalSettingService } from '../global-settings/service.ts';
import type { Image } from '../images/decode.ts';
import type { ImageService } from '../images/service.ts';
import type { LocationService } from '../locations/service.ts';
import { brandingViewOf, effectiveBranding } from './inheritance.ts';
import type { BrandingPatch } from './schemas.ts';
import * as store from './store.ts';

export interface Branding {
  entries: BrandingEntry[];
  effective?: EffectiveBranding;
}

/** Derives the fields to write at a location. Undefined: nothing stays there. */
type Change = (
  before: store.StoredBranding | undefined,
  write: Write,
) => Promise<Partial<store.StoredBranding> | undefined>;

interface Places {
  locations: Pick<LocationService, 'requireInUse'>;
  images: Pick<ImageService, 'removeUnused'>;
}

export type BrandingService = ReturnType<typeof createBrandingService>;

interface BrandingServiceOptions {
  db: Queryable;
  contactCenters: ContactCenterService;
  globalSettings: GlobalSettingService;
  locations: LocationService;
  images: Pick<ImageService, 'take' | 'keep' | 'removeUnused'>;
}

export function createBrandingService({
  db,
  contactCenters,
  globalSettings,
  locations,
  images,
}: BrandingServiceOptions) {
  const places: Places = { locations, images };

  async function answer(owner: store.Owner, location: string | undefined): Promise<Branding> {
    const entries = await listEntries(db, owner);
    if (location === undefined) return { entries };
    return { entries, effective: await effectiveAt(db, owner, entries, location) };
  }

  /** Returns the version that covers it. @throws AppError 400, 404, 412 */
  async function change(
    context: WriteContext,
    owner: store.Owner,
    location: string,
    work: Change,
  ): Promise<number> {
    if (owner !== undefined) {
      const center = await contactCenters.changeWithin(context, owner, (write, { id }) =>
        writePlace(write, places, id, location, work),
      );
      return center.version;
    }
    return globalSettings.changeWithin(context, (write) =>
      writePlace(write, places, undefined, location, work),
    );
  }

  async function changeAndRead(context: WriteContext, owner: store.Owner, location: string, work: Change) {
    const version = await change(context, owner, location, work);
    const entry = (await listEntries(context.within?.db ?? db, owner)).find(
      (one) => one.location === location,
    );
    return { version, entry: entry ?? { location } };
  }

  const useLogo = (context: WriteContext, owner: store.Owner, location: string, image: Image) =>
    changeAndRead(context, owner, location, async (_before, write) => {
      const { digest, width, height } = image;
      await images.keep(write, image);
      return { logo: { digest, width, height } };
    });

  return {
    /** With what is effective at a location, where one is given. @throws AppError 404 */
    async ofCenter(caller: Caller, contactCenterId: string, location: string | undefined) {
      const center = await contactCenters.read(caller, contactCenterId);
      const version = location === undefined ? undefined : await globalSettings.version();
      return { version: center.version, globalVersion: version, branding: await answer(center.id, location) };
    },
    ofInstallation: (location: string | undefined) => answer(undefined, location),
    /** Fields that are not given stay, unless `isWhole`; `null` takes one away. The logo stays. */
    put: (
      context: WriteContext,
      owner: store.Owner,
      location: string,
      patch: BrandingPatch,
      { isWhole = false } = {},
    ) =>
      changeAndRead(context, owner, location, async (before) => ({
        settings: nextSettings(before?.settings ?? {}, patch, isWhole),
      })),
    /** The branding that would be effective at the location after `put`. Nothing is written. @throws AppError 400, 404 */
    async preview(caller: Caller, owner: store.Owner, location: string, patch: BrandingPatch) {
      const id = owner && (await contactCenters.read(caller, owner)).id;
      await locations.requireInUse(db, location, 'data.location');
      const stored = await store.listBranding(db, id);
      return effectiveAt(db, id, withPatch(stored, location, patch).map(entryOf), location);
    },
    /** With its logo. @throws AppError 404, 412 */
    remove: (context: WriteContext, owner: store.Owner, location: string): Promise<number> =>
      change(context, owner, location, async (before) => {
        if (!before) throw notFound(`There is no branding at ${location}`);
        return undefined;
      }),
    /** @throws AppError 400 for what is no picture, 404, 412, 503 */
    setLogo: async (context: WriteContext, owner: store.Owner, location: string, bytes: Buffer) =>
      useLogo(context, owner, location, await images.take(bytes, 'body')),
    /** For a picture that was decoded here. */
    useLogo,
    /** @throws AppError 404, 412 */
    removeLogo: (context: WriteContext, owner: store.Owner, location: string) =>
      change(context, owner, location, async (before) => {
        if (!before?.logo) throw notFound(`There is no logo at ${location}`);
        return { logo: null };
      }),
    /** The branding of pages at a location: of a contact centre, or of none in particular. */
    async view(owner: store.Owner, location: string): Promise<BrandingView | undefined> {
      const own = owner === undefined ? [] : await listEntries(db, owner);
      return brandingViewOf(effectiveBranding(own, await listEntries(db, undefined), location));
    },
    installationVersion: globalSettings.version,
  };
}

/** Writes one place within a transaction. False: it was like that before. @throws AppError 400, 404 */
async function writePlace(
  write: Write,
  { locations, images }: Places,
  owner: store.Owner,
  location: string,
  change: Change,
): Promise<boolean> {
  const before = (await store.listBranding(write.db, owner)).find((one) => one.location === location);
  const changed = await change(before, write);
  const after = { location, settings: before?.settings ?? {}, logo: before?.logo ?? null, ...changed };
  const stays = changed !== undefined && (after.logo !== null || Object.keys(after.settings).length > 0);
  if (stays ? isDeepStrictEqual(before && { ...before }, after) : before === undefined) return false;
  if (stays) {
    await locations.requireInUse(write.db, location, 'data.location');
    await store.writeBranding(write.db, owner, after);
  } else await store.deleteBranding(write.db, owner, location);
  if (before?.logo && before.logo.digest !== (stays ? after.logo?.digest : undefined))
    await images.removeUnused(write);
  await write.record({
    action: stays ? (before ? 'update' : 'create') : 'delete',
    entity: 'branding',
    id: location,
    ...definedOnly({ contactCenterId: owner }),
    changes: diff(before && auditedOf(before), stays ? auditedOf(after) : undefined),
  });
  return true;
}

async function listEntries(db: Queryable, owner: store.Owner): Promise<BrandingEntry[]> {
  return (await store.listBranding(db, owner)).map(entryOf);
}

/** `entries`: of the owner. */
async function effectiveAt(
  db: Queryable,
  owner: store.Owner,
  entries: readonly BrandingEntry[],
  location: string,
) {
  if (owner === undefined) return effectiveBranding([], entries, location);
  return effectiveBranding(entries, await listEntries(db, undefined), location);
}

/** The stored places, as they would be after the patch of one. */
function withPatch(stored: readonly store.StoredBranding[], location: string, patch: BrandingPatch) {
  const { settings = {}, logo = null } = stored.find((one) => one.location === location) ?? {};
  const patched = { location, settings: merged(settings, patch), logo };
  return [...stored.filter((one) => one.location !== location), patched];
}

function entryOf({ location, settings, logo }: store.StoredBranding): BrandingEntry {
  return { location, ...settings, ...definedOnly({ logo: logo ?? undefined }) };
}

/** In the audit trail a picture is named by its digest. */
function auditedOf({ settings, logo }: store.StoredBranding): Record<string, unknown> {
  return definedOnly({ ...settings, logo: logo?.digest });
}

/** @throws AppError 400 for a name that is not what it looks like */
function nextSettings(
  present: store.BrandingSettings,
  patch: BrandingPatch,
  isWhole: boolean,
): store.BrandingSettings {
  const settings = merged(isWhole ? {} : present, patch);
  if (settings.name !== undefined)
    requireHonestName('data.name', settings.name, present.name ? [present.name] : []);
  return settings;
}

/** Given fields replace stored ones; `null` takes one away. */
function merged(present: store.BrandingSettings, patch: BrandingPatch): store.BrandingSettings {
  const given = Object.entries(patch).filter(([, value]) => value !== undefined);
  const fields = Object.entries({ ...present, ...Object.fromEntries(given) });
  return Object.fromEntries(fields.filter(([, value]) => value !== null));
}
