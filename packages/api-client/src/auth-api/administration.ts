/** The calls that administrate Auth API: clients, signing keys, checks of single sign-on, security events. */

import {
  emptyEnvelope,
  type RowFormat,
  reshipAnswer,
  retentionAnswer,
  verifyAnswer,
  type Warning,
  warningSchema,
} from '@gatehouse/contracts/answers';
import {
  administratorSchema,
  appointeeSchema,
  appointmentsSchema,
  clientDiagnosisSchema,
  clientExchangesSchema,
  clientViewSchema,
  clientWithSecretSchema,
  refusedRequestsSchema,
  type SsoCheck,
  type SsoKeyPurpose,
  signalReceiverViewSchema,
  signalTestSchema,
  signingKeyViewSchema,
  ssoCheckSchema,
  ssoKeySchema,
} from '@gatehouse/contracts/auth-administration';
import { consoleLinkSchema, eraseAnswer, securityEventsAnswer } from '@gatehouse/contracts/auth-api';
import type {
  ClientInput,
  NewAdministrator,
  NewAppointment,
  NewSignalReceiver,
  NewSigningKey,
  SignalReceiverChange,
} from '@gatehouse/contracts/resources';
import { definedOnly } from '@gatehouse/contracts/values';
import { z } from 'zod';
import {
  readData,
  readPage,
  readRows,
  readTagged,
  removeAt,
  writeData,
} from '../administration/administration-calls.ts';
import { readExport } from '../administration/row-export.ts';
import type { HttpClient } from '../http/http-client.ts';
import { UpstreamError } from '../http/upstream-error.ts';

// Once, outside of the functions: readData keeps what it makes of a schema.
const signingKeys = z.array(signingKeyViewSchema);
const ssoKeys = z.array(ssoKeySchema);
const signalReceivers = z.array(signalReceiverViewSchema);
const administrators = z.array(administratorSchema);
const warnedEnvelope = emptyEnvelope.extend({ warnings: z.array(warningSchema).optional() });

export interface ClientPageQuery {
  search?: string | undefined;
  contactCenterId?: string | undefined;
  limit: string;
  cursor?: string | undefined;
}

/** All calls throw UpstreamError. */
export function createClientAdministration(http: HttpClient) {
  const all = '/auth/v3/ops/clients';
  const one = (clientId: string) => `${all}/${encodeURIComponent(clientId)}`;
  return {
    /** `search`: a part of the id, the name, the description or a redirect URI. */
    list: (filter: { search?: string; contactCenterId?: string }) =>
      readRows(http, clientViewSchema, all, { ...filter }),
    /** One page, in the order of the ids. */
    page: (filter: ClientPageQuery) => readPage(http, clientViewSchema, all, { ...filter }),
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

/** All calls throw UpstreamError. */
export function createAdministratorCalls(http: HttpClient) {
  const all = '/auth/v3/ops/administrators';
  return {
    list: () => readData(http, administrators, { path: all }),
    add: (data: NewAdministrator) =>
      readData(http, administratorSchema, { method: 'POST', path: all, json: { data } }),
    remove: (sub: string) => removeAt(http, `${all}/${encodeURIComponent(sub)}`),
  };
}

/** The list of a contact centre. All calls throw UpstreamError. */
export function createAppointmentCalls(http: HttpClient, contactCenterId: string) {
  const all = `/auth/v3/ops/contact-centers/${encodeURIComponent(contactCenterId)}/administrators`;
  return {
    read: () => readData(http, appointmentsSchema, { path: all }),
    add: (data: NewAppointment) =>
      readData(http, appointeeSchema, { method: 'POST', path: all, json: { data } }),
    /** Whether administrators of the contact centre change the list. */
    allow: (administratorsAppoint: boolean) =>
      readData(http, appointmentsSchema, {
        method: 'PATCH',
        path: all,
        json: { data: { administratorsAppoint } },
      }),
    /** `evenLast`: also the last administrator of the list, which is 409 otherwise. */
    remove: (sub: string, evenLast: boolean) =>
      removeAt(http, `${all}/${encodeURIComponent(sub)}`, { evenLast: String(evenLast) }),
  };
}

/** Contacts the identity provider, signs nobody in. @throws UpstreamError */
export function checkSingleSignOn(
  http: HttpClient,
  id: string,
  { userName, location }: { userName?: string | undefined; location?: string | undefined } = {},
): Promise<SsoCheck> {
  return readData(http, ssoCheckSchema, {
    method: 'POST',
    path: `/auth/v3/ops/contact-centers/${encodeURIComponent(id)}/sso-check`,
    json: { data: definedOnly({ userName, location }) },
  });
}

/** All calls throw UpstreamError. */
export function createSsoKeyAdministration(http: HttpClient) {
  const all = '/auth/v3/ops/sso-keys';
  const step = (name: string) => (purpose: SsoKeyPurpose) =>
    readData(http, ssoKeys, { method: 'POST', path: `${all}/${name}`, json: { data: { purpose } } });
  return {
    list: () => readData(http, ssoKeys, { path: all }),
    /** With the version of the list, for `If-Match` of a change. */
    listTagged: () => readTagged(http, ssoKeys, all),
    prepare: step('prepare'),
    activate: step('activate'),
  };
}

export interface SecurityEventFilter {
  user?: string | undefined;
  userContactCenterId?: string | undefined;
  actor?: string | undefined;
  name?: string | undefined;
  kind?: string | undefined;
  outcome?: string | undefined;
  clientId?: string | undefined;
  contactCenterId?: string | undefined;
  correlationId?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  before?: string | undefined;
  after?: string | undefined;
  limit?: string | undefined;
}

/** The release before keeps none. */
function noneBefore(error: unknown): [] {
  if (error instanceof UpstreamError && error.status === 404) return [];
  throw error;
}

/** All calls throw UpstreamError. */
export function createAuditCalls(http: HttpClient) {
  const path = '/auth/v3/ops/audit';
  return {
    /** `subs`: of people whom the answer names, too, separated by commas. */
    find: (filter: SecurityEventFilter & { subs?: string | undefined }) =>
      http.read(securityEventsAnswer, { path, query: { ...filter } }),
    /** Refused requests to the OAuth endpoints, which are no events. */
    refusals: (filter: { correlationId: string }) =>
      readData(http, refusedRequestsSchema, { path: '/auth/v3/ops/refusals', query: filter }).catch(
        noneBefore,
      ),
    /** The text of all events that the filter finds, newest first. */
    export: (filter: SecurityEventFilter, format: RowFormat) =>
      readExport(http, { path: `${path}/export`, query: { ...filter }, format, key: 'seq' }),
    verify: async (days: { from?: string | undefined; to?: string | undefined }) => {
      const { data, waiting } = await http.read(verifyAnswer, { path: `${path}/verify`, query: days });
      return { days: data, waiting };
    },
    waitingDeletions: async () => (await http.read(retentionAnswer, { path: `${path}/retention` })).data,
    confirmDeletions: async () =>
      (await http.read(retentionAnswer, { method: 'POST', path: `${path}/retention/confirm` })).data,
    reship: async () => (await http.read(reshipAnswer, { method: 'POST', path: `${path}/reship` })).data,
    erase: async (user: string) =>
      (await http.read(eraseAnswer, { method: 'POST', path: `${path}/erase`, json: { data: { user } } }))
        .data,
  };
}
