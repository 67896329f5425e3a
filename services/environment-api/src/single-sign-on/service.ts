/** Single sign-on settings per contact centre and location: merged under the contact centre's lock, secrets sealed. */
import { isDeepStrictEqual } from 'node:util';
import { covers } from '@gatehouse/contracts/environment-api/location';
import {
  clientSecretPlace,
  type OidcSettings,
  type SamlSettings,
  type SingleSignOnView,
} from '@gatehouse/contracts/environment-api/single-sign-on';
import { diff, hiddenValue } from '@gatehouse/service-kit/changes/field-changes';
import type { SecretBox } from '@gatehouse/service-kit/crypto/secret-box';
import { badRequest, notFound } from '@gatehouse/service-kit/errors/app-error';
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';
import type { Caller } from '../access/caller.ts';
import type { WriteContext } from '../changes/writer.ts';
import type { ContactCenter } from '../contact-centers/contact-center.ts';
import type { ContactCenterService } from '../contact-centers/service.ts';
import type { LocationService } from '../locations/service.ts';
import { oidc } from './oidc.ts';
import type { Protocol, ProtocolName } from './protocol.ts';
import { saml } from './saml.ts';
import * as store from './store.ts';

export interface SignOn<Settings> {
  location: string;
  settings: Settings;
  hasSecret: boolean;
}

export interface SingleSignOnService {
  /** At all locations, or the one that is effective at a location. @throws AppError 404 */
  list<S extends object>(
    caller: Caller,
    contactCenterId: string,
    protocol: Protocol<S, never>,
    location: string | undefined,
  ): Promise<{ center: ContactCenter; entries: SignOn<S>[] }>;
  /** Fields that are not given keep their values. @throws AppError 400, 404, 412 */
  put<S extends object, P extends object>(
    context: WriteContext,
    contactCenterId: string,
    protocol: Protocol<S, P>,
    location: string,
    patch: P,
  ): Promise<{ center: ContactCenter; entry: SignOn<S> }>;
  /** @throws AppError 404, 412 */
  remove(
    context: WriteContext,
    contactCenterId: string,
    protocol: ProtocolName,
    location: string,
  ): Promise<ContactCenter>;
  /** What Auth API is told, sealed secret included. */
  view(caller: Caller, contactCenterId: string, location: string): Promise<SingleSignOnView>;
}

export function createSingleSignOnService(deps: {
  db: Queryable;
  contactCenters: ContactCenterService;
  locations: LocationService;
  secretBox: SecretBox;
}): SingleSignOnService {
  const { db, contactCenters, locations, secretBox } = deps;

  return {
    async list<S extends object>(
      caller: Caller,
      contactCenterId: string,
      protocol: Protocol<S, never>,
      location: string | undefined,
    ) {
      const center = await contactCenters.read(caller, contactCenterId);
      const stored = await store.listSignOn(db, center.id, protocol.name);
      const effective =
        location === undefined ? stored : [effectiveAt(stored, location)].filter((one) => one !== undefined);
      return { center, entries: effective.map((entry) => entryOf<S>(entry)) };
    },
    async put<S extends object, P extends object>(
      context: WriteContext,
      contactCenterId: string,
      protocol: Protocol<S, P>,
      location: string,
      patch: P,
    ) {
      let entry: store.StoredSignOn | undefined;
      const center = await contactCenters.changeWithin(context, contactCenterId, async (write, { id }) => {
        await locations.requireInUse(write.db, location, 'data.location');
        const before = await store.readSignOn(write.db, id, protocol.name, location);
        const settings = protocol.merge((before?.settings as S | undefined) ?? protocol.defaults, patch);
        const secret = nextSecret(protocol, before, settings, patch, (text) =>
          secretBox.seal(text, clientSecretPlace(id, location)),
        );
        const problems = protocol.problemsOf(settings, secret !== null);
        if (problems.length > 0) {
          throw badRequest(problems.map(({ field, message }) => `${field}: ${message}`).join('; '), {
            problems,
          });
        }
        entry = { location, settings, secret };
        if (before && isDeepStrictEqual(before.settings, settings) && before.secret === secret) return false;
        await store.writeSignOn(write.db, id, protocol.name, entry);
        await write.record({
          action: before ? 'update' : 'create',
          entity: protocol.name,
          id: location,
          contactCenterId: id,
          changes: changesOf(before, { location, settings, secret }),
        });
        return true;
      });
      if (!entry) throw new Error('the settings were not looked at');
      return { center, entry: entryOf<S>(entry) };
    },
    remove: (context, contactCenterId, protocol, location) =>
      contactCenters.changeWithin(context, contactCenterId, async (write, { id }) => {
        const before = await store.readSignOn(write.db, id, protocol, location);
        if (!before) throw notFound(`The contact centre has no ${protocol} settings at ${location}`);
        await store.deleteSignOn(write.db, id, protocol, location);
        await write.record({
          action: 'delete',
          entity: protocol,
          id: location,
          contactCenterId: id,
          changes: changesOf(before, undefined),
        });
        return true;
      }),
    async view(caller, contactCenterId, location) {
      const center = await contactCenters.read(caller, contactCenterId);
      const samlEntry = effectiveAt(await store.listSignOn(db, center.id, saml.name), location);
      const oidcEntry = effectiveAt(await store.listSignOn(db, center.id, oidc.name), location);
      return {
        version: center.version,
        ...(samlEntry
          ? { saml: { location: samlEntry.location, ...(samlEntry.settings as SamlSettings) } }
          : {}),
        ...(oidcEntry
          ? {
              oidc: {
                location: oidcEntry.location,
                ...(oidcEntry.settings as OidcSettings),
                ...(oidcEntry.secret === null ? {} : { clientSecretEnvelope: oidcEntry.secret }),
              },
            }
          : {}),
      };
    },
  };
}

/** The longest location that covers the given one. */
function effectiveAt(
  stored: readonly store.StoredSignOn[],
  location: string,
): store.StoredSignOn | undefined {
  return stored
    .filter((entry) => covers(entry.location, location))
    .sort((a, b) => b.location.length - a.location.length)[0];
}

function entryOf<S>({ location, settings, secret }: store.StoredSignOn): SignOn<S> {
  return { location, settings: settings as S, hasSecret: secret !== null };
}

function nextSecret<S extends object, P extends object>(
  protocol: Protocol<S, P>,
  before: store.StoredSignOn | undefined,
  settings: S,
  patch: P,
  seal: (text: string) => string,
): string | null {
  const given = protocol.secretOf(patch);
  if (given !== undefined) return given === null ? null : seal(given);
  if (!before || before.secret === null) return null;
  // Whoever may change the issuer but does not know the secret would have it sent to an address of his own.
  if (protocol.secretIsFor(before.settings as S) !== protocol.secretIsFor(settings)) {
    throw badRequest(
      'issuer or tokenEndpoint: changes, and the stored clientSecret was given for the other one: send clientSecret again',
      {
        field: 'data.clientSecret',
      },
    );
  }
  return before.secret;
}

function changesOf(before: store.StoredSignOn | undefined, after: store.StoredSignOn | undefined) {
  const changes = diff(
    before?.settings as Record<string, unknown> | undefined,
    after?.settings as Record<string, unknown> | undefined,
  );
  if ((before?.secret ?? null) === (after?.secret ?? null)) return changes;
  return {
    ...changes,
    clientSecret: {
      ...(before?.secret ? { from: hiddenValue } : {}),
      ...(after?.secret ? { to: hiddenValue } : {}),
    },
  };
}
