/** Defines what SAML and OpenID Connect settings share: the interface `Protocol`, merging, common rules. */
import { isLoopbackHost } from '@gatehouse/api-client/http';
import type { SamlSettings } from '@gatehouse/contracts/environment-api';
import type { SignOnProtocol } from '@gatehouse/contracts/values';
import type { FieldProblem } from '@gatehouse/service-kit/errors';

export interface Protocol<Settings extends object = object, Patch extends object = object> {
  name: SignOnProtocol;
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

/** Groups of the identity provider need the field that says where they are. */
export function groupProblems(
  { requiredGroups = [], peopleGroups = [] }: Pick<SamlSettings, 'requiredGroups' | 'peopleGroups'>,
  source: string | undefined,
  field: string,
): FieldProblem[] {
  if (source !== undefined || requiredGroups.length + peopleGroups.length === 0) return [];
  const wanted = requiredGroups.length > 0 ? 'requiredGroups' : 'peopleGroups';
  return [
    {
      field: `data.${field}`,
      message: `is missing: it says where the ${wanted} are to be found`,
      reason: 'missing',
    },
  ];
}

/** A setting that would do nothing is refused, and so is one that would keep every new person out. */
export function peopleProblems({
  createPeople = false,
  updatePeople = false,
  peopleGroups = [],
  accessGroups,
}: Pick<SamlSettings, 'createPeople' | 'updatePeople' | 'peopleGroups' | 'accessGroups'>): FieldProblem[] {
  if (createPeople && accessGroups.length > 0)
    return [
      {
        field: 'data.accessGroups',
        message: 'must be empty with createPeople: a new person is in no group',
        reason: 'wrong_form',
      },
    ];
  if (createPeople || !(updatePeople || peopleGroups.length > 0)) return [];
  const field = updatePeople ? 'updatePeople' : 'peopleGroups';
  const message = `counts only with createPeople: set createPeople, or take ${field} away`;
  return [{ field: `data.${field}`, message, reason: 'wrong_form' }];
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
