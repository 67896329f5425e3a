/** Remembers which scopes a user agreed to give a client, until the user takes it back. */
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { isWithinScope } from '../../core/protocol/parameters.ts';
import { type PersonKey, personAt } from '../../records/revocation/revocation.ts';
import {
  addConsent,
  countConsents,
  deleteConsent,
  deleteConsentsOf,
  deleteConsentsOfPerson,
  findConsent,
  listConsents,
} from './store.ts';

export interface RequestedConsent {
  clientId: string;
  scope: string[];
}

export type ConsentService = ReturnType<typeof createConsentService>;

interface ConsentServiceOptions {
  db: Queryable;
  writer: Queryable;
  /** Whether what the release before stored of the `sub` alone is this person's. */
  isAlone(person: PersonKey): Promise<boolean>;
}

/** Every method rejects while PostgreSQL is away; the error handlers answer 503. */
export function createConsentService({ db, writer, isAlone }: ConsentServiceOptions) {
  /** As what consents of the person are stored: by the release before as the `sub`. */
  const keysOf = async (person: PersonKey) =>
    (await isAlone(person)) ? [personAt(person), person.sub] : [personAt(person)];

  return {
    /** Tells whether the user has agreed to all of the scope before. */
    async covers(person: PersonKey, { clientId, scope }: RequestedConsent): Promise<boolean> {
      const given = await findConsent(db, await keysOf(person), clientId);
      return given !== undefined && isWithinScope(scope, given);
    },
    keysOf,
    /** The consents of the user, the newest first. */
    list: async (person: PersonKey) => listConsents(db, await keysOf(person)),
    /** How many users have agreed to something for a client. */
    count: (clientId: string) => countConsents(db, clientId),
    /** Forgets it: the user is asked again. */
    forget: async (person: PersonKey, clientId: string) =>
      deleteConsent(writer, await keysOf(person), clientId),
    /** Of a person whose data is erased. Resolves to how many there were. */
    forgetPerson: async (person: PersonKey): Promise<number> =>
      deleteConsentsOfPerson(writer, await keysOf(person)),
    /** Of a contact centre that was deleted: one that is made under its id has other people. */
    forgetContactCenter: (id: string) => deleteConsentsOf(writer, id),
    /** Adds the scope to what the user agreed to before. */
    give: (person: PersonKey, { clientId, scope }: RequestedConsent) =>
      addConsent(writer, personAt(person), clientId, scope),
  };
}
