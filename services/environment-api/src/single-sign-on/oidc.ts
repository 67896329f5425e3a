/** Defines OpenID Connect settings of a contact centre: fields, defaults and rules. */

import { wrapped } from '@gatehouse/contracts/envelope';
import type { OidcSettings } from '@gatehouse/contracts/environment-api/single-sign-on';
import type { ProblemReason } from '@gatehouse/contracts/problem-reasons';
import { anyJson, freeText, label } from '@gatehouse/contracts/text';
import type { FieldProblem } from '@gatehouse/service-kit/errors/app-error';
import { flag } from '@gatehouse/service-kit/http/scalar';
import { z } from 'zod';
import { locationField } from '../fields/scalars.ts';
import {
  addressProblem,
  groupProblems,
  mergeFields,
  type Protocol,
  settingsFields,
  sharedFields,
} from './protocol.ts';

const authMethods = [
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
  'none',
] as const;
const prompts = ['none', 'login', 'consent', 'select_account'] as const;

/** RFC 6749 section 3.3: scope-token. */
const scope = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/, 'must be a scope without spaces');
const scopes = z
  .union(
    [
      freeText(8192).transform((text) => text.split(/[ ,]+/).filter((part) => part !== '')),
      z.array(freeText(128)),
    ],
    {
      error: 'must be a list of scopes',
    },
  )
  .pipe(z.array(scope).max(64, 'holds more than 64 scopes'))
  .transform((list) => [...new Set(list)]);

const endpointField = freeText(2048).nullable();

/** Either all of these are given, or the discovery document is read. */
const neededEndpoints = ['authorizationEndpoint', 'tokenEndpoint', 'jwksUri'] as const;
const otherEndpoints = ['userInfoEndpoint', 'endSessionEndpoint'] as const;

const fields = settingsFields({
  ...sharedFields,
  issuer: freeText(2048).nullable(),
  authorizationEndpoint: endpointField.describe(
    'With tokenEndpoint and jwksUri in place of the discovery document.',
  ),
  tokenEndpoint: endpointField,
  jwksUri: endpointField,
  userInfoEndpoint: endpointField,
  endSessionEndpoint: endpointField,
  clientId: label().nullable().describe('Our client id at the identity provider.'),
  clientSecret: freeText(4096)
    .min(1, 'must not be empty: leave it out to keep it, or send null to take it away')
    .nullable()
    .describe('Its secret. Write-only; absent: as before.'),
  hasClientSecret: anyJson()
    .transform(() => undefined)
    .describe('Ignored: what was read may be sent back.'),
  tokenEndpointAuthMethod: z.enum(authMethods, { error: `must be one of ${authMethods.join(', ')}` }),
  scopes,
  userNameClaim: label(),
  assumeVerifiedEmail: flag().describe(
    'With userNameClaim "email": take the address also where the identity provider does not send email_verified. Only where nobody but your own administrators can set it there.',
  ),
  groupsClaim: label().nullable().describe('Which claim holds the groups of requiredGroups.'),
  userInfo: flag().describe('Ask the UserInfo endpoint for claims that the ID token does not hold.'),
  responseMode: z.enum(['query', 'form_post'], { error: 'must be "query" or "form_post"' }),
  prompt: z.enum(prompts, { error: `must be one of ${prompts.join(', ')}` }).nullable(),
}).partial();

export const oidcBody = wrapped(fields.extend({ location: locationField }));

export type OidcPatch = z.output<typeof fields>;

export const oidc: Protocol<OidcSettings, OidcPatch> = {
  name: 'oidc',
  defaults: {
    enabled: false,
    accessGroups: [],
    tokenEndpointAuthMethod: 'client_secret_basic',
    scopes: ['openid', 'profile', 'email'],
    userNameClaim: 'preferred_username',
    userLookup: 'userName',
    logout: false,
  },
  merge: (present, { clientSecret: _clientSecret, ...patch }) => mergeFields(present, patch),
  problemsOf(settings, hasSecret) {
    const problems: FieldProblem[] = [];
    const add = (field: string, message: string, reason: ProblemReason) =>
      problems.push({ field: `data.${field}`, message, reason });
    const { issuer, tokenEndpointAuthMethod } = settings;
    const addressIs = issuer === undefined ? undefined : addressProblem(issuer);
    if (addressIs !== undefined) add('issuer', addressIs, 'no_address');
    else if (issuer?.includes('?'))
      add('issuer', 'must have no query: copy the issuer as its discovery document names it', 'wrong_form');
    problems.push(...endpointProblems(settings));
    problems.push(...groupProblems(settings, settings.groupsClaim, 'groupsClaim'));
    if (!settings.scopes.includes('openid')) add('scopes', 'must hold "openid": add it', 'missing');
    if (!settings.enabled) return problems;
    if (issuer === undefined)
      add('issuer', 'is missing: give the issuer of the identity provider, or enabled: false', 'missing');
    if (settings.clientId === undefined)
      add('clientId', 'is missing: give the client id, or enabled: false', 'missing');
    if (tokenEndpointAuthMethod.startsWith('client_secret') && !hasSecret) {
      add(
        'clientSecret',
        `is missing: tokenEndpointAuthMethod is ${tokenEndpointAuthMethod}, which needs it`,
        'missing',
      );
    }
    return problems;
  },
  secretOf: (patch) => patch.clientSecret,
  // The secret is sent to the token endpoint, which either of the two names.
  secretIsFor: ({ issuer, tokenEndpoint }) => [issuer, tokenEndpoint].join(' '),
  providerOf: ({ issuer }) => issuer,
};

function endpointProblems(settings: OidcSettings): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const given = [...neededEndpoints, ...otherEndpoints].filter((name) => settings[name] !== undefined);
  for (const name of given) {
    const addressIs = addressProblem(settings[name] ?? '');
    if (addressIs !== undefined)
      problems.push({ field: `data.${name}`, message: addressIs, reason: 'no_address' });
  }
  if (given.length === 0) return problems;
  for (const name of neededEndpoints.filter((needed) => settings[needed] === undefined)) {
    problems.push({
      field: `data.${name}`,
      message: `is missing: with ${given[0]} the discovery document is not read; give ${neededEndpoints.join(', ')}, or none of them`,
      reason: 'missing',
    });
  }
  return problems;
}
