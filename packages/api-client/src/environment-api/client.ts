/** The calls that Auth API makes to Environment API, with the service client's Bearer token. */

import type {
  BrandImage,
  EnvironmentChangesPage,
  numberPeopleBodySchema,
  passwordLinkCodeSchema,
  redeemPasswordLinkBodySchema,
  SingleSignOnView,
  setPasswordBodySchema,
} from '@gatehouse/contracts/environment-api';
import type { OidcChange, SamlChange } from '@gatehouse/contracts/resources';
import { definedOnly } from '@gatehouse/contracts/values';
import type { z } from 'zod';
import type { HttpClient, HttpRequest } from '../http/http-client.ts';
import {
  brandingAnswer,
  changesAnswer,
  contactCenterAnswer,
  corsAnswer,
  environmentAnswer,
  environmentContactCentersAnswer,
  foundPeopleAnswer,
  imageAnswer,
  imageContentAnswer,
  passwordLinkAnswer,
  passwordSetAnswer,
  peopleAnswer,
  peopleNumbersAnswer,
  personNumbersAnswer,
  problemsAnswer,
  singleSignOnAnswer,
} from './internal-answers.ts';

export interface ReadOptions {
  /** Tag of the copy that the caller has; the answer is `unchanged` while it is right. */
  etag?: string | undefined;
  /** Id of the request this call is made for, so that both services log the same one. */
  requestId?: string | undefined;
  signal?: AbortSignal | undefined;
}

export type Fetched<T> =
  | { outcome: 'found'; data: T; etag: string }
  | { outcome: 'unchanged' }
  | { outcome: 'unknown' };

/** One name of a person of the people store. */
export type PersonQuery =
  | { dbid: string }
  | { userName: string }
  | { email: string }
  | { externalId: string };

export type EnvironmentApiClient = ReturnType<typeof createEnvironmentApiClient>;

type InternalBody =
  | z.input<
      | typeof numberPeopleBodySchema
      | typeof passwordLinkCodeSchema
      | typeof redeemPasswordLinkBodySchema
      | typeof setPasswordBodySchema
    >
  | SignOnPlan;

/** A change of the settings at a location. */
type SignOnPlan = (SamlChange | OidcChange) & { location: string };

const internalPath = '/environment/v3/internal';

/** `http` authenticates with a token of the service client. All calls throw UpstreamError. */
export function createEnvironmentApiClient(http: HttpClient) {
  const calls = createInternalCalls(http);
  return {
    ...configurationCalls(calls),
    ...peopleCalls(http, calls),
    ...pageCalls(http, calls),
    /** Of the installation: what its overview tells. */
    problems: async () =>
      (await http.read(problemsAnswer, { path: `${internalPath}/problems` })).data.problems,
  };
}

type InternalCalls = ReturnType<typeof createInternalCalls>;

function createInternalCalls(http: HttpClient) {
  async function fetch<T>(
    schema: z.ZodType<{ data: T }>,
    path: string,
    query: NonNullable<HttpRequest['query']>,
    { etag, requestId, signal }: ReadOptions = {},
  ): Promise<Fetched<T>> {
    const response = await http.send({
      path: `${internalPath}${path}`,
      query,
      headers: definedOnly({ 'if-none-match': etag, 'x-request-id': requestId }) as Record<string, string>,
      alsoStatuses: [304, 404],
      signal,
    });
    if (response.status === 304) return { outcome: 'unchanged' };
    if (response.status === 404) return { outcome: 'unknown' };
    const { data } = schema.parse(JSON.parse(response.text));
    return { outcome: 'found', data, etag: String(response.headers['etag'] ?? '') };
  }

  async function write<T>(
    schema: z.ZodType<{ data: T }>,
    method: 'POST' | 'PUT',
    path: string,
    data: InternalBody,
    options: { signal?: AbortSignal | undefined; maySendTwice?: boolean } = {},
  ): Promise<T> {
    const answer = await http.read(schema, {
      method,
      path: `${internalPath}${path}`,
      json: { data },
      ...options,
    });
    return answer.data;
  }

  return { fetch, write };
}

const people = (environmentId: string) => `/environments/${encodeURIComponent(environmentId)}/people`;
const personNumbers = (environmentId: string) =>
  `/environments/${encodeURIComponent(environmentId)}/person-numbers`;
const contactCenter = (id: string) => `/contact-centers/${encodeURIComponent(id)}`;

function configurationCalls({ fetch, write }: InternalCalls) {
  return {
    /** By a tenant name, in any case. `location`: whose settings are effective. */
    contactCenterByDomain: (domain: string, location: string, options?: ReadOptions) =>
      fetch(contactCenterAnswer, '/contact-centers', { domain, location }, options),
    contactCenterById: (id: string, location: string, options?: ReadOptions) =>
      fetch(contactCenterAnswer, contactCenter(id), { location }, options),
    /** Single sign-on of a contact centre, effective at the location. */
    singleSignOnOf: (contactCenterId: string, location: string, options?: ReadOptions) =>
      fetch(singleSignOnAnswer, `${contactCenter(contactCenterId)}/single-sign-on`, { location }, options),
    /** The settings as the change would store them. 400 for what cannot be stored. */
    planSingleSignOn: (
      contactCenterId: string,
      protocol: 'saml' | 'oidc',
      data: SignOnPlan,
    ): Promise<SingleSignOnView> =>
      write(
        singleSignOnAnswer,
        'POST',
        `${contactCenter(contactCenterId)}/single-sign-on/${protocol}-plan`,
        data,
        { maySendTwice: true },
      ),
    environmentById: (id: string, options?: ReadOptions) =>
      fetch(environmentAnswer, `/environments/${encodeURIComponent(id)}`, {}, options),
    contactCentersOfEnvironment: (id: string, options?: ReadOptions) =>
      fetch(
        environmentContactCentersAnswer,
        `/environments/${encodeURIComponent(id)}/contact-centers`,
        {},
        options,
      ),
  };
}

