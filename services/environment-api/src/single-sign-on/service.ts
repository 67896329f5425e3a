/** Reads and writes single sign-on settings per contact centre and location, under its lock, with sealed secrets. */
import { isDeepStrictEqual } from 'node:util';
import { clientSecretPlace, type SingleSignOnView } from '@gatehouse/contracts/environment-api';
import { definedOnly, type SignOnProtocol } from '@gatehouse/contracts/values';
import { diff, hiddenValue } from '@gatehouse/service-kit/changes';
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import { badRequest, notFound } from '@gatehouse/service-kit/errors';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { Caller } from '../access/caller.ts';
import { requireSpeaker } from '../access/speaking.ts';
import type { Write, WriteContext } from '../changes/writer.ts';
import type { ContactCenter } from '../contact-centers/contact-center.ts';
import type { ContactCenterService } from '../contact-centers/service.ts';
import type { LocationService } from '../locations/service.ts';
import type { Protocol } from './protocol.ts';
import * as store from './store.ts';
import { effectiveAt, viewAt, viewOf } from './view.ts';

export interface SignOn<Settings> {
  location: string;
  settings: Settings;
  hasSecret: boolean;
}

export interface SentSecret {
  /** The stored secret, sent again: needed only where the settings send it elsewhere. */
  storedSecret?: string | undefined;
  /** The name of the field in the request. */
  field?: string;
}

export interface PutOptions extends SentSecret {
  /** Fields that are not given get their defaults, or are removed. The secret stays. */
  isWhole?: boolean;
}

interface Plan<P> {
  location: string;
  before: store.StoredSignOn | undefined;
  patch: P;
  isWhole?: boolean;
  sent?: SentSecret;
}

export type SingleSignOnService = ReturnType<typeof createSingleSignOnService>;

export function createSingleSignOnService({
  db,
  contactCenters,
  locations,
  secretBox,
}: {
  db: Queryable;
  contactCenters: ContactCenterService;
  locations: LocationService;
  secretBox: SecretBox;
}) {
  return {
    /** At all locations, or the entry that is effective at one. @throws AppError 404 */
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
    /** Fields that are not given keep their values, unless `isWhole`. @throws AppError 400, 404, 412 */
    async put<S extends object, P extends object>(
      context: WriteContext,
      contactCenterId: string,
      protocol: Protocol<S, P>,
      location: string,
      patch: P,
      { isWhole = false, ...sent }: PutOptions = {},
    ) {
      let entry: store.StoredSignOn | undefined;
      const center = await contactCenters.changeWithin(context, contactCenterId, async (write, { id }) => {
        await requireSpeaker(context.caller, write.db, id);
        await locations.requireInUse(write.db, location, 'data.location');
        const stored = await store.listSignOn(write.db, id, protocol.name);
        const before = stored.find((one) => one.location === location);
        const { settings, secret } = planned(secretBox, protocol, id, {
          location,
          before,
          patch,
          isWhole,
          sent,
        });
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
        // The first settings of a place replace those of the wider one there.
        const effective = before ?? effectiveAt(stored, location);
        if (effective && endsSignOn(protocol, effective.settings as S, settings))
          announceEnd(write, id, { protocol: protocol.name, location });
        return true;
      });
      if (!entry) throw new Error('the settings were not read');
      return { center, entry: entryOf<S>(entry) };
    },
    /** @throws AppError 404, 412 */
    remove: (
      context: WriteContext,
      contactCenterId: string,
      protocol: SignOnProtocol,
      location: string,
    ): Promise<ContactCenter> =>
      contactCenters.changeWithin(context, contactCenterId, async (write, { id }) => {
        await requireSpeaker(context.caller, write.db, id);
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
        if (isEnabled(before.settings)) announceEnd(write, id, { protocol, location });
        return true;
      }),
    /** The settings that `put` would store, in the form for Auth API. It stores nothing. @throws AppError 400, 404 */
    async plan<S extends object, P extends object>(
      caller: Caller,
      contactCenterId: string,
      protocol: Protocol<S, P>,
      { location, ...patch }: P & { location: string },
    ): Promise<SingleSignOnView> {
      const { id, version } = await contactCenters.read(caller, contactCenterId);
      await locations.requireInUse(db, location, 'data.location');
      const before = await store.readSignOn(db, id, protocol.name, location);
      const plan = { location, before, patch: patch as unknown as P };
      return viewOf(version, { [protocol.name]: { location, ...planned(secretBox, protocol, id, plan) } });
    },
    /** The form for Auth API, with the sealed secret. @throws AppError 404 */
    async view(caller: Caller, contactCenterId: string, location: string): Promise<SingleSignOnView> {
      const center = await contactCenters.read(caller, contactCenterId);
      return viewAt(db, center, location);
    },
  };
}

