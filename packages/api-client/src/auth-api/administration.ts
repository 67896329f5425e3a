/** The calls that administrate clients, signing keys and the receivers of signals. */

import { emptyEnvelope, type Warning, warningSchema } from '@gatehouse/contracts/answers';
import {
  type ClientView,
  clientDiagnosisSchema,
  clientExchangesSchema,
  clientViewSchema,
  clientWithSecretSchema,
  signalReceiverViewSchema,
  signalTestSchema,
  signingKeyViewSchema,
} from '@gatehouse/contracts/auth-administration';
import { consoleLinkSchema } from '@gatehouse/contracts/auth-api';
import type {
  ClientInput,
  NewSignalReceiver,
  NewSigningKey,
  SignalReceiverChange,
} from '@gatehouse/contracts/resources';
import { definedOnly } from '@gatehouse/contracts/values';
import { z } from 'zod';
import {
  type NameSort,
  readData,
  readPage,
  readRows,
  readTagged,
  removeAt,
  writeData,
} from '../administration/administration-calls.ts';
import type { HttpClient } from '../http/http-client.ts';

// Once, outside of the functions: readData keeps what it makes of a schema.
const signingKeys = z.array(signingKeyViewSchema);
const signalReceivers = z.array(signalReceiverViewSchema);
const warnedEnvelope = emptyEnvelope.extend({ warnings: z.array(warningSchema).optional() });

/** Of a text that names a client. */
const maxMeant = '20';

export interface ClientPageQuery {
  search?: string | undefined;
  contactCenterId?: string | undefined;
  /** By name, or from the last name on. */
  sort?: NameSort | undefined;
  limit: string;
  cursor?: string | undefined;
  /** How many clients all pages have. */
  count?: 'true';
}

/** All calls throw UpstreamError. */
export function createClientAdministration(http: HttpClient) {
  const all = '/auth/v3/ops/clients';
  const one = (clientId: string) => `${all}/${encodeURIComponent(clientId)}`;
  /** `search`: a part of the id, the name, the description or a redirect URI. `ids`: separated by commas, at most 100. */
  const list = (filter: { search?: string; contactCenterId?: string; ids?: string; sort?: NameSort }) =>
    readRows(http, clientViewSchema, all, { ...filter });
  /** One page, in the order of the ids. */
  const page = (filter: ClientPageQuery) => readPage(http, clientViewSchema, all, { ...filter });
  return {
    list,
    page,
    /** Those that a text may mean: the client with this id, or the first ones of a search. */
    async meantBy(text: string): Promise<ClientView[]> {
      const known = await list({ ids: text });
      return known.length > 0 ? known : (await page({ search: text, limit: maxMeant })).rows;
    },
    read: (clientId: string) => readData(http, clientViewSchema, { path: one(clientId) }),
    /** With the version, for `If-Match` of a change. */
    readTagged: (clientId: string) => readTagged(http, clientViewSchema, one(clientId)),
    create: (data: ClientInput) =>
      writeData(http, clientWithSecretSchema, { method: 'POST', path: all, json: { data } }),
    /** Refuses what `create` would refuse. Nothing is stored. */
    async tryCreate(data: ClientInput): Promise<Warning[]> {
      const request = { method: 'POST', path: `${all}/dry-run`, json: { data } } as const;
      return (await http.read(warnedEnvelope, request)).warnings ?? [];
    },
    /** Fields that are left out keep their value. */
    update: (clientId: string, data: ClientInput) =>
      writeData(http, clientViewSchema, { method: 'PUT', path: one(clientId), json: { data } }),
    remove: (clientId: string) => removeAt(http, one(clientId)),
    diagnose: (clientId: string) =>
      readData(http, clientDiagnosisSchema, { path: `${one(clientId)}/diagnosis` }),
    /** The token exchanges that this client takes part in: who may exchange whose tokens. */
    exchanges: (clientId: string) =>
      readData(http, clientExchangesSchema, { path: `${one(clientId)}/exchanges` }),
    /** Without a grace time that of the installation. */
    rotateSecret: (clientId: string, graceSeconds?: number) =>
      readData(http, clientWithSecretSchema, {
        method: 'POST',
        path: `${one(clientId)}/rotate-secret`,
        json: { data: definedOnly({ graceSeconds }) },
      }),
  };
}

/** The link by which the operator signs in to the console. @throws UpstreamError */
export function createConsoleLink(http: HttpClient) {
  return readData(http, consoleLinkSchema, { method: 'POST', path: '/auth/v3/ops/console-links' });
}

/** All calls throw UpstreamError. */
export function createSigningKeyAdministration(http: HttpClient) {
  const all = '/auth/v3/ops/signing-keys';
  const one = (kid: string) => `${all}/${encodeURIComponent(kid)}`;
  return {
    list: () => readData(http, signingKeys, { path: all }),
    /** With the version of the list, for `If-Match` of a change. */
    listTagged: () => readTagged(http, signingKeys, all),
    rotate: (algorithm?: string) =>
      readData(http, signingKeys, {
        method: 'POST',
        path: `${all}/rotate`,
        json: { data: definedOnly({ algorithm }) },
      }),
    /** `pem`, `pkcs12` (base64) or `jwk`, with `password`, `alias` and `state`. */
    import: (data: NewSigningKey) =>
      readData(http, signingKeyViewSchema, { method: 'POST', path: all, json: { data } }),
    retire: (kid: string) => readData(http, signingKeys, { method: 'POST', path: `${one(kid)}/retire` }),
    remove: (kid: string) => readData(http, signingKeys, { method: 'DELETE', path: one(kid) }),
  };
}

/** All calls throw UpstreamError. */
export function createSignalAdministration(http: HttpClient) {
  const all = '/auth/v3/ops/signal-receivers';
  const one = (id: string) => `${all}/${encodeURIComponent(id)}`;
  return {
    list: () => readData(http, signalReceivers, { path: all }),
    read: (id: string) => readData(http, signalReceiverViewSchema, { path: one(id) }),
    create: (data: NewSignalReceiver) =>
      readData(http, signalReceiverViewSchema, { method: 'POST', path: all, json: { data } }),
    /** Fields that are left out keep their value. */
    update: (id: string, data: SignalReceiverChange) =>
      readData(http, signalReceiverViewSchema, { method: 'PUT', path: one(id), json: { data } }),
    remove: (id: string) => removeAt(http, one(id)),
    /** Sends a verification event to the receiver. */
    test: (id: string) => readData(http, signalTestSchema, { method: 'POST', path: `${one(id)}/test` }),
  };
}
