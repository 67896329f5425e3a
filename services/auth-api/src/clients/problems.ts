/** Finds contradictions within a registration, each with its field and what would be right. */

import { urlProblem } from '@gatehouse/api-client/address-policy';
import type { ProblemReason } from '@gatehouse/contracts/problem-reasons';
import { nameProblem } from '@gatehouse/contracts/text';
import { type AppError, badRequest, type FieldProblem } from '@gatehouse/service-kit/errors/app-error';
import { encryptionKeyIn, noKeyFor } from '../assertions/encryption.ts';
import { backchannelGrantType } from '../protocol/grant-types.ts';
import { type AssertionIssuer, type Client, encryptedAnswers } from './client.ts';
import { type ClientDefaults, grantsOf } from './new-client.ts';
import type { ClientPatch } from './schemas.ts';
import { newWeakKeys } from './weak-keys.ts';

/** The end of a sentence about the field, or undefined if there is no problem. */
type Finding = [field: string, problem: string | undefined, why?: Pick<FieldProblem, 'reason' | 'limit'>];

/** `before`: as it is stored, or a new one without what the patch gives it. */
export function problemsOf(
  client: Client,
  patch: ClientPatch,
  { before, defaults }: { before: Client; defaults: ClientDefaults },
): FieldProblem[] {
  const findings = [
    nameFinding(client, before),
    ...proofFindings(client, patch),
    ...encryptionFindings(client),
    ...flowFindings(client),
    ...backchannelFindings(client),
    ...client.jwtBearer.issuers.flatMap((trusted, index) => issuerFindings(client, trusted, index)),
    ...client.samlBearer.issuers.map((trusted, index) =>
      centerFinding(client, trusted, `samlBearer.issuers.${index}`),
    ),
    ...addressFindings(client, defaults.allowLoopback),
    ...detailFindings(client),
    ...lifeFindings(client, defaults),
    ...newWeakKeys(client, before).map(
      ([field, weakness]): Finding => [field, weakness, { reason: 'no_key' }],
    ),
  ];
  return findings.flatMap(([field, message, why]) =>
    message === undefined ? [] : [{ field: `data.${field}`, message, ...why }],
  );
}

/** A name that was stored before this rule stays as it is. */
function nameFinding({ name }: Client, before: Client): Finding {
  const problem = name === before.name ? undefined : nameProblem(name);
  return ['name', problem, { reason: 'wrong_characters' }];
}

/** Problems of how the client authenticates. */
function proofFindings(client: Client, patch: ClientPatch): Finding[] {
  const isPublic = client.clientType === 'PUBLIC';
  const isByKey = client.tokenEndpointAuthMethod === 'private_key_jwt';
  const isKeyed = hasKeys(client);
  const method = client.tokenEndpointAuthMethod;
  return [
    ['client_secret', when(isPublic && patch.client_secret !== undefined, 'a PUBLIC client has no secret')],
    [
      'client_secret',
      when(isByKey && patch.client_secret !== undefined, 'a client of private_key_jwt has no secret'),
    ],
    [
      'tokenEndpointAuthMethod',
      when(
        method !== undefined && isPublic !== (method === 'none'),
        'none is for PUBLIC clients, the others are for CONFIDENTIAL ones',
      ),
    ],
    ['tokenEndpointAuthMethod', when(isByKey && !isKeyed, 'private_key_jwt needs jwks or jwksUri')],
    [
      'requireSignedRequestObject',
      when(client.requireSignedRequestObject && !isKeyed, 'signed request objects need jwks or jwksUri'),
    ],
    [
      'requestObjectSigningAlg',
      when(
        client.requestObjectSigningAlg !== undefined && !isKeyed,
        'signed request objects need jwks or jwksUri',
      ),
    ],
    [
      'jwksUri',
      when(Boolean(patch.jwks && patch.jwksUri), 'give jwks or jwksUri, not both'),
      { reason: 'one_of_two' },
    ],
  ];
}

/** An answer that cannot be encrypted is not given, so its key must be there. Keys at an address are looked for elsewhere. */
function encryptionFindings(client: Client): Finding[] {
  return encryptedAnswers.flatMap((name): Finding[] => {
    const { [`${name}Alg` as const]: alg, [`${name}Enc` as const]: enc, jwks, jwksUri } = client;
    if (alg === undefined) return [[`${name}Enc`, when(enc !== undefined, `needs ${name}Alg`)]];
    const isFound = jwksUri !== undefined || encryptionKeyIn(jwks?.keys ?? [], alg) !== undefined;
    return [[`${name}Alg`, when(!isFound, noKeyFor(alg))]];
  });
}

/** Problems of grant types and response types. */
function flowFindings(client: Client): Finding[] {
  const isPublic = client.clientType === 'PUBLIC';
  const uncovered = client.responseTypes.find(
    (responseType) => !grantsOf(responseType).every((grantType) => client.grantTypes.includes(grantType)),
  );
  return [
    ['internalClient', when(isPublic && client.internalClient, 'an internal client must be CONFIDENTIAL')],
    [
      'authorizedGrantTypes',
      when(
        isPublic && client.grantTypes.includes('client_credentials'),
        'a PUBLIC client cannot use client_credentials: it has nothing to prove itself with',
      ),
    ],
    [
      'responseTypes',
      uncovered &&
        `the response type ${uncovered} needs ${grantsOf(uncovered).join(' and ')} in authorizedGrantTypes`,
    ],
  ];
}

