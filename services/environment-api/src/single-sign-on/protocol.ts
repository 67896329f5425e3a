/** What SAML and OpenID Connect settings have in common: fields that merge, and rules over the whole. */
import type { FieldProblem } from '@gatehouse/service-kit/errors/app-error';
import { z } from 'zod';
import { label } from '../fields/text.ts';

export type ProtocolName = 'saml' | 'oidc';

export interface Protocol<Settings extends object = object, Patch extends object = object> {
  name: ProtocolName;
  defaults: Settings;
  merge(present: Settings, patch: Patch): Settings;
  /** What keeps the settings from working, each problem with its fix. */
  problemsOf(settings: Settings, hasSecret: boolean): FieldProblem[];
  /** Undefined: the stored one stays. `null`: there is none from now on. */
  secretOf(patch: Patch): string | null | undefined;
  /** A stored secret goes to nobody whom it was not given for. */
  secretIsFor(settings: Settings): string | undefined;
}

export const accessGroupsField = z
  .array(label(), { error: 'must be a list of names of access groups' })
  .max(64, 'holds more than 64 names')
  .transform((names) => [...new Set(names)])
  .describe('Members of these groups use single sign-on, the others their password; empty: everybody.');

export const userLookupField = z
  .enum(['userName', 'email', 'externalId'], { error: 'must be "userName", "email" or "externalId"' })
  .describe("The person's field that the name is looked up in.");

/** The fields that are given replace those that are there; `null` takes one away. */
export function mergeFields<S extends object>(present: S, patch: object): S {
  const given = Object.entries(patch).filter(([, value]) => value !== undefined);
  const merged = Object.entries({ ...present, ...Object.fromEntries(given) });
  return Object.fromEntries(merged.filter(([, value]) => value !== null)) as S;
}

/**
 * An address of the identity provider. Plain http only on this machine: what comes from there decides who somebody is.
 * Undefined when all is well.
 */
export function addressProblem(text: string): string | undefined {
  const url = URL.parse(text);
  const isLoopback = url !== null && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  if (url === null || !(url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback))) {
    return `${JSON.stringify(text)} must be an https address, such as https://idp.example.com/…`;
  }
  if (url.username !== '' || url.password !== '' || url.hash !== '') {
    return 'must have no user name, password or fragment: leave them out';
  }
  return undefined;
}
