/** Rules of client administration. Every change is one transaction with its audit row and its change record. */
import type { ChangeLog, ChangeTransaction } from '@gatehouse/service-kit/changes/log';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { SecretVerifier } from '@gatehouse/service-kit/credentials/secret-verifier';
import type { StoredSecret } from '@gatehouse/service-kit/credentials/stored-secret';
import {
  digestSecret,
  generateSecret,
  isBrokenHash,
  isSlowHash,
  isTooCostly,
} from '@gatehouse/service-kit/credentials/stored-secret';
import { badRequest, conflict, notFound } from '@gatehouse/service-kit/errors/app-error';
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';
import { randomUuid } from '@gatehouse/service-kit/random';
import type { AuditEventName, AuditWriter } from '../audit/event.ts';
import type { CutOffs } from '../tokens/cut-offs.ts';
import { type Client, usesSecret } from './client.ts';
import type { ClientDirectory } from './directory.ts';
import { losesRights, mergeClient } from './merge.ts';
import { type ClientDefaults, newClient } from './new-client.ts';
import type { Actor } from './ops-guard.ts';
import type { ClientPatch } from './schemas.ts';
import { deleteClient, findClient, insertClient, listClients, lockClient, updateClient } from './store.ts';

/** A client together with the secret that only this answer shows. */
export interface ClientAndSecret {
  client: Client;
  /** Present when we generated it. */
  generatedSecret?: string;
  /** What the caller sent or we generated. */
  secret?: string;
}

export interface ClientService {
  list(): Promise<Client[]>;
  /** @throws AppError (404) */
  get(clientId: string): Promise<Client>;
  /** @throws AppError (400) with the fields, (409) when the client id is taken. */
  create(input: ClientPatch, actor: Actor): Promise<ClientAndSecret>;
  /** Merges field by field under a row lock. Who loses rights loses the tokens that carry them. @throws AppError (400, 404) */
  update(clientId: string, patch: ClientPatch, actor: Actor): Promise<Client>;
  /** Its tokens end with it. @throws AppError (404) */
  remove(clientId: string, actor: Actor): Promise<void>;
  /** The former secret stays valid for the grace time. @throws AppError (400) for a client without one, (404) */
  rotateSecret(clientId: string, actor: Actor): Promise<ClientAndSecret & { formerExpiresAtMs: number }>;
}

export interface ClientServiceOptions {
  db: Queryable;
  changes: ChangeLog;
  audit: AuditWriter;
  directory: ClientDirectory;
  verifier: SecretVerifier;
  cutOffs: CutOffs;
  now: Clock;
  defaults: ClientDefaults;
  serviceClientId: string;
  shortestSecret: number;
  secretGraceMs: number;
}

