/** Makes the configuration what a document says, in one transaction, through the services so that every rule holds. */
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Warning } from '@gatehouse/contracts/answers';
import type { Setting } from '@gatehouse/contracts/environment-administration';
import { clientSecretPlace, everybody } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import { say, wordsOf } from '@gatehouse/service-kit/sentences';
import type { BrandingService } from '../branding/service.ts';
import type { Write, WriteContext, Written } from '../changes/writer.ts';
import { freeDomains, type Installation, type StoredCenter } from '../configuration/estate.ts';
import { movingDomains } from '../configuration/moving-domains.ts';
import type { Pictures } from '../configuration/pictures.ts';
import { auditedFields } from '../contact-centers/contact-center.ts';
import { completed } from '../contact-centers/second-factor.ts';
import type { ContactCenterService } from '../contact-centers/service.ts';
import type { EnvironmentService } from '../environments/service.ts';
import type { GlobalSettingService } from '../global-settings/service.ts';
import type { LocationService } from '../locations/service.ts';
import { type Naming, nameWarnings, normalizeSetting } from '../settings/naming.ts';
import type { SettingService } from '../settings/service.ts';
import { oidc } from '../single-sign-on/oidc.ts';
import { saml } from '../single-sign-on/saml.ts';
import type { SingleSignOnService } from '../single-sign-on/service.ts';
import { type InstallationDocument, settingKey } from './document.ts';
import { createBrandingImport } from './import-branding.ts';
import { createEnvironmentImport } from './import-environments.ts';
import { writeNumbers } from './import-numbers.ts';
import type { ReadSecret } from './import-secrets.ts';

type WantedCenter = InstallationDocument['contactCenters'][number];

/** One import. */
interface Job {
  document: InstallationDocument;
  present: Installation;
  /** Takes part in `write`. */
  context: WriteContext;
  write: Write;
  /** References without a value, whose stored secrets stay. */
  keptSecrets: string[];
  pictures: Pictures;
}

export type Importer = ReturnType<typeof createImporter>;

const centersPerTurn = 25;

/** Each writes its part of the document. */
export interface ImportedServices {
  environments: EnvironmentService;
  contactCenters: ContactCenterService;
  settings: SettingService;
  globalSettings: GlobalSettingService;
  locations: LocationService;
  singleSignOn: SingleSignOnService;
  branding: BrandingService;
}

export function createImporter(services: ImportedServices, readSecret: ReadSecret) {
  const { environments, contactCenters, settings, globalSettings, locations, singleSignOn, branding } =
    services;
  const writeBranding = createBrandingImport(branding);
  const writeEnvironments = createEnvironmentImport({ environments, readSecret });

  async function writeCenters(job: Job): Promise<void> {
    const { document, present, context, write } = job;
    const byId = new Map(present.contactCenters.map((one) => [one.center.id, one]));
    const domains = document.contactCenters.map(({ id, domains: wanted }) => {
      return { id, wanted, present: byId.get(id)?.center.domains };
    });
    await freeDomains(write.db, movingDomains(domains));
    for (const [index, wanted] of document.contactCenters.entries()) {
      const before = byId.get(wanted.id);
      const {
        settings: wantedSettings,
        branding: wantedBranding,
        saml: _saml,
        oidc: _oidc,
        ...fields
      } = wanted;
      // A document of the release before names no membership: whoever belongs to a contact centre now does afterwards.
      const membership = wanted.membership ?? before?.center.membership ?? everybody;
      // Nor does it name a policy: the one that is there stays.
      const secondFactor = completed(wanted.secondFactor, before?.center.secondFactor);
      const whole = { ...fields, membership, secondFactor };
      if (!before) await contactCenters.create(context, whole);
      else if (isDifferent(whole, before)) await contactCenters.change(context, wanted.id, whole);
      await writeSettings(wantedSettings, before?.settings ?? [], `contactCenters.${index}.settings`, {
        upsert: (setting, naming) => settings.upsert(context, wanted.id, setting, naming),
        remove: ({ name, location }) => settings.remove(context, wanted.id, name, location),
      });
      await writeSignOn({ singleSignOn, readSecret }, job, wanted, before, index);
      await writeBranding(job, wanted.id, wantedBranding, before?.branding ?? []);
      // A contact centre without changes awaits nothing, so other requests need a turn.
      if (index % centersPerTurn === 0) await yieldToOthers();
    }
  }

  return {
    /** Returns the references without a value, whose stored secrets stay. */
    async apply(
      document: InstallationDocument,
      present: Installation,
      { context, write, pictures }: { context: WriteContext; write: Write; pictures: Pictures },
    ): Promise<string[]> {
      const job: Job = { document, present, context, write, keptSecrets: [], pictures };
      // Creates first what other entities need, and deletes last what they no longer need.
      for (const location of document.locations) {
        if (!present.locations.includes(location)) await locations.declare(context, location);
      }
      const centerIds = new Set(document.contactCenters.map(({ id }) => id));
      for (const { center } of present.contactCenters) {
        if (!centerIds.has(center.id)) await contactCenters.remove(context, center.id);
      }
      await writeEnvironments({ ...job, db: write.db }, document.environments, present.environments);
      await writeNumbers(write, document);
      await writeSettings(document.settings, present.settings, 'settings', {
        upsert: (setting, naming) => globalSettings.upsert(context, setting, naming),
        remove: ({ name, location }) => globalSettings.remove(context, name, location),
      });
      await writeBranding(job, undefined, document.branding, present.branding);
      await writeCenters(job);
      const environmentIds = new Set(document.environments.map(({ id }) => id));
      for (const { id } of present.environments) {
        if (!environmentIds.has(id)) await environments.remove(context, id);
      }
      for (const location of present.locations) {
        if (!document.locations.includes(location)) await locations.withdraw(context, location);
      }
      return job.keptSecrets;
    },
  };
}

