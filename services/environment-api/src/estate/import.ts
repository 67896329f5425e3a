/** Makes the estate what a document says, in one transaction: through the services, so that every rule holds. */
import { setImmediate as othersTurn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Setting } from '@gatehouse/contracts/environment-api/administration/settings';
import {
  type ConfigServerTlsView,
  tlsKeyPlace,
} from '@gatehouse/contracts/environment-api/config-server-tls';
import { passwordPlace } from '@gatehouse/contracts/environment-api/environment';
import { clientSecretPlace } from '@gatehouse/contracts/environment-api/single-sign-on';
import type { SecretBox, SecretPlace } from '@gatehouse/service-kit/crypto/secret-box';
import { badRequest } from '@gatehouse/service-kit/errors/app-error';
import type { Write, WriteContext } from '../changes/writer.ts';
import { domainKey } from '../contact-centers/domain.ts';
import type { ContactCenterService } from '../contact-centers/service.ts';
import { normalizeSetting } from '../cors/origins.ts';
import type { EnvironmentService } from '../environments/service.ts';
import type { TlsPatch } from '../environments/tls.ts';
import type { GlobalSettingService } from '../global-settings/service.ts';
import type { LocationService } from '../locations/service.ts';
import type { SettingService } from '../settings/service.ts';
import { oidc } from '../single-sign-on/oidc.ts';
import { saml } from '../single-sign-on/saml.ts';
import type { SingleSignOnService } from '../single-sign-on/service.ts';
import { type EstateDocument, placeOf, type SecretField } from './document.ts';
import type { ResolveSecret } from './secret-reference.ts';
import { type Estate, freeDomains, type StoredCenter } from './store.ts';

export interface ImportDeps {
  environments: EnvironmentService;
  contactCenters: ContactCenterService;
  settings: SettingService;
  globalSettings: GlobalSettingService;
  locations: LocationService;
  singleSignOn: SingleSignOnService;
  secretBox: SecretBox;
  resolveSecret: ResolveSecret;
}

type Center = EstateDocument['contactCenters'][number];

const centersOfTurn = 25;

