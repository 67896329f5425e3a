/** Creates, changes and deletes clients. Every change is one transaction with its audit row and its change record. */

import type { SecretVerifier } from '@gatehouse/caller-auth/credentials';
import type { BrandImage } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import type { ChangeLog, ChangeTransaction } from '@gatehouse/service-kit/changes';
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { badRequest, conflict, forbidden, notFound } from '@gatehouse/service-kit/errors';
import { cutPage, type Page, type Rows, requireMatch } from '@gatehouse/service-kit/http';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { Actor } from '../../core/administration/actor.ts';
import type { KeySets } from '../../core/assertions/key-sets.ts';
import type { DomainEvent } from '../../core/domain-event.ts';
import { type AuditEventName, type AuditWriter, actorFields } from '../../records/audit/event.ts';
import type { Revocations } from '../../records/revocation/revocations.ts';
import { type Client, onlyCenterOf, usesSecret } from './client.ts';
import { createClientSecrets } from './client-secrets.ts';
import { mergeClient } from './merge.ts';
import { endedByChange } from './narrowing.ts';
import { type ClientDefaults, newClient } from './new-client.ts';
import { checkRemoteKeys, needsRemoteKeys } from './remote-keys.ts';
import { fieldError } from './rules.ts';
import type { ClientPatch } from './schemas.ts';
import {
  type ClientFilter,
  deleteClient,
  findClient,
  findTakenDetailType,
  insertClient,
  listClients,
  lockClient,
  updateClient,
} from './store.ts';
import { auditedChanges } from './view.ts';

/** The writer, and the version that they expect (If-Match). */
export interface Writer extends Actor {
  ifMatch?: string | undefined;
}

export type ClientService = ReturnType<typeof createClientService>;

export interface ClientServiceOptions {
  db: Queryable;
  changes: ChangeLog;
  audit: AuditWriter;
  /** Listeners drop their copies of the client here at once. */
  changed: Pick<DomainEvent<[clientId: string]>, 'announce'>;
  logos: {
    /** @throws AppError 400 for what is no picture, 503 */
    take(clientId: string, uri: string): Promise<BrandImage>;
    /** Never rejects. */
    keepOnly(clientId: string, logo: BrandImage | undefined): Promise<void>;
  };
  verifier: SecretVerifier;
  revocations: Revocations;
  keySets: Pick<KeySets, 'of'>;
  now: Clock;
  defaults: ClientDefaults;
  /** Clients that come from configuration: nobody administers them here. */
  configuredIds: readonly string[];
  minSecretLength: number;
  secretGraceMs: number;
}

/** `before` is undefined for a created client, `after` for a deleted one. */
interface Change {
  before: Client | undefined;
  after: Client | undefined;
}