/** Problems of the requests for a person's approval (OpenID CIBA section 4). */
function backchannelFindings(client: Client): Finding[] {
  const isOffered = client.grantTypes.includes(backchannelGrantType);
  const needsGrant = `needs ${backchannelGrantType} in authorizedGrantTypes`;
  const signing = client.backchannelAuthenticationRequestSigningAlg;
  return [
    [
      'authorizedGrantTypes',
      when(
        isOffered && client.clientType === 'PUBLIC',
        `a PUBLIC client cannot use ${backchannelGrantType}: it has nothing to prove itself with`,
      ),
    ],
    [
      'backchannelTokenDeliveryMode',
      when(client.backchannelTokenDeliveryMode !== undefined && !isOffered, needsGrant),
    ],
    ['backchannelUserCodeParameter', when(client.backchannelUserCodeParameter && !isOffered, needsGrant)],
    ['backchannelAuthenticationRequestSigningAlg', when(signing !== undefined && !isOffered, needsGrant)],
    [
      'backchannelAuthenticationRequestSigningAlg',
      when(signing !== undefined && !hasKeys(client), 'signed requests need jwks or jwksUri'),
    ],
  ];
}

function hasKeys({ jwks, jwksUri }: Client): boolean {
  return jwks !== undefined || jwksUri !== undefined;
}

/** An issuer of assertions needs keys and contact centres. */
function issuerFindings(client: Client, trusted: AssertionIssuer, index: number): Finding[] {
  const field = `jwtBearer.issuers.${index}`;
  const isItself = trusted.issuer === client.clientId;
  const keys = isItself ? { ...client, ...trusted } : trusted;
  return [
    [field, when(keys.jwks === undefined && keys.jwksUri === undefined, 'needs jwks or jwksUri')],
    centerFinding(client, trusted, field),
  ];
}

function centerFinding(
  client: Client,
  trusted: Pick<AssertionIssuer, 'contactCenterIds'>,
  field: string,
): Finding {
  const { contactCenterIds = client.contactCenterIds } = trusted;
  return [
    `${field}.contactCenterIds`,
    when(
      contactCenterIds.length === 0,
      'name the contact centres whose users it may speak for, here or for the client',
    ),
  ];
}

/** Problems of addresses that Auth API calls or redirects browsers to. */
function addressFindings(client: Client, allowLoopback: boolean): Finding[] {
  const problemOf = (address: string | undefined) =>
    address === undefined ? undefined : urlProblem(address, allowLoopback);
  const { frontchannelLogoutUri, redirectUris } = client;
  const originOf = (uri: string) => URL.parse(uri)?.origin;
  return [
    ['jwksUri', problemOf(client.jwksUri), { reason: 'no_address' }],
    ['backchannelLogoutUri', problemOf(client.backchannelLogoutUri), { reason: 'no_address' }],
    [
      'frontchannelLogoutUri',
      // OpenID Connect Front-Channel Logout section 2: a MUST.
      when(
        frontchannelLogoutUri !== undefined &&
          !redirectUris.some((uri) => originOf(uri) === originOf(frontchannelLogoutUri)),
        'must have the scheme, host and port of one of the redirectURIs',
      ),
      { reason: 'no_address' },
    ],
    ...client.jwtBearer.issuers.map(
      ({ jwksUri }, index): Finding => [`jwtBearer.issuers.${index}.jwksUri`, problemOf(jwksUri)],
    ),
  ];
}

function detailFindings({ detailTypes, resources }: Client): Finding[] {
  const names = detailTypes.map(({ type }) => type);
  return [
    ['detailTypes', when(new Set(names).size < names.length, 'has a type twice')],
    [
      'detailTypes',
      when(
        resources.length === 0 && detailTypes.some(({ required = [] }) => required.includes('locations')),
        'requires locations, which are the resources of the client: it has none',
      ),
    ],
  ];
}

function lifeFindings(client: Client, defaults: ClientDefaults): Finding[] {
  const { maxAccessTokenTtlSeconds, maxRefreshTokenTtlSeconds } = defaults;
  return [
    [
      'accessTokenExpirationTimeout',
      when(
        client.accessTokenTtlSeconds > maxAccessTokenTtlSeconds,
        `must be at most ${maxAccessTokenTtlSeconds} seconds`,
      ),
      { reason: 'too_large', limit: maxAccessTokenTtlSeconds },
    ],
    [
      'refreshTokenExpirationTimeout',
      when(
        client.refreshTokenTtlSeconds > maxRefreshTokenTtlSeconds,
        `must be at most ${maxRefreshTokenTtlSeconds} seconds`,
      ),
      { reason: 'too_large', limit: maxRefreshTokenTtlSeconds },
    ],
  ];
}

function when(isWrong: boolean, problem: string): string | undefined {
  return isWrong ? problem : undefined;
}

/** The error for one wrong field of a request. */
export function fieldError(field: string, message: string, reason?: ProblemReason): AppError {
  return badRequest(`data.${field}: ${message}`, {
    reason,
    problems: [{ field: `data.${field}`, message, reason }],
  });
}