/** Returns the references that led nowhere, whose secrets stay as they are. `context` takes part in `write`. */
export async function applyDocument(
  document: EstateDocument,
  present: Estate,
  deps: ImportDeps,
  { context, write }: { context: WriteContext; write: Write },
): Promise<string[]> {
  const kept: string[] = [];
  const { environments, contactCenters, settings, globalSettings, locations, singleSignOn } = deps;

  /** Undefined: it is there already, or stays because the reference leads nowhere. */
  async function newSecret(
    secret: SecretField,
    field: string,
    stored: string | undefined,
    place: SecretPlace,
  ) {
    const text = await deps.resolveSecret(secret, field);
    if (text === undefined && stored === undefined) {
      const ref = typeof secret === 'string' ? '' : secret.ref;
      throw badRequest(
        `The reference ${JSON.stringify(ref)} leads nowhere, and there is no secret to keep: set it`,
        {
          field,
        },
      );
    }
    if (text === undefined) kept.push(typeof secret === 'string' ? field : secret.ref);
    if (text === undefined || stored === undefined) return text;
    return deps.secretBox.open(stored, place).toString('utf8') === text ? undefined : text;
  }

  async function writeEnvironments(): Promise<void> {
    const byId = new Map(present.environments.map((one) => [one.id, one]));
    for (const [index, { id, password, tls: wantedTls, ...fields }] of document.environments.entries()) {
      const field = `environments.${index}`;
      const before = byId.get(id);
      const secret = await newSecret(
        password,
        `${field}.password`,
        before?.passwordEnvelope,
        passwordPlace(id),
      );
      const tls = wantedTls ? await tlsOf(id, wantedTls, before?.tls, `${field}.tls.mutual.key`) : null;
      if (before)
        await environments.change(context, id, {
          ...registryAbsent,
          ...fields,
          tls,
          ...(secret === undefined ? {} : { password: secret }),
        });
      else await environments.create(context, { ...fields, tls, id, password: secret ?? '' });
    }
  }

  async function tlsOf(
    id: string,
    { mutual, ...tls }: NonNullable<EstateDocument['environments'][number]['tls']>,
    stored: ConfigServerTlsView | undefined,
    field: string,
  ): Promise<TlsPatch> {
    const key = mutual
      ? await newSecret(mutual.key, field, stored?.mutual?.keyEnvelope, tlsKeyPlace(id))
      : undefined;
    return {
      ...tlsAbsent,
      ...tls,
      ...(mutual ? { mutual: { cert: mutual.cert, ...(key === undefined ? {} : { key }) } } : {}),
    };
  }

  async function writeCenters(): Promise<void> {
    const byId = new Map(present.contactCenters.map((one) => [one.center.id, one]));
    await freeDomains(write.db, movingDomains(document, present));
    for (const [index, wanted] of document.contactCenters.entries()) {
      const before = byId.get(wanted.id);
      const { settings: wantedSettings, saml: wantedSaml, oidc: wantedOidc, ...fields } = wanted;
      if (!before) await contactCenters.create(context, fields);
      else if (isDifferent(wanted, before)) await contactCenters.change(context, wanted.id, fields);
      await writeSettings(wantedSettings, before?.settings ?? [], {
        put: (setting) => settings.upsert(context, wanted.id, setting),
        take: ({ name, location }) => settings.remove(context, wanted.id, name, location),
      });
      await writeSignOn(wanted, before, index);
      // Where nothing differs nothing is waited for: others get their turn all the same.
      if (index % centersOfTurn === 0) await othersTurn();
    }
  }

  async function writeSignOn(wanted: Center, before: StoredCenter | undefined, index: number): Promise<void> {
    const stored = before?.signOn ?? [];
    for (const { location, ...patch } of wanted.saml) {
      await singleSignOn.put(context, wanted.id, saml, location, {
        ...samlAbsent,
        ...saml.defaults,
        ...patch,
      });
    }
    for (const [position, { location, clientSecret, ...patch }] of wanted.oidc.entries()) {
      const field = `contactCenters.${index}.oidc.${position}.clientSecret`;
      const sealed =
        stored.find((one) => one.protocol === 'oidc' && one.location === location)?.secret ?? undefined;
      const place = clientSecretPlace(wanted.id, location);
      const secret = clientSecret ? await newSecret(clientSecret, field, sealed, place) : null;
      await singleSignOn.put(context, wanted.id, oidc, location, {
        ...oidcAbsent,
        ...oidc.defaults,
        ...patch,
        ...(secret === undefined ? {} : { clientSecret: secret }),
      });
    }
    for (const { protocol, location } of stored) {
      if (wanted[protocol].some((one) => one.location === location)) continue;
      await singleSignOn.remove(context, wanted.id, protocol, location);
    }
  }

  // What others need comes first, what others need no longer goes last.
  for (const location of document.locations) {
    if (!present.locations.includes(location)) await locations.declare(context, location);
  }
  const centerIds = new Set(document.contactCenters.map(({ id }) => id));
  for (const { center } of present.contactCenters) {
    if (!centerIds.has(center.id)) await contactCenters.remove(context, center.id);
  }
  await writeEnvironments();
  await writeSettings(document.settings, present.settings, {
    put: (setting) => globalSettings.upsert(context, setting),
    take: ({ name, location }) => globalSettings.remove(context, name, location),
  });
  await writeCenters();
  const environmentIds = new Set(document.environments.map(({ id }) => id));
  for (const { id } of present.environments) {
    if (!environmentIds.has(id)) await environments.remove(context, id);
  }
  for (const location of present.locations) {
    if (!document.locations.includes(location)) await locations.withdraw(context, location);
  }
  return kept;
}

/** Fields without a default are taken away when the document does not have them. */
const samlAbsent = {
  idpMetadataXml: null,
  idpMetadataUrl: null,
  userNameAttribute: null,
  nameIdFormat: null,
};
const tlsAbsent = { ca: null, serverName: null, mutual: null };
const registryAbsent = { consulService: null, srvRecord: null };
const oidcAbsent = { issuer: null, clientId: null, prompt: null };

async function writeSettings(
  wanted: readonly Setting[],
  present: readonly Setting[],
  { put, take }: { put(setting: Setting): Promise<unknown>; take(setting: Setting): Promise<unknown> },
): Promise<void> {
  const before = new Map(present.map((setting) => [placeOf(setting), setting]));
  for (const given of wanted) {
    const setting = normalizeSetting(given);
    if (!isDeepStrictEqual(before.get(placeOf(setting)), setting)) await put(setting);
    before.delete(placeOf(setting));
  }
  for (const setting of before.values()) await take(setting);
}

function isDifferent(wanted: Center, { center }: StoredCenter): boolean {
  const fieldsOf = ({
    environmentId,
    name,
    domains,
    auth,
    status,
  }: Omit<Center, 'id' | 'settings' | 'saml' | 'oidc'>) => ({
    environmentId,
    name,
    domains,
    auth,
    status,
  });
  return !isDeepStrictEqual(fieldsOf(wanted), fieldsOf(center));
}

/** Contact centres that stay and hold a domain which another one is to get. */
function movingDomains(document: EstateDocument, present: Estate): string[] {
  const wantedBy = new Map(
    document.contactCenters.flatMap(({ id, domains }) => domains.map((domain) => [domainKey(domain), id])),
  );
  return present.contactCenters
    .filter(({ center }) =>
      center.domains.some((domain) => (wantedBy.get(domainKey(domain)) ?? center.id) !== center.id),
    )
    .map(({ center }) => center.id);
}