export function createClientService(options: ClientServiceOptions): ClientService {
  const { db, changes, audit, directory, verifier, now, defaults } = options;

  /** What was cached about the client is dropped here at once, on other replicas by the change record. */
  async function change<T>(
    clientId: string,
    event: AuditEventName,
    actor: Actor,
    work: (transaction: ChangeTransaction) => Promise<T>,
    fields: Record<string, string | string[]> = {},
  ): Promise<T> {
    const result = await changes.inTransaction(async (transaction) => {
      const value = await work(transaction);
      await audit.inTransaction(transaction.client, {
        name: event,
        outcome: 'success',
        clientId,
        correlationId: actor.correlationId,
        clientAddress: actor.clientAddress,
        fields: { actor: actor.name, ...fields },
      });
      transaction.record({ entity: 'client', id: clientId });
      return value;
    });
    directory.drop(clientId);
    verifier.forget();
    return result;
  }

  async function storedSecret(secret: string): Promise<StoredSecret> {
    if (isSlowHash(secret)) {
      if (!isTooCostly(secret)) return { hash: secret };
      throw fieldError('client_secret', 'this hash is too costly to check: hash it with a lower cost');
    }
    if (isBrokenHash(secret)) {
      throw fieldError('client_secret', 'looks like a hash but is not a whole argon2id or bcrypt hash');
    }
    if (secret.length < options.shortestSecret) {
      throw fieldError('client_secret', `must have at least ${options.shortestSecret} characters`);
    }
    return { hash: await verifier.hash(secret) };
  }

  return {
    list: () => listClients(db),

    async get(clientId) {
      return (await findClient(db, clientId)) ?? missing(clientId);
    },

    async create(input, actor) {
      const clientId = input.client_id ?? randomUuid();
      if (clientId === options.serviceClientId) throw taken(clientId);
      const client = mergeClient(newClient(clientId, defaults, now()), input, defaults);
      const given = input.client_secret;
      const generatedSecret = given === undefined && usesSecret(client) ? generateSecret() : undefined;
      if (given !== undefined) client.secrets = [await storedSecret(given)];
      if (generatedSecret !== undefined) client.secrets = [{ hash: digestSecret(generatedSecret) }];
      const created = await change(clientId, 'client_created', actor, async (transaction) => {
        return (await insertClient(transaction.client, client)) ?? raise(taken(clientId));
      });
      const secret = generatedSecret ?? given;
      return {
        client: created,
        ...(generatedSecret === undefined ? {} : { generatedSecret }),
        ...(secret === undefined ? {} : { secret }),
      };
    },

    async update(clientId, patch, actor) {
      if (patch.client_id !== undefined && patch.client_id !== clientId) {
        throw fieldError('client_id', 'cannot be changed: it must be the client id of the address');
      }
      const secret = patch.client_secret === undefined ? undefined : await storedSecret(patch.client_secret);
      const changed = Object.keys(patch);
      const work = async (transaction: ChangeTransaction) => {
        const current = (await lockClient(transaction.client, clientId)) ?? missing(clientId);
        const merged = mergeClient(current, patch, defaults);
        if (secret !== undefined) merged.secrets = [secret];
        if (!usesSecret(merged)) merged.secrets = [];
        const updated = (await updateClient(transaction.client, merged)) ?? missing(clientId);
        // Before the commit: rights that were taken away do not live on in tokens.
        if (losesRights(current, merged))
          await options.cutOffs.raise({ kind: 'client-rights', id: clientId });
        return updated;
      };
      return change(clientId, 'client_updated', actor, work, { changed });
    },

    async remove(clientId, actor) {
      await change(clientId, 'client_deleted', actor, async (transaction) => {
        if (!(await deleteClient(transaction.client, clientId))) missing(clientId);
        // Before the commit: a client that is gone never leaves living tokens behind.
        await options.cutOffs.raise({ kind: 'client', id: clientId });
      });
    },

    async rotateSecret(clientId, actor) {
      const secret = generateSecret();
      const formerExpiresAtMs = now() + options.secretGraceMs;
      const client = await change(clientId, 'client_secret_rotated', actor, async (transaction) => {
        const current = (await lockClient(transaction.client, clientId)) ?? missing(clientId);
        if (!usesSecret(current))
          throw badRequest('This client proves itself without a secret: none to rotate');
        const former = current.secrets
          .slice(0, 1)
          .map(({ hash }) => ({ hash, expiresAtMs: formerExpiresAtMs }));
        const secrets = [{ hash: digestSecret(secret) }, ...former];
        return (await updateClient(transaction.client, { ...current, secrets })) ?? missing(clientId);
      });
      return { client, secret, generatedSecret: secret, formerExpiresAtMs };
    },
  };
}

function fieldError(field: string, message: string) {
  return badRequest(`data.${field}: ${message}`, { problems: [{ field: `data.${field}`, message }] });
}

function taken(clientId: string) {
  return conflict(`The client id ${clientId} is taken`, { field: 'data.client_id' });
}

function missing(clientId: string): never {
  throw notFound(`There is no client ${JSON.stringify(clientId.slice(0, 128))}`);
}

function raise(error: Error): never {
  throw error;
}
