/**
 * Asks the environment of a contact centre for its people, and for them alone: whoever does not belong to the contact centre is
 * answered as nobody, after the same questions. Nothing else in this service can read a person of a directory.
 */

import { definedOnly } from '@gatehouse/contracts/values';
import {
  type AuthenticatedUser,
  type AuthenticateRequest,
  type CallOptions,
  type CfgPerson,
  type ChangePasswordRequest,
  type FoundPerson,
  foldUserName,
  isConfigServerError,
  type PeopleDirectory,
  type PersonFilter,
  type PersonPage,
  type PersonSearch,
} from '@gatehouse/people-directory';
import { randomToken } from '@gatehouse/service-kit/crypto';
import { nobody, type PersonFacts, type TakesIn } from './membership.ts';
import { SignInError } from './sign-in-error.ts';

export interface MembersOptions {
  backend: PeopleDirectory;
  /** Only persons of this tenant. Undefined: of every tenant. */
  tenantDbid: number | undefined;
  /** Undefined: everybody. */
  takesIn: TakesIn | undefined;
}

/** Several people of a directory may have one name by its rules. */
const maxOfOneName = 10;
/**
 * A search looks at so many people of the directory for its own; the next page goes on there. The number does not depend on the
 * caller, who would otherwise find out, name by name, whether somebody else is there.
 */
const lookedAt = { pages: 5, people: 50 };

export type Members = ReturnType<typeof membersOf>;

/** Errors: those of the calls of the same name, and SignInError `bad_credentials` for somebody else's password. */
export function membersOf({ backend, tenantDbid, takesIn }: MembersOptions) {
  /** Those who belong to it. Without anybody, nobody is asked about. */
  const ofThem = async <T>(found: readonly T[], factsOf: (one: T) => PersonFacts, options: CallOptions) => {
    if (takesIn === undefined) return [...found];
    if (found.length === 0) await takesIn(nobody, options);
    const belongs = await Promise.all(found.map((one) => takesIn(factsOf(one), options)));
    return found.filter((_, index) => belongs[index]);
  };

  const readPersons = async (filter: PersonFilter, options: CallOptions = {}): Promise<CfgPerson[]> => {
    const found = await backend.readPersons(definedOnly({ ...filter, tenant_dbid: tenantDbid }), options);
    return ofThem(found, factsOfPerson, options);
  };

  const named = async (userName: string, options: CallOptions): Promise<PersonFacts[]> => {
    const search = { text: userName, isUserName: true, tenantDbid, limit: maxOfOneName };
    const { people } = await backend.searchPersons(definedOnly(search), options);
    return ofThem(people.map(factsOfFound), (facts) => facts, options);
  };

  return {
    /** The person of the password. The question for the membership goes beside it, so that it costs a login no time. */
    async authenticate(request: AuthenticateRequest, options: CallOptions = {}): Promise<AuthenticatedUser> {
      const question = definedOnly({ ...request, tenantDbid });
      if (takesIn === undefined) return backend.authenticate(question, options);
      const [proof, members] = await Promise.allSettled([
        backend.authenticate(question, options),
        named(request.userName, options),
      ]);
      if (proof.status === 'rejected') {
        // Of somebody else it must not be told that the account is locked, or the password old.
        const isWrongPassword = isConfigServerError(proof.reason, 'AuthenticationFailed');
        if (isWrongPassword || (members.status === 'fulfilled' && members.value.length > 0))
          throw proof.reason;
      }
      if (members.status === 'rejected') throw members.reason;
      if (proof.status === 'fulfilled' && members.value.some(isThe(proof.value))) return proof.value;
      throw new SignInError('bad_credentials');
    },
    readPersons,
    /** Undefined: nobody, whose password is changed with the same work and the answer to a wrong one. */
    changePassword: (
      person: Pick<CfgPerson, 'userName'> | undefined,
      passwords: Omit<ChangePasswordRequest, 'userName'>,
      options: CallOptions = {},
    ) => backend.changePassword({ userName: person?.userName ?? randomToken(16), ...passwords }, options),
    /** A page may be short: it goes on with `next`, which may be the name of somebody else and is for nobody's eyes. */
    async searchPersons(
      asked: Omit<PersonSearch, 'tenantDbid'>,
      options: CallOptions = {},
    ): Promise<PersonPage> {
      const limit = takesIn === undefined ? asked.limit : lookedAt.people;
      const search: PersonSearch = definedOnly({ ...asked, tenantDbid, limit });
      let page = await backend.searchPersons(search, options);
      const people = await ofThem(page.people, factsOfFound, options);
      for (let pages = 1; takesIn !== undefined && pages < lookedAt.pages; pages += 1) {
        if (page.next === undefined || people.length > asked.limit) break;
        page = await backend.searchPersons({ ...search, after: page.next }, options);
        people.push(...(await ofThem(page.people, factsOfFound, options)));
      }
      const shown = people.slice(0, asked.limit);
      const next = people.length > shown.length ? shown.at(-1)?.userName : page.next;
      const { isCut, isWholeNames } = page;
      return { isCut, isWholeNames, people: shown.map(withoutPlace), ...definedOnly({ next }) };
    },
    /** Of a person who was read here. */
    readAccessGroups: (personDbid: number, options: CallOptions = {}) =>
      backend.readAccessGroups({ person_dbid: personDbid }, options),
    readRoles: (ofTenant: number, options: CallOptions = {}) =>
      backend.readRoles({ tenant_dbid: ofTenant }, options),
    readTenants: (options: CallOptions = {}) => backend.readTenants({ all_tenants: 1 }, options),
    neverLocks: (options: CallOptions = {}) => backend.neverLocks(options),
  };
}

export interface SharedPeopleOptions extends Pick<MembersOptions, 'backend' | 'tenantDbid'> {
  /** Of each contact centre that shares the environment. */
  rules: readonly MembersOptions['takesIn'][];
}

export type SharedPeople = ReturnType<typeof sharedPeopleOf>;

/** Tells in how many contact centres the people of an environment are, and nothing else of them. Errors: those of the questions. */
export function sharedPeopleOf({ backend, tenantDbid, rules }: SharedPeopleOptions) {
  return async (page: Pick<PersonSearch, 'after' | 'limit'>, options: CallOptions) => {
    const search = definedOnly({ ...page, text: '', tenantDbid });
    const { people, next, isCut } = await backend.searchPersons(search, options);
    const counted = people.map(async (person) => {
      const facts = factsOfFound(person);
      const belongs = await Promise.all(rules.map((takesIn) => takesIn?.(facts, options) ?? true));
      const { userName, state } = person;
      return { userName, isDisabled: state === 'disabled', places: belongs.filter(Boolean).length };
    });
    return { people: await Promise.all(counted), next, isCut };
  };
}

function factsOfPerson({ DBID, tenantDBID, userName, dn }: CfgPerson): PersonFacts {
  return { dbid: DBID, tenantDbid: tenantDBID, userName, dn };
}

function factsOfFound({ dbid, tenantDbid, userName, dn }: FoundPerson): PersonFacts {
  return { dbid, tenantDbid, userName, dn };
}

/** A directory numbers people when they sign in: the first time the name alone tells who it is. */
function isThe({ userDbid, userName }: AuthenticatedUser) {
  return (facts: PersonFacts) =>
    facts.dbid === undefined
      ? foldUserName(facts.userName) === foldUserName(userName)
      : facts.dbid === userDbid;
}

/** Callers show what is left. */
function withoutPlace({ tenantDbid: _, dn: __, ...person }: FoundPerson): FoundPerson {
  return person;
}
