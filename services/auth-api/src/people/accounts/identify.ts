/** Finds the person whom an identity provider named, without a password. */

import type { ContactCenterView } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import {
  type CallOptions,
  CfgObjectState,
  type CfgPerson,
  flagIsSet,
  foldUserName,
  type PersonFilter,
} from '@gatehouse/people-directory';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import { subjectOf } from '../../registry/contact-centers/subjects.ts';
import type { EnvironmentLink, EnvironmentLinks } from '../directories/environment-links.ts';
import { mapFailure } from '../directories/map-failure.ts';
import { isInGroup } from '../directories/person-lookup.ts';
import { SignInError } from '../directories/sign-in-error.ts';
import type { UserIdentity } from '../identity/identity.ts';
import type { Identities } from './identities.ts';

/** A person as an identity provider names them. */
export interface NamedPerson {
  contactCenterId: string;
  /** The field of the person that holds the name. */
  lookup: 'userName' | 'email' | 'externalId';
  name: string;
  /** The person must be in one of these access groups; empty: no group is needed. */
  accessGroups: readonly string[];
}

export type Identification =
  | {
      outcome: 'found';
      identity: UserIdentity;
      /** A moment before the person was read. A revocation since then ends what this login grants. */
      provedAtMs: number;
    }
  /** `userName`: of the one person who was found and may not sign in. */
  | { outcome: 'unknown' | 'disabled' | 'ambiguous' | 'not_a_member'; userName?: string };

/** A person as the Configuration Server has them. */
export interface FoundPerson {
  sub: string;
  userName: string;
  isEnabled: boolean;
  mustChangePassword: boolean;
  /** Absent where the directory does not tell. */
  hasPassword?: boolean;
  /** Until when a link for the first password works (ISO 8601). */
  passwordLinkEndsAt?: string;
  /** Of the people store: the issuers of the links to identity providers. */
  linkIssuers?: readonly string[];
}

export interface Membership {
  contactCenterId: string;
  userName: string;
  accessGroups: readonly string[];
}

export interface IdentifyOptions {
  contactCenters: Pick<ContactCenterService, 'get'>;
  links: Pick<EnvironmentLinks, 'open'>;
  identities: Identities;
  now: Clock;
}

const maxNameLength = 255;

interface Lookup {
  filter(name: string): PersonFilter;
  fieldOf(person: CfgPerson): string | null | undefined;
  isSame(one: string, other: string): boolean;
}

/** Directories compare user names and e-mail addresses without case (RFC 4519 section 2.39, RFC 4524 section 2.16, RFC 7643 section 4.1). */
const isSameName = (one: string, other: string) =>
  foldUserName(one.normalize('NFC')) === foldUserName(other.normalize('NFC'));

const lookups: Record<NamedPerson['lookup'], Lookup> = {
  userName: {
    filter: (name) => ({ user_name: name }),
    fieldOf: ({ userName }) => userName,
    isSame: isSameName,
  },
  email: {
    filter: (name) => ({ email_address: name }),
    fieldOf: ({ emailAddress }) => emailAddress,
    isSame: isSameName,
  },
  externalId: {
    filter: (name) => ({ external_id: name }),
    fieldOf: ({ externalID }) => externalID,
    isSame: (one, other) => one.normalize('NFC') === other.normalize('NFC'),
  },
};

/**
 * Checks the server's answer. A server that does not know a filter may answer with every person, and one that ignores
 * accents or expands patterns with another person; no password follows that would show it.
 */
function carries(person: CfgPerson, { lookup, name }: Pick<NamedPerson, 'lookup' | 'name'>): boolean {
  const { fieldOf, isSame } = lookups[lookup];
  const value = fieldOf(person) ?? '';
  return value !== '' && isSame(value, name);
}

export function createIdentification({ contactCenters, links, identities, now }: IdentifyOptions) {
  const openLink = async (contactCenterId: string): Promise<EnvironmentLink> => {
    const contactCenter = await contactCenters.get(contactCenterId);
    if (contactCenter === undefined) {
      throw new SignInError('try_again', { detail: `contact centre ${contactCenterId} is not active` });
    }
    return links.open(contactCenter);
  };

  const identify = async (named: NamedPerson): Promise<Identification> => {
    const link = await openLink(named.contactCenterId);
    const provedAtMs = now();
    const answered = await link.readPersons(lookups[named.lookup].filter(named.name));
    const found = answered.filter((person) => carries(person, named));
    const enabled = found.filter(({ state }) => state === CfgObjectState.enabled);
    const [person] = enabled;
    if (enabled.length > 1) return { outcome: 'ambiguous' };
    if (person === undefined) {
      const [disabled, ...others] = found;
      if (disabled === undefined) return { outcome: 'unknown' };
      return { outcome: 'disabled', ...(others.length === 0 && { userName: disabled.userName }) };
    }
    const { accessGroups } = named;
    if (accessGroups.length > 0 && !(await isInGroup(link, person.DBID, accessGroups)))
      return { outcome: 'not_a_member', userName: person.userName };
    return { outcome: 'found', identity: await identities.of(link, person), provedAtMs };
  };

  const isMember = async ({ contactCenterId, userName, accessGroups }: Membership): Promise<boolean> => {
    const link = await openLink(contactCenterId);
    const [person] = userName.length > maxNameLength ? [] : await link.readPersons({ user_name: userName });
    // The same questions whether the person exists or not: no person has the DBID 0.
    return isInGroup(link, person?.DBID ?? 0, accessGroups);
  };

  const find = async (contactCenter: ContactCenterView, userName: string, options: CallOptions) => {
    if (userName.length > maxNameLength) return undefined;
    const link = await links.open(contactCenter, options.signal);
    const answered = await link.readPersons(lookups.userName.filter(userName), options);
    const person = answered.find(
      (one) =>
        carries(one, { lookup: 'userName', name: userName }) || isSameName(one.otherUserName ?? '', userName),
    );
    if (person === undefined) return undefined;
    return {
      sub: subjectOf(link.place, person.DBID),
      userName: person.userName,
      isEnabled: person.state === CfgObjectState.enabled,
      mustChangePassword: flagIsSet(person.changePasswordOnNextLogin),
      ...definedOnly({
        hasPassword: person.hasPassword,
        passwordLinkEndsAt: person.passwordLinkEndsAt,
        linkIssuers: person.linkIssuers,
      }),
    };
  };

  return {
    /** The person of that user name, also a disabled one, of the contact centre. @throws SignInError `try_again` (503) */
    find: (
      contactCenter: ContactCenterView,
      userName: string,
      options: CallOptions = {},
    ): Promise<FoundPerson | undefined> => find(contactCenter, userName, options).catch(asSignInError),
    /** Finds the one enabled person of that name. @throws SignInError `try_again` (503) */
    identify: (named: NamedPerson) => identify(named).catch(asSignInError),
    /** Does the same work for a person who does not exist. @throws SignInError `try_again` (503) */
    isMember: (membership: Membership) => isMember(membership).catch(asSignInError),
  };
}

function asSignInError(failure: unknown): never {
  throw mapFailure(failure).error;
}
