/** Reads claims about a user: the standard ones (OpenID Connect Core section 5.1) as far as they are known, and flat lists of roles and groups. */
import { membershipClaims } from '@gatehouse/contracts/resources';
import { isWithinScope } from './parameters.ts';

interface NamedUser {
  loginName: string;
  firstName?: string | undefined;
  lastName?: string | undefined;
  email?: string | undefined;
  emailVerified?: boolean | undefined;
  authorities: readonly { name: string }[];
}

/** Keeps the customer's names of groups apart from authorities that Gatehouse itself checks. */
export const groupPrefix = 'GROUP_';

const readers = {
  name: ({ firstName, lastName, loginName }: NamedUser) =>
    [firstName, lastName].filter(Boolean).join(' ') || loginName,
  given_name: ({ firstName }: NamedUser) => firstName,
  family_name: ({ lastName }: NamedUser) => lastName,
  preferred_username: ({ loginName }: NamedUser) => loginName,
  email: ({ email }: NamedUser) => email,
  // Only an identity provider says so; the Configuration Server does not know.
  email_verified: ({ email, emailVerified }: NamedUser) => (email === undefined ? undefined : emailVerified),
  roles: ({ authorities }: NamedUser) => rolesAmong(authorities.map(({ name }) => name)),
  groups: ({ authorities }: NamedUser) => groupsAmong(authorities.map(({ name }) => name)),
};

export type UserClaim = keyof typeof readers;
export type UserClaims = { [K in UserClaim]?: NonNullable<ReturnType<(typeof readers)[K]>> };

export const userClaimNames = Object.keys(readers) as UserClaim[];

/**
 * Discovery section 3, `claims_supported`: what a login by password yields, too. Nobody has verified an address of the directory, and
 * applications refuse an address that is said not to be verified, so such a login says neither.
 */
export const namesOfEveryLogin = userClaimNames.filter((name) => name !== 'email_verified');

export type MembershipClaim = (typeof membershipClaims)[number];

/** Claims that applications from before know. */
export const standardClaimNames = userClaimNames.filter((name) => !isMembershipClaim(name));

/** Section 5.4. The scopes address and phone are unknown: the Configuration Server has no such data. */
const scopes = {
  profile: ['name', 'given_name', 'family_name', 'preferred_username'],
  email: ['email', 'email_verified'],
  roles: ['roles'],
  groups: ['groups'],
} as const;

export const claimScopes = Object.keys(scopes) as (keyof typeof scopes)[];

export function isUserClaim(name: string): name is UserClaim {
  return Object.hasOwn(readers, name);
}

/** Names of the claims that a scope requests. */
export function claimsOfScope(scope: string[]): UserClaim[] {
  const asks = (name: string) =>
    isMembershipClaim(name) ? scope.includes(name) : isWithinScope([name], scope);
  return claimScopes.filter(asks).flatMap((name) => scopes[name]);
}

/** The named claims, without those that are unknown. */
export function userClaimsOf(identity: NamedUser, names: readonly string[]): UserClaims {
  const known = names.filter(isUserClaim).map((name) => [name, readers[name](identity)] as const);
  return Object.fromEntries(known.filter(([, value]) => value !== undefined));
}

/** The lists of a token; JSON drops those that are undefined. */
export function membershipOf(authorities: readonly string[], asked: readonly MembershipClaim[]) {
  return {
    roles: asked.includes('roles') ? rolesAmong(authorities) : undefined,
    groups: asked.includes('groups') ? groupsAmong(authorities) : undefined,
  };
}

function isMembershipClaim(name: string): name is MembershipClaim {
  return (membershipClaims as readonly string[]).includes(name);
}

function rolesAmong(authorities: readonly string[]): string[] {
  return authorities.filter((name) => !name.startsWith(groupPrefix));
}

/** As the Configuration Server spells them: nothing else is in this list, so no prefix is needed. */
function groupsAmong(authorities: readonly string[]): string[] {
  return authorities
    .filter((name) => name.startsWith(groupPrefix))
    .map((name) => name.slice(groupPrefix.length));
}
