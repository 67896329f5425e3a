/** Defines what SAML and OpenID Connect settings share: the interface `Protocol`, common fields, merging, common rules. */
import { isLoopbackHost } from '@gatehouse/api-client/loopback';
import { label } from '@gatehouse/contracts/text';
import type { FieldProblem } from '@gatehouse/service-kit/errors/app-error';
import { flag } from '@gatehouse/service-kit/http/scalar';
import { z } from 'zod';
import { list } from '../fields/list.ts';

export type ProtocolName = 'saml' | 'oidc';

export interface Protocol<Settings extends object = object, Patch extends object = object> {
  name: ProtocolName;
  defaults: Settings;
  merge(present: Settings, patch: Patch): Settings;
  /** Problems that keep the settings from working, each with its fix. */
  problemsOf(settings: Settings, hasSecret: boolean): FieldProblem[];
  /** Undefined: the stored secret stays. `null`: it is deleted. */
  secretOf(patch: Patch): string | null | undefined;
  /** The party that the secret is sent to: a stored secret must not go to another one. */
  secretIsFor(settings: Settings): string | undefined;
  /** Names the identity provider: another name means other people. */
  providerOf(settings: Settings): string | undefined;
}

const accessGroupsField = namesField(64, 'names of access groups').describe(
  'Members of these groups use single sign-on, the others their password; empty: everybody.',
);

function namesField(max: number, what: string) {
  return list(label(), max, `must be a list of ${what}`).transform((names) => [...new Set(names)]);
}

const userLookupField = z
  .enum(['userName', 'email', 'externalId'], { error: 'must be "userName", "email" or "externalId"' })
  .describe("The person's field that the name is looked up in.");

/** Fields of both protocols. */
export const sharedFields = {
  enabled: flag(),
  accessGroups: accessGroupsField,
  passwordUsers: namesField(64, 'user names').describe(
    'These user names keep their password, for the day on which the identity provider is away.',
  ),
  userNameDomain: label()
    .regex(/^[^@\s]+$/, 'must be a domain without "@", such as corp.example')
    .nullable()
    .describe('Names must end with "@" and this domain, which is taken off before the person is looked up.'),
  requiredGroups: namesField(64, 'names of groups').describe(
    'Only members of one of these groups at the identity provider are let in; nobody gets rights by them.',
  ),
  strongContext: label()
    .nullable()
    .describe(
      'Authentication context at the identity provider that means more than one factor; asked for where an application wants acr 2.',
    ),
  userLookup: userLookupField,
  logout: flag().describe('Signing out here signs out there.'),
};

/**
 * Refuses unknown fields. Elsewhere they are ignored; here a misspelt one would silently leave a protection off, such as a
 * required signature.
 */
export function settingsFields<S extends z.core.$ZodLooseShape>(shape: S) {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? unknownSettings(issue.keys) : undefined),
  });
}

function unknownSettings(names: readonly string[]): string {
  const jit = names.some((name) => /^(jit|justInTime|createPersons?|createUsers?|provision)/i.test(name));
  const reason = jit ? '; persons are created at the Configuration Server, never by signing in' : '';
  return `has no setting ${names.map((name) => JSON.stringify(name)).join(', ')}: correct the name or leave it out${reason}`;
}

/** Required groups need the field that says where groups come from. */
export function groupProblems(
  { requiredGroups = [] }: { requiredGroups?: string[] | undefined },
  source: string | undefined,
  field: string,
): FieldProblem[] {
  if (requiredGroups.length === 0 || source !== undefined) return [];
  return [
    {
      field: `data.${field}`,
      message: 'is missing: it says where the requiredGroups are to be found',
      reason: 'missing',
    },
  ];
}

/** Given fields replace stored ones; `null` removes one. */
export function mergeFields<S extends object>(present: S, patch: object): S {
  const given = Object.entries(patch).filter(([, value]) => value !== undefined);
  const merged = Object.entries({ ...present, ...Object.fromEntries(given) });
  return Object.fromEntries(merged.filter(([, value]) => value !== null)) as S;
}

/**
 * Requires https for an address of the identity provider, because its answers decide who a user is; http only on loopback.
 * Undefined: the address is valid.
 */
export function addressProblem(text: string): string | undefined {
  const url = URL.parse(text);
  const isPlain = url?.protocol === 'http:' && isLoopbackHost(url.hostname);
  if (url?.protocol !== 'https:' && !isPlain) {
    return `${JSON.stringify(text)} must be an https address, such as https://idp.example.com/…`;
  }
  if (url.username !== '' || url.password !== '' || url.hash !== '') {
    return 'must have no user name, password or fragment: leave them out';
  }
  return undefined;
}
