/** Defines the search for people by the beginning of a name, for every kind of directory. */
import { foldUserName } from './user-name.ts';

export interface PersonSearch {
  /**
   * The beginning of a user name, an e-mail address, a last name, or of first and last name with a space between, in any case.
   * Empty: everybody.
   */
  text: string;
  /** The text is a whole user name. */
  isUserName?: boolean;
  /** An order of the people store. Other directories know that by user names alone. */
  sort?: string;
  /** Only people of this tenant. */
  tenantDbid?: number;
  /** `next` of the page before. */
  after?: string;
  /** At most so many people. */
  limit: number;
}

export interface FoundPerson {
  /** Absent: a person of a directory who has never signed in. */
  dbid?: number;
  /** Of the people store: the SCIM id. */
  storeId?: string;
  userName: string;
  firstName?: string;
  lastName?: string;
  email?: string;
  /** Of a Configuration Server. */
  tenantDbid?: number;
  /** Of an LDAP directory: the name of the entry. */
  dn?: string;
  /** Of the people store (ISO 8601). */
  changedAt?: string;
  /** `after` of the page that begins behind the person. Absent: the user name. */
  place?: string;
  /** `locked`: the directory shows a lock after wrong passwords, which may have ended by itself meanwhile. */
  state: 'active' | 'disabled' | 'locked';
  mustChangePassword?: boolean;
  /** Absent where the directory does not tell. */
  hasPassword?: boolean;
  /** Of the people store: until when a link for the first password works (ISO 8601). */
  passwordLinkEndsAt?: string;
  /** Of the people store: the issuers of the links to identity providers. */
  linkIssuers?: readonly string[];
}

export interface PersonPage {
  /** In the order of their user names, or as `sort` says. */
  people: FoundPerson[];
  /** Absent: there are no more, as far as the search looked. */
  next?: string;
  /** More people match than the directory was asked for: a longer text finds the others. */
  isCut: boolean;
  /** The server finds whole names alone, not the beginning of one. */
  isWholeNames: boolean;
}

/** Compares as the order of pages does: by code points of the folded names. */
export function compareUserNames(one: string, other: string): number {
  return Buffer.compare(Buffer.from(foldUserName(one)), Buffer.from(foldUserName(other)));
}

/** One page of people who were found in any order. */
export function pageOf(
  found: readonly FoundPerson[],
  { after, limit }: Pick<PersonSearch, 'after' | 'limit'>,
): Pick<PersonPage, 'people' | 'next'> {
  const rest = found
    .filter(({ userName }) => after === undefined || compareUserNames(userName, after) > 0)
    .toSorted((one, other) => compareUserNames(one.userName, other.userName));
  const people = rest.slice(0, limit);
  const last = rest.length > limit ? people.at(-1) : undefined;
  return last === undefined ? { people } : { people, next: last.userName };
}

interface SearchedNames {
  userName: string;
  firstName?: string | null | undefined;
  lastName?: string | null | undefined;
  email?: string | null | undefined;
}

/** Whether one of the names begins with the text. */
export function beginsWith({ userName, firstName, lastName, email }: SearchedNames, text: string): boolean {
  const wanted = foldUserName(text);
  const names = [userName, email, lastName, [firstName, lastName].filter(Boolean).join(' ')];
  return names.some((name) => foldUserName(name ?? '').startsWith(wanted));
}