async function writeSignOn(
  { singleSignOn, readSecret }: { singleSignOn: SingleSignOnService; readSecret: ReadSecret },
  job: Job,
  wanted: WantedCenter,
  before: StoredCenter | undefined,
  index: number,
): Promise<void> {
  const { context } = job;
  const stored = before?.signOn ?? [];
  for (const { location, ...settings } of wanted.saml)
    await singleSignOn.put(context, wanted.id, saml, location, settings, { isWhole: true });
  for (const [position, { location, clientSecret: given, ...fields }] of wanted.oidc.entries()) {
    const field = `contactCenters.${index}.oidc.${position}.clientSecret`;
    const present = stored.find((one) => one.protocol === 'oidc' && one.location === location);
    const place = clientSecretPlace(wanted.id, location);
    const secret = given && (await readSecret(job, given, field, present?.secret ?? undefined, place));
    const clientSecret = secret ? secret.changed : null;
    const patch = { ...fields, ...definedOnly({ clientSecret }) };
    const options = { storedSecret: secret ? secret.stored : undefined, field, isWhole: true };
    await singleSignOn.put(context, wanted.id, oidc, location, patch, options);
  }
  for (const { protocol, location } of stored) {
    if (wanted[protocol].some((one) => one.location === location)) continue;
    await singleSignOn.remove(context, wanted.id, protocol, location);
  }
}

async function writeSettings(
  wanted: readonly Setting[],
  present: readonly Setting[],
  list: string,
  {
    upsert,
    remove,
  }: {
    upsert: (setting: Setting, naming: Naming) => Promise<unknown>;
    remove: (setting: Setting) => Promise<unknown>;
  },
): Promise<void> {
  const before = new Map(present.map((setting) => [settingKey(setting), setting]));
  for (const [index, given] of wanted.entries()) {
    const setting = normalizeSetting(given);
    if (!isDeepStrictEqual(before.get(settingKey(setting)), setting))
      // A document holds the names that an installation had, also those of a release that took every name.
      await upsert(setting, { field: `${list}.${index}.name`, takesUnread: true });
    before.delete(settingKey(setting));
  }
  for (const setting of before.values()) await remove(setting);
}

/** Names that nothing reads are taken, and told. So is what the document cannot hold. `changes`: those that the document makes. */
export function documentWarnings(
  { settings, contactCenters }: InstallationDocument,
  changes: readonly Pick<Written, 'action' | 'entity' | 'id'>[],
): Warning[] {
  const within = (list: readonly Setting[], path: string) =>
    list.flatMap((setting, index) => nameWarnings(setting, `${path}.${index}.name`) ?? []);
  const created = new Set(
    changes.flatMap(({ action, entity, id }) =>
      action === 'create' && entity === 'contact-center' ? [id] : [],
    ),
  );
  return [
    ...contactCenters.flatMap((one, index) => (created.has(one.id) ? factorWarnings(one, index) : [])),
    ...within(settings, 'settings'),
    ...contactCenters.flatMap((one, index) => within(one.settings, `contactCenters.${index}.settings`)),
  ].slice(0, maxWarnings);
}

/** The people of a contact centre that is new here have no second factors here. */
function factorWarnings({ id, name = id, secondFactor }: WantedCenter, index: number): Warning[] {
  const { mode, requiredRoles, phishingResistantRoles, enrolmentGraceDays } = completed(secondFactor);
  const isRequiredOfRoles = requiredRoles.length + phishingResistantRoles.length > 0;
  if (mode === 'off' && !isRequiredOfRoles) return [];
  const isRequired = isRequiredOfRoles || mode !== 'offered';
  const how = !isRequired ? 'notHeld' : enrolmentGraceDays > 0 ? 'inGrace' : 'invited';
  const field = `contactCenters.${index}.secondFactor`;
  return [{ field, value: mode, ...wordsOf(say(`warning.factors.${how}`, { name })) }];
}

const maxWarnings = 100;

/** A field that the document does not name stays. */
function isDifferent(
  { id: _id, ...wanted }: Omit<WantedCenter, 'settings' | 'branding' | 'saml' | 'oidc'>,
  { center }: StoredCenter,
): boolean {
  const present = auditedFields(center);
  return !isDeepStrictEqual({ ...present, ...definedOnly(wanted) }, present);
}