export function createClientService(options: ClientServiceOptions) {
  const { db, changes, audit, changed, logos, verifier, revocations, keySets, now, defaults } = options;
  const secrets = createClientSecrets(options);

  /** Drops cached copies of the client here at once; other replicas follow the change record. */
  async function change<T extends Change>(
    clientId: string,
    event: AuditEventName,
    actor: Actor,
    work: (transaction: ChangeTransaction) => Promise<T>,
  ): Promise<T> {
    const result = await changes.inTransaction(async (transaction) => {
      const done = await work(transaction);
      await audit.inTransaction(transaction.client, {
        name: event,
        outcome: 'success',
        clientId,
        correlationId: actor.correlationId,
        clientAddress: actor.clientAddress,
        fields: { ...actorFields(actor), changes: auditedChanges(done.before, done.after) },
      });
      transaction.record({ entity: 'client', id: clientId });
      return done;
    });
    verifier.forget();
    await changed.announce(clientId);
    return result;
  }

  /** Fetched where it is another one, before the row is locked: the address may be slow. @throws AppError (400, 503) */
  async function newLogo(clientId: string, { logoUri }: ClientPatch): Promise<BrandImage | undefined> {
    if (!logoUri) return undefined;
    const current = await findClient(db, clientId);
    const isKnown = current?.logoUri === logoUri && current.logo !== undefined;
    return current === undefined || isKnown ? undefined : logos.take(clientId, logoUri);
  }

  /** Before the commit, so that no token keeps rights that the registration has lost. */
  async function endTokens({ client: db }: ChangeTransaction, { before, after }: Change): Promise<void> {
    if (before !== undefined) await revocations.revokeAll(endedByChange(before, after), db);
  }

  /** @throws AppError (403) */
  function requireStored(clientId: string): void {
    if (options.configuredIds.includes(clientId))
      throw forbidden(
        `The client ${clientId} comes from the configuration of the installation: it is not administered here`,
      );
  }

  /** Locks the client until the transaction ends. @throws AppError (403, 404, 412) */
  async function hold({ client: db }: ChangeTransaction, clientId: string, { ifMatch }: Writer) {
    requireStored(clientId);
    const current = (await lockClient(db, clientId)) ?? missing(clientId);
    requireMatch(ifMatch, current.version);
    return current;
  }

  return {
    /** In the order of their ids. */
    async list(filter: ClientFilter, page: Page): Promise<Rows<Client>> {
      return cutPage(await listClients(db, filter, page), page.limit, ({ clientId }) => clientId);
    },

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
      const clientId = input.client_id ?? randomUuid();
      if (options.configuredIds.includes(clientId)) throw taken(clientId);
      const client = mergeClient(newClient(clientId, defaults, now()), input, defaults);
      await checkRemoteKeys(client, keySets);
      if (client.logoUri !== undefined) client.logo = await logos.take(clientId, client.logoUri);
      if (own !== undefined) Object.assign(client, own, { registeredDynamically: true });
      const given = input.client_secret;
      const generated = given === undefined && usesSecret(client) ? secrets.generate() : undefined;
      if (given !== undefined) client.secrets = [await secrets.keep(given)];
      if (generated !== undefined) client.secrets = [generated.stored];
      const { after } = await change(clientId, 'client_created', actor, async (transaction) => {
        await requireFreeTypes(transaction.client, client);
        const after = (await insertClient(transaction.client, client)) ?? raise(taken(clientId));
        return { before: undefined, after };
      });
      const secret = generated?.secret ?? given;
      return definedOnly({ client: after, generatedSecret: generated?.secret, secret });
    },

    /** Merges field by field under a row lock, and revokes what the tokens lose. @throws AppError (400, 404, 412) */
    async update(clientId: string, patch: ClientPatch, writer: Writer): Promise<Client> {
      if (patch.client_id !== undefined && patch.client_id !== clientId) {
        throw fieldError('client_id', 'cannot be changed: it must be the client id of the address', 'fixed');
      }
      requireStored(clientId);
      // Before the row is locked, because the address may be slow.
      if (needsRemoteKeys(patch)) {
        const current = (await findClient(db, clientId)) ?? missing(clientId);
        await checkRemoteKeys(mergeClient(current, patch, defaults), keySets);
      }
      const logo = await newLogo(clientId, patch);
      const secret = patch.client_secret === undefined ? undefined : await secrets.keep(patch.client_secret);
      const { after } = await change(clientId, 'client_updated', writer, async (transaction) => {
        const before = await hold(transaction, clientId, writer);
        const merged = mergeClient(before, patch, defaults);
        if (secret !== undefined) merged.secrets = [secret];
        if (!usesSecret(merged)) merged.secrets = [];
        if (logo !== undefined) merged.logo = logo;
        if (merged.logoUri === undefined) delete merged.logo;
        await requireFreeTypes(transaction.client, merged);
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

function taken(clientId: string) {
  return conflict(`The client id ${clientId} is taken`, { field: 'data.client_id', reason: 'taken' });
}

/** A type means what one resource says. @throws AppError (409) */
async function requireFreeTypes(db: Queryable, client: Client): Promise<void> {
  const other = client.detailTypes.length === 0 ? undefined : await findTakenDetailType(db, client);
  if (other !== undefined)
    throw conflict(`The type ${other} is registered by another client`, {
      field: 'data.detailTypes',
      reason: 'taken',
    });
}

function missing(clientId: string): never {
  throw notFound(`There is no client ${JSON.stringify(clientId.slice(0, 128))}`);
}

function raise(error: Error): never {
  throw error;
}
