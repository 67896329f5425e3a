/** Reads standard claims about a user (OpenID Connect Core section 5.1), as far as the Configuration Server knows them. */

import { isWithinScope } from './parameters.ts';

interface NamedUser {
  loginName: string;
  firstName?: string | undefined;
  lastName?: string | undefined;
  email?: string | undefined;
}

const readers = {
  name: ({ firstName, lastName, loginName }: NamedUser) =>
    [firstName, lastName].filter(Boolean).join(' ') || loginName,
  given_name: ({ firstName }: NamedUser) => firstName,
  family_name: ({ lastName }: NamedUser) => lastName,
  preferred_username: ({ loginName }: NamedUser) => loginName,
  email: ({ email }: NamedUser) => email,
};

export type UserClaim = keyof typeof readers;
export type UserClaims = Partial<Record<UserClaim, string>>;

export const userClaimNames = Object.keys(readers) as UserClaim[];

/** Section 5.4. The scopes address and phone are unknown: the Configuration Server has no such data. */
const scopes = {
  profile: ['name', 'given_name', 'family_name', 'preferred_username'],
  email: ['email'],
} as const;

export const claimScopes = Object.keys(scopes) as (keyof typeof scopes)[];

export function isUserClaim(name: string): name is UserClaim {
  return Object.hasOwn(readers, name);
}

/** Names of the claims that a scope requests. */
export function claimsOfScope(scope: string[]): UserClaim[] {
  return claimScopes.filter((name) => isWithinScope([name], scope)).flatMap((name) => scopes[name]);
}

/** The named claims, without those that are unknown. */
export function userClaimsOf(identity: NamedUser, names: readonly string[]): UserClaims {
  const known = names.filter(isUserClaim).map((name) => [name, readers[name](identity)] as const);
  return Object.fromEntries(known.filter(([, value]) => value !== undefined));
}