/** The settings that a change would store. @throws AppError 400 */
function planned<S extends object, P extends object>(
  secretBox: SecretBox,
  protocol: Protocol<S, P>,
  contactCenterId: string,
  { location, before, patch, isWhole = false, sent = {} }: Plan<P>,
) {
  const kept = isWhole ? undefined : (before?.settings as S | undefined);
  const settings = protocol.merge(kept ?? protocol.defaults, patch);
  const secret = nextSecret(protocol, before, settings, patch, sent, (text) =>
    secretBox.seal(text, clientSecretPlace(contactCenterId, location)),
  );
  requireComplete(protocol, settings, secret);
  return { settings, secret };
}

/** @throws AppError 400 with every problem at once */
function requireComplete<S extends object>(
  protocol: Protocol<S, never>,
  settings: S,
  secret: string | null,
): void {
  const problems = protocol.problemsOf(settings, secret !== null);
  if (problems.length === 0) return;
  const message = problems.map(({ field, message }) => `${field}: ${message}`).join('; ');
  throw badRequest(message, { problems });
}

/** Whether it was switched off, or asks another identity provider from now on. */
function endsSignOn<S extends object>({ providerOf }: Protocol<S, never>, before: S, after: S): boolean {
  if (!isEnabled(before)) return false;
  return !isEnabled(after) || providerOf(before) !== providerOf(after);
}

function isEnabled(settings: object): boolean {
  return (settings as { enabled?: boolean }).enabled === true;
}

/** Auth API at that location revokes what came in by it, or by the settings of a wider place. */
function announceEnd(
  write: Write,
  contactCenterId: string,
  { protocol, location }: { protocol: SignOnProtocol; location: string },
): void {
  write.announce({ entity: 'single-sign-on-end', id: `${protocol} ${location}`, contactCenterId });
}

function entryOf<S>({ location, settings, secret }: store.StoredSignOn): SignOn<S> {
  return { location, settings: settings as S, hasSecret: secret !== null };
}

function nextSecret<S extends object, P extends object>(
  protocol: Protocol<S, P>,
  before: store.StoredSignOn | undefined,
  settings: S,
  patch: P,
  { storedSecret, field = 'data.clientSecret' }: SentSecret,
  seal: (text: string) => string,
): string | null {
  const given = protocol.secretOf(patch);
  if (given !== undefined) return given === null ? null : seal(given);
  if (!before || before.secret === null) return null;
  // Otherwise a caller who does not know the secret could have it sent to an address of its own.
  if (protocol.secretIsFor(before.settings as S) === protocol.secretIsFor(settings)) return before.secret;
  if (storedSecret !== undefined) return seal(storedSecret);
  throw badRequest(
    'issuer or tokenEndpoint: changes, and the stored clientSecret was given for the other one: send clientSecret again',
    { field },
  );
}

function changesOf(before: store.StoredSignOn | undefined, after: store.StoredSignOn | undefined) {
  const changes = diff(
    before?.settings as Record<string, unknown> | undefined,
    after?.settings as Record<string, unknown> | undefined,
  );
  if ((before?.secret ?? null) === (after?.secret ?? null)) return changes;
  return {
    ...changes,
    clientSecret: definedOnly({
      from: before?.secret ? hiddenValue : undefined,
      to: after?.secret ? hiddenValue : undefined,
    }),
  };
}
