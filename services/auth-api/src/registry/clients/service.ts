/** Creates, changes and deletes clients. */

import type { SecretVerifier } from '@gatehouse/caller-auth/credentials';
import type { BrandImage } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { badRequest } from '@gatehouse/service-kit/errors';
import { cutPage, namedKeyOf, type Page, type Rows } from '@gatehouse/service-kit/http';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { Actor } from '../../core/administration/actor.ts';
import type { KeySets } from '../../core/assertions/key-sets.ts';
import { type Client, onlyCenterOf, usesSecret } from './client.ts';
import { type ClientChangesOptions, createClientChanges, missing, type Writer } from './client-changes.ts';
import { createClientSecrets } from './client-secrets.ts';
import { keepClient } from './deleted/store.ts';
import { mergeClient } from './merge.ts';
import { type ClientDefaults, newClient } from './new-client.ts';
import {
  type ClientFilter,
  countClients,
  deleteClient,
  findClient,
  findClients,
  listClients,
  updateClient,
} from './store.ts';
import { insertUnique, requireFree, taken } from './unique.ts';
import { checkRemoteKeys, needsRemoteKeys } from './validation/remote-keys.ts';
import { fieldError } from './validation/rules.ts';
import type { ClientPatch } from './validation/schemas.ts';

export type ClientService = ReturnType<typeof createClientService>;

export interface ClientServiceOptions extends ClientChangesOptions {
  db: Queryable;
  logos: {
    /** @throws AppError 400 for what is no picture, 503 */
    take(clientId: string, uri: string): Promise<BrandImage>;
    /** Never rejects. */
    keepOnly(clientId: string, logo: BrandImage | undefined): Promise<void>;
  };
  verifier: SecretVerifier;
  keySets: Pick<KeySets, 'of'>;
  now: Clock;
  defaults: ClientDefaults;
  minSecretLength: number;
  secretGraceMs: number;
}

export function createClientService(options: ClientServiceOptions) {
  const { db, logos, now, defaults } = options;
  const { change, endTokens, requireStored, hold } = createClientChanges(options);
  const secrets = createClientSecrets(options);

  return {
    /** In the order of their ids, or by name. */
    list: (filter: ClientFilter, page: Page, count = false) => readList(db, filter, page, count),

    /** `within`: only one that is bound to exactly this contact centre. @throws AppError (403, 404) */
    async get(clientId: string, within?: string): Promise<Client> {
      requireStored(clientId);
      const client = await findClient(db, clientId);
      const isShown = client && (within === undefined || onlyCenterOf(client) === within);
      return isShown ? client : missing(clientId);
    },

    /**
     * `own`: of a client that registers itself (RFC 7591). Only this answer shows the secret: that which the caller sent, or a
     * generated one. @throws AppError (400) with the fields, (409) if the client id is taken
     */
    async create(input: ClientPatch, actor: Actor, own?: Pick<Client, 'registrationAccessTokenHash'>) {
      const client = await planned(options, input);
      const { clientId } = client;
      if (client.logoUri !== undefined) client.logo = await logos.take(clientId, client.logoUri);
      if (own !== undefined) Object.assign(client, own, { registeredDynamically: true });
      const given = input.client_secret;
      const generated = given === undefined && usesSecret(client) ? secrets.generate() : undefined;
      if (given !== undefined) client.secrets = [await secrets.keep(given)];
      if (generated !== undefined) client.secrets = [generated.stored];
      const { after } = await change(clientId, 'client_created', actor, async (transaction) => {
        return { before: undefined, after: await insertUnique(transaction.client, client) };
      });
      const secret = generated?.secret ?? given;
      return definedOnly({ client: after, generatedSecret: generated?.secret, secret });
    },

    /** Refuses what `create` would refuse, except for a picture, and stores nothing. @throws AppError (400, 409) */
    async tryCreate(input: ClientPatch): Promise<Client> {
      const client = await planned(options, input);
      if (input.client_secret !== undefined) await secrets.keep(input.client_secret);
      await requireFree(db, client);
      if ((await findClient(db, client.clientId)) !== undefined) throw taken(client.clientId);
      return client;
    },

    /** By id, of those that there are. */
    findAll: (ids: readonly string[]) => findById(db, ids),

    /** Refuses what `update` would refuse, except for a picture, and stores nothing. @throws AppError (400, 403, 409) */
    tryUpdate: (present: Client, patch: ClientPatch) => tried(options, requireStored, present, patch),

    /** Merges field by field under a row lock, and revokes what the tokens lose. @throws AppError (400, 404, 412) */
    async update(clientId: string, patch: ClientPatch, writer: Writer): Promise<Client> {
      if (patch.client_id !== undefined && patch.client_id !== clientId) {
        throw fieldError('client_id', 'cannot be changed: it must be the client id of the address', 'fixed');
      }
      requireStored(clientId);
      const logo = await fetchFor(options, clientId, patch);
      const secret = patch.client_secret === undefined ? undefined : await secrets.keep(patch.client_secret);
      const { after } = await change(clientId, 'client_updated', writer, async (transaction) => {
        const before = await hold(transaction, clientId, writer);
        const merged = mergeClient(before, patch, defaults);
        if (secret !== undefined) merged.secrets = [secret];
        if (!usesSecret(merged)) merged.secrets = [];
        if (logo !== undefined) merged.logo = logo;
        if (merged.logoUri === undefined) delete merged.logo;
        await requireFree(transaction.client, merged, before);
        const after = (await updateClient(transaction.client, merged)) ?? missing(clientId);
        await endTokens(transaction, { before, after: merged });
        return { before, after };
      });
      if (patch.logoUri !== undefined) await logos.keepOnly(clientId, after.logo);
      return after;
    },

    /** Its tokens are revoked. @throws AppError (404, 412) */
    async remove(clientId: string, writer: Writer): Promise<void> {
      const { before } = await change(clientId, 'client_deleted', writer, async (transaction) => {
        const before = await hold(transaction, clientId, writer);
        await keepClient(transaction.client, writer.name, before);
        await deleteClient(transaction.client, clientId);
        await endTokens(transaction, { before, after: undefined });
        return { before, after: undefined };
      });
      if (before.logo !== undefined) await logos.keepOnly(clientId, undefined);
    },

    /** The former secret stays valid for the grace period. @throws AppError (400) for a client without one, (404, 412) */
    async rotateSecret(clientId: string, graceMs = options.secretGraceMs, writer: Writer) {
      const { secret, stored } = secrets.generate();
      const formerExpiresAtMs = now() + graceMs;
      const { after } = await change(clientId, 'client_secret_rotated', writer, async (transaction) => {
        const before = await hold(transaction, clientId, writer);
        if (!usesSecret(before))
          throw badRequest('This client proves itself without a secret: none to rotate');
        const former = before.secrets
          .slice(0, graceMs === 0 ? 0 : 1)
          .map(({ hash }) => ({ hash, expiresAtMs: formerExpiresAtMs }));
        const rotated = { ...before, secrets: [stored, ...former] };
        const after = (await updateClient(transaction.client, rotated)) ?? missing(clientId);
        return { before, after };
      });
      return { client: after, secret, formerExpiresAtMs };
    },
  };
}