function peopleCalls(http: HttpClient, { fetch, write }: InternalCalls) {
  return {
    /** Those of the people store who have the name, at most two. */
    findPeople: (environmentId: string, name: PersonQuery, options?: ReadOptions) =>
      fetch(peopleAnswer, people(environmentId), name, options),
    /** By the beginning of a name, in the order of user names. */
    async searchPeople(
      environmentId: string,
      { text, after, limit }: { text: string; after?: string | undefined; limit: number },
      signal?: AbortSignal,
    ) {
      const answer = await http.read(foundPeopleAnswer, {
        path: `${internalPath}${people(environmentId)}/search`,
        query: definedOnly({ text, after, limit: String(limit) }),
        signal,
      });
      return answer.data.people;
    },
    /** Numbers of the people in that state, in order. */
    async peopleNumbers(
      environmentId: string,
      { state, after, limit }: { state: 'active' | 'inactive'; after: number; limit: number },
      signal?: AbortSignal,
    ): Promise<number[]> {
      const answer = await http.read(peopleNumbersAnswer, {
        path: `${internalPath}${people(environmentId)}/numbers`,
        query: { state, after: String(after), limit: String(limit) },
        signal,
      });
      return answer.data.dbids;
    },
    /** 409 where another change of the password was faster. */
    setPersonPassword: (
      environmentId: string,
      dbid: number,
      password: z.input<typeof setPasswordBodySchema>,
      signal?: AbortSignal,
    ) => write(passwordSetAnswer, 'PUT', `${people(environmentId)}/${dbid}/password`, password, { signal }),
    /** 404 for a code that is unknown, used or too old. */
    readPasswordLink: (code: string) =>
      write(passwordLinkAnswer, 'POST', '/password-links/read', { code }, { maySendTwice: true }),
    /** Sets the password and ends the link, both or neither. */
    redeemPasswordLink: (redemption: z.input<typeof redeemPasswordLinkBodySchema>) =>
      write(passwordSetAnswer, 'POST', '/password-links/redeem', redemption),
    /** Gives each id its number, a new one where it has none. */
    async numberPeople(environmentId: string, externalIds: string[], signal?: AbortSignal) {
      const path = personNumbers(environmentId);
      const given = { signal, maySendTwice: true };
      return (await write(personNumbersAnswer, 'POST', path, { externalIds }, given)).numbers;
    },
    /** Those who have a number; the others get none. */
    async knownNumbers(environmentId: string, externalIds: string[], signal?: AbortSignal) {
      const path = personNumbers(environmentId);
      const given = { signal, maySendTwice: true };
      const data = { externalIds, onlyKnown: true };
      return (await write(personNumbersAnswer, 'POST', path, data, given)).numbers;
    },
    /** Those with numbers above `after`, in order; or the one with the number `dbid`. */
    async personNumbers(
      environmentId: string,
      query: { dbid: number } | { after: number; limit: number },
      signal?: AbortSignal,
    ) {
      const answer = await http.read(personNumbersAnswer, {
        path: `${internalPath}${personNumbers(environmentId)}`,
        query: Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)])),
        signal,
      });
      return answer.data.numbers;
    },
  };
}

function pageCalls(http: HttpClient, { fetch }: InternalCalls) {
  return {
    /** Origins whose pages may call; the change event `cors` tells when they differ. */
    allowedOrigins: (options?: ReadOptions) => fetch(corsAnswer, '/cors', {}, options),
    /** How pages look that belong to no contact centre. */
    installationBranding: (location: string, options?: ReadOptions) =>
      fetch(brandingAnswer, '/branding', { location }, options),
    /** A stored picture; undefined: there is none with that digest. */
    async image(digest: string, signal?: AbortSignal) {
      const answer = await fetch(imageContentAnswer, `/images/${encodeURIComponent(digest)}`, {}, { signal });
      return answer.outcome === 'found' ? answer.data : undefined;
    },
    /** Decodes and stores a picture of a client, beside the one that it has. 400 for what is no picture. */
    async addClientLogo(clientId: string, bytes: Uint8Array): Promise<BrandImage> {
      const answer = await http.read(imageAnswer, {
        method: 'PUT',
        path: `${internalPath}/client-logos/${encodeURIComponent(clientId)}`,
        content: { type: 'application/octet-stream', text: bytes },
        maySendTwice: true,
      });
      return answer.data;
    },
    /** Deletes the pictures of a client but that one. */
    async keepClientLogo(clientId: string, digest: string | undefined): Promise<void> {
      await http.send({
        method: 'DELETE',
        path: `${internalPath}/client-logos/${encodeURIComponent(clientId)}`,
        query: { except: digest },
        maySendTwice: true,
      });
    },
    /** Changes after `since`, oldest first. */
    async changesSince(since: number, limit = 1000): Promise<EnvironmentChangesPage> {
      const answer = await http.read(changesAnswer, {
        path: `${internalPath}/changes`,
        query: { since: String(since), limit: String(limit) },
      });
      return answer.data;
    },
  };
}
