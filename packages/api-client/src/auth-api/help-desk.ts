/** The calls of the help desk: sessions of a person, revocations, explanations. */
import {
  clearedDelaysSchema,
  type ErasureOrder,
  endedSessionsSchema,
  erasureSchema,
  type FactorDryRun,
  factorCountsSchema,
  factorPreviewSchema,
  membershipCountsSchema,
  type PersonName,
  peopleAnswer,
  peopleEverywhereSchema,
  personProfileSchema,
  type RevocationOrder,
  revocationSchema,
  sessionsOfPersonSchema,
  signInExplanationSchema,
} from '@gatehouse/contracts/auth-administration';
import { readData } from '../administration/administration-calls.ts';
import type { HttpClient } from '../http/http-client.ts';

const ops = '/auth/v3/ops';

/** All calls throw UpstreamError. */
export function createHeldSessionCalls(http: HttpClient) {
  const path = `${ops}/sessions`;
  return {
    list: (named: PersonName) => readData(http, sessionsOfPersonSchema, { path, query: { ...named } }),
    /** Every session and token of the person, or one session with its tokens. */
    end: (named: PersonName, session?: string) =>
      readData(http, endedSessionsSchema, { method: 'DELETE', path, query: { ...named, session } }),
  };
}

/** Erases what Auth API knows of a person who is gone, or shows it. @throws UpstreamError */
export const orderErasure = (http: HttpClient, data: ErasureOrder) =>
  readData(http, erasureSchema, { method: 'POST', path: `${ops}/people/erasure`, json: { data } });

/** Revokes, or shows what would end. @throws UpstreamError */
export const orderRevocation = (http: HttpClient, data: RevocationOrder) =>
  readData(http, revocationSchema, { method: 'POST', path: `${ops}/revocations`, json: { data } });

/** @throws UpstreamError */
export const explainSignIn = (
  http: HttpClient,
  asked: PersonName & { correlationId?: string | undefined; client?: string | undefined },
) => readData(http, signInExplanationSchema, { path: `${ops}/people/explanation`, query: { ...asked } });

export interface PeopleQuery {
  /** Id or domain. */
  contactCenter: string;
  search?: string | undefined;
  /** Only people of this state. */
  signIn?: string | undefined;
  /** Of the people store. */
  sort?: string | undefined;
  limit?: number | undefined;
  cursor?: string | undefined;
}

/** One page of people of a contact centre. @throws UpstreamError */
export const searchPeople = (http: HttpClient, { limit, ...query }: PeopleQuery) =>
  http.read(peopleAnswer, { path: `${ops}/people`, query: { ...query, limit: limit?.toString() } });

/** People of the people stores of all contact centres, by a part of a name. @throws UpstreamError */
export const searchEverywhere = (http: HttpClient, search: string) =>
  readData(http, peopleEverywhereSchema, { path: `${ops}/people/everywhere`, query: { search } });

/** @throws UpstreamError */
export const readPersonProfile = (http: HttpClient, named: PersonName) =>
  readData(http, personProfileSchema, { path: `${ops}/people/profile`, query: { ...named } });

/** Counts people who belong to no contact centre of a shared environment, or to several. @throws UpstreamError */
export const countMemberships = (http: HttpClient, environmentId: string) =>
  readData(http, membershipCountsSchema, {
    path: `${ops}/environments/${encodeURIComponent(environmentId)}/memberships`,
  });

const factorsPath = (contactCenterId: string) =>
  `${ops}/contact-centers/${encodeURIComponent(contactCenterId)}/factors`;

/** How many people have which second factor, and whom the policy keeps out. @throws UpstreamError */
export const countFactors = (http: HttpClient, contactCenterId: string) =>
  readData(http, factorCountsSchema, { path: factorsPath(contactCenterId) });

/** Asks whom a change of the policy would keep out. Nothing is stored. @throws UpstreamError */
export const dryRunSecondFactor = (http: HttpClient, contactCenterId: string, data: FactorDryRun) =>
  readData(http, factorPreviewSchema, {
    method: 'POST',
    path: `${factorsPath(contactCenterId)}/dry-run`,
    json: { data },
  });

/** @throws UpstreamError */
export const clearDelays = (http: HttpClient, named: PersonName) =>
  readData(http, clearedDelaysSchema, {
    method: 'DELETE',
    path: `${ops}/people/delays`,
    query: { ...named },
  });
