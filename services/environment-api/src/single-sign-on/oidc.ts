/** Defines OpenID Connect settings of a contact centre by their rules. */

import { wrapped } from '@gatehouse/contracts/answers';
import { locationField, type OidcSettings } from '@gatehouse/contracts/environment-api';
import { initialOf } from '@gatehouse/contracts/resource';
import { oidc as description, oidcChangeSchema } from '@gatehouse/contracts/resources';
import type { ProblemReason } from '@gatehouse/contracts/values';
import type { FieldProblem } from '@gatehouse/service-kit/errors';
import type { z } from 'zod';
import { addressProblem, groupProblems, mergeFields, type Protocol, peopleProblems } from './protocol.ts';

/** Either all of these are given, or the discovery document is read. */
const neededEndpoints = ['authorizationEndpoint', 'tokenEndpoint', 'jwksUri'] as const;
const otherEndpoints = ['userInfoEndpoint', 'endSessionEndpoint'] as const;

export const oidcBody = wrapped(oidcChangeSchema.extend({ location: locationField }));

export type OidcPatch = z.output<typeof oidcChangeSchema>;

export const oidc: Protocol<OidcSettings, OidcPatch> = {
  name: 'oidc',
  defaults: initialOf(description),
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
    problems.push(...peopleProblems(settings));
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