async function findById(db: Queryable, ids: readonly string[]): Promise<Map<string, Client>> {
  const clients = await findClients(db, ids);
  return new Map(clients.map((client) => [client.clientId, client]));
}

/** As it would be after a change. @throws AppError (400, 403, 409) */
async function tried(
  { db, defaults, keySets }: ClientServiceOptions,
  requireStored: (clientId: string) => void,
  present: Client,
  patch: ClientPatch,
): Promise<Client> {
  requireStored(present.clientId);
  const client = mergeClient(present, patch, defaults);
  if (needsRemoteKeys(patch)) await checkRemoteKeys(client, keySets);
  await requireFree(db, client, present);
  return client;
}

async function readList(
  db: Queryable,
  filter: ClientFilter,
  page: Page,
  count: boolean,
): Promise<Rows<Client>> {
  const [rows, total] = await Promise.all([
    listClients(db, filter, page),
    count ? countClients(db, filter) : {},
  ]);
  const keyOf = ({ clientId, name }: Client) =>
    filter.sort === undefined ? clientId : namedKeyOf(clientId, name);
  return { ...cutPage(rows, page.limit, keyOf), ...total };
}

/** As it would be made. @throws AppError (400, 409) */
async function planned(
  { configuredIds, defaults, now, keySets }: ClientServiceOptions,
  input: ClientPatch,
): Promise<Client> {
  const clientId = input.client_id ?? randomUuid();
  if (configuredIds.includes(clientId)) throw taken(clientId);
  const client = mergeClient(newClient(clientId, defaults, now()), input, defaults);
  await checkRemoteKeys(client, keySets);
  return client;
}

/** Before the row is locked, because the addresses may be slow: checks the client's keys, and answers another logo. @throws AppError (400, 404, 503) */
async function fetchFor(
  { db, logos, keySets, defaults }: Pick<ClientServiceOptions, 'db' | 'logos' | 'keySets' | 'defaults'>,
  clientId: string,
  patch: ClientPatch,
): Promise<BrandImage | undefined> {
  if (needsRemoteKeys(patch)) {
    const current = (await findClient(db, clientId)) ?? missing(clientId);
    await checkRemoteKeys(mergeClient(current, patch, defaults), keySets);
  }
  const { logoUri } = patch;
  if (!logoUri) return undefined;
  const current = await findClient(db, clientId);
  const isKnown = current?.logoUri === logoUri && current.logo !== undefined;
  return current === undefined || isKnown ? undefined : logos.take(clientId, logoUri);
}
