/** The calls of Auth API about people of the people stores: their names, their numbers and their passwords. */

import type {
  PeopleSort,
  redeemPasswordLinkBodySchema,
  setPasswordBodySchema,
  signOnPersonBodySchema,
} from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import type { z } from 'zod';
import type { HttpClient } from '../http/http-client.ts';
import {
  environmentsOfPeopleAnswer,
  foundPeopleAnswer,
  groupsOfPeopleAnswer,
  passwordLinkAnswer,
  passwordSetAnswer,
  peopleAnswer,
  peopleNumbersAnswer,
  personNumbersAnswer,
  providedPersonAnswer,
} from './internal-answers.ts';
import { type InternalCalls, internalPath, type ReadOptions } from './internal-calls.ts';

/** One name of a person of the people store. */
export type PersonQuery =
  | { dbid: string }
  | { userName: string }
  | { email: string }
  | { externalId: string };

/** A type and no interface, so that it is a query. */
type PeopleSearch = {
  text: string;
  sort?: PeopleSort | undefined;
  after?: string | undefined;
  afterKey?: string | undefined;
  limit: number;
};

const people = (environmentId: string) => `/environments/${encodeURIComponent(environmentId)}/people`;
const personNumbers = (environmentId: string) =>
  `/environments/${encodeURIComponent(environmentId)}/person-numbers`;

export function peopleCalls(http: HttpClient, { fetch, write }: InternalCalls) {
  return {
    /** Those of the people store who have the name, at most two. */
    findPeople: (environmentId: string, name: PersonQuery, options?: ReadOptions) =>
      fetch(peopleAnswer, people(environmentId), name, options),
    /** By a part of a name, in the order of user names or as `sort` says. */
    async searchPeople(environmentId: string, { limit, ...search }: PeopleSearch, signal?: AbortSignal) {
      const answer = await http.read(foundPeopleAnswer, {
        path: `${internalPath}${people(environmentId)}/search`,
        query: definedOnly({ ...search, limit: String(limit) }),
        signal,
      });
      return answer.data.people;
    },
    /** Those whose people stores have somebody with that part of a name, at most `limit`. */
    async environmentsOfPeople(text: string, limit: number, signal?: AbortSignal) {
      const path = `${internalPath}/people/environments`;
      const query = { text, limit: String(limit) };
      return (await http.read(environmentsOfPeopleAnswer, { path, query, signal })).data;
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
    /** Of everybody, in order of numbers. Unknown where Environment API is of the release before. */
    groupsOfPeople: (
      environmentId: string,
      { after, limit }: { after: number; limit: number },
      signal: AbortSignal,
    ) => {
      const query = { after: String(after), limit: String(limit) };
      return fetch(groupsOfPeopleAnswer, `${people(environmentId)}/groups`, query, { signal });
    },
    /** 409 where another change of the password was faster. */
    setPersonPassword: (
      environmentId: string,
      dbid: number,
      password: z.input<typeof setPasswordBodySchema>,
      signal?: AbortSignal,
    ) => write(passwordSetAnswer, 'PUT', `${people(environmentId)}/${dbid}/password`, password, { signal }),
    /** The person whom an identity provider means by a subject. 409 where the people are elsewhere. */
    signOnPerson: (contactCenterId: string, person: z.input<typeof signOnPersonBodySchema>) => {
      const path = `/contact-centers/${encodeURIComponent(contactCenterId)}/sign-on-people`;
      return write(providedPersonAnswer, 'POST', path, person, { maySendTwice: true });
    },
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
