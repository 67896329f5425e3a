/** Checks what a registration says in several fields together, one named rule after the other. */
import { urlProblem } from '@gatehouse/api-client/http';
import { isResourceAddress, resourceAddressRule } from '@gatehouse/contracts/resources';
import { nameProblem, type ProblemReason } from '@gatehouse/contracts/values';
import { type AppError, badRequest, type FieldProblem } from '@gatehouse/service-kit/errors';
import { encryptionKeyIn, noKeyFor } from '../../../core/assertions/encryption.ts';
import type { KeySource } from '../../../core/assertions/key-sets.ts';
import { backchannelGrantType } from '../../../core/protocol/grant-types.ts';
import { type Client, encryptedAnswers, followsFapi } from '../client.ts';
import { type ClientDefaults, grantsOf } from '../new-client.ts';
import type { ClientPatch } from './schemas.ts';
import { newWeakKeys } from './weak-keys.ts';

interface Registration {
  client: Client;
  patch: ClientPatch;
  /** As it is stored, or a new one without what the patch gives it. */
  before: Client;
  defaults: ClientDefaults;
}

/** A field and the end of a sentence about it. */
type Finding = [field: string, message: string, why?: Pick<FieldProblem, 'reason' | 'limit'>];

/** In the order in which a refusal names what they find. */
const rules: readonly ((registration: Registration) => Iterable<Finding>)[] = [
  nameIsPlain,
  secretIsUsed,
  methodFitsType,
  signedRequestsHaveKeys,
  keysHaveOneSource,
  encryptionHasKeys,
  fapiSignsStrongly,
  internalIsConfidential,
  grantsFitType,
  responseTypesHaveGrants,
  approvalsFitGrants,
  jwtIssuersAreBound,
  samlIssuersAreBound,
  addressesMayBeCalled,
  logoutPageIsOfClient,
  issuersMayBeCalled,
  addressesCanBeNamed,
  detailTypesAreWhole,
  livesAreShort,
  newKeysAreStrong,
];

export function problemsOf(registration: Registration): FieldProblem[] {
  return rules.flatMap((rule) =>
    [...rule(registration)].map(([field, message, why]) => ({ field: `data.${field}`, message, ...why })),
  );
}

/** The error for one wrong field of a request. */
export function fieldError(field: string, message: string, reason?: ProblemReason): AppError {
  return badRequest(`data.${field}: ${message}`, {
    reason,
    problems: [{ field: `data.${field}`, message, reason }],
  });
}

const isPublic = ({ clientType }: Client) => clientType === 'PUBLIC';
const isByKey = ({ tokenEndpointAuthMethod }: Client) => tokenEndpointAuthMethod === 'private_key_jwt';
const hasKeys = ({ jwks, jwksUri }: KeySource) => jwks !== undefined || jwksUri !== undefined;
const signatures = [
  'accessTokenSignedResponseAlg',
  'authorizationSignedResponseAlg',
  'idTokenSignedResponseAlg',
  'introspectionSignedResponseAlg',
  'userinfoSignedResponseAlg',
] as const;
const noAddress = { reason: 'no_address' } as const;

/** A name that was stored before this rule stays as it is. */
function* nameIsPlain({ client: { name }, before }: Registration): Iterable<Finding> {
  const problem = name === before.name ? undefined : nameProblem(name);
  if (problem !== undefined) yield ['name', problem, { reason: 'wrong_characters' }];
}

function* secretIsUsed({ client, patch }: Registration): Iterable<Finding> {
  if (patch.client_secret === undefined) return;
  if (isPublic(client)) yield ['client_secret', 'a PUBLIC client has no secret'];
  if (isByKey(client)) yield ['client_secret', 'a client of private_key_jwt has no secret'];
}

function* methodFitsType({ client }: Registration): Iterable<Finding> {
  const field = 'tokenEndpointAuthMethod';
  const { [field]: method } = client;
  if (method !== undefined && isPublic(client) !== (method === 'none'))
    yield [field, 'none is for PUBLIC clients, the others are for CONFIDENTIAL ones'];
  if (isByKey(client) && !hasKeys(client)) yield [field, 'private_key_jwt needs jwks or jwksUri'];
}

function* signedRequestsHaveKeys({ client }: Registration): Iterable<Finding> {
  if (hasKeys(client)) return;
  const message = 'signed request objects need jwks or jwksUri';
  if (client.requireSignedRequestObject) yield ['requireSignedRequestObject', message];
  if (client.requestObjectSigningAlg !== undefined) yield ['requestObjectSigningAlg', message];
}

function* keysHaveOneSource({ patch: { jwks, jwksUri } }: Registration): Iterable<Finding> {
  if (jwks && jwksUri) yield ['jwksUri', 'give jwks or jwksUri, not both', { reason: 'one_of_two' }];
}

/** An answer that cannot be encrypted is not given, so its key must be there. Keys at an address are looked for elsewhere. */
function* encryptionHasKeys({ client }: Registration): Iterable<Finding> {
  for (const name of encryptedAnswers) {
    const { [`${name}Alg` as const]: alg, [`${name}Enc` as const]: enc, jwks, jwksUri } = client;
    if (alg === undefined && enc !== undefined) yield [`${name}Enc`, `needs ${name}Alg`];
    const isMissing = alg && jwksUri === undefined && encryptionKeyIn(jwks?.keys ?? [], alg) === undefined;
    if (isMissing) yield [`${name}Alg`, noKeyFor(alg)];
  }
}

/** FAPI 2.0 section 5.4.1. A registration from before this rule keeps what it has, until the value itself changes. */
function* fapiSignsStrongly({ client, before }: Registration): Iterable<Finding> {
  if (!followsFapi(client)) return;
  for (const field of signatures) {
    const isKept = followsFapi(before) && before[field] === client[field];
    if (client[field] === 'RS256' && !isKept)
      yield [
        field,
        'must be ES256 or EdDSA: FAPI 2.0, which pushed requests and bound tokens mean, forbids RS256',
      ];
  }
}

function* internalIsConfidential({ client }: Registration): Iterable<Finding> {
  if (isPublic(client) && client.internalClient)
    yield ['internalClient', 'an internal client must be CONFIDENTIAL'];
}

function* grantsFitType({ client }: Registration): Iterable<Finding> {
  if (isPublic(client) && client.grantTypes.includes('client_credentials'))
    yield ['authorizedGrantTypes', noProofFor('client_credentials')];
}

const noProofFor = (grantType: string) =>
  `a PUBLIC client cannot use ${grantType}: it has nothing to prove itself with`;

function* responseTypesHaveGrants({
  client: { responseTypes, grantTypes },
}: Registration): Iterable<Finding> {
  const uncovered = responseTypes.find(
    (type) => !grantsOf(type).every((grant) => grantTypes.includes(grant)),
  );
  if (uncovered === undefined) return;
  const needed = grantsOf(uncovered).join(' and ');
  yield ['responseTypes', `the response type ${uncovered} needs ${needed} in authorizedGrantTypes`];
}

/** Requests for a person's approval (OpenID CIBA section 4). */
function* approvalsFitGrants({ client }: Registration): Iterable<Finding> {
  const isOffered = client.grantTypes.includes(backchannelGrantType);
  if (isOffered && isPublic(client)) yield ['authorizedGrantTypes', noProofFor(backchannelGrantType)];
  const signing = 'backchannelAuthenticationRequestSigningAlg';
  for (const field of ['backchannelTokenDeliveryMode', 'backchannelUserCodeParameter', signing] as const)
    if (client[field] && !isOffered) yield [field, `needs ${backchannelGrantType} in authorizedGrantTypes`];
  if (client[signing] !== undefined && !hasKeys(client))
    yield [signing, 'signed requests need jwks or jwksUri'];
}

/** An issuer of assertions needs keys and contact centres. */
function* jwtIssuersAreBound({ client }: Registration): Iterable<Finding> {
  for (const [index, trusted] of client.jwtBearer.issuers.entries()) {
    const field = `jwtBearer.issuers.${index}`;
    const isItself = trusted.issuer === client.clientId;
    if (!hasKeys(trusted) && !(isItself && hasKeys(client))) yield [field, 'needs jwks or jwksUri'];
    yield* issuerIsBound(client, trusted, field);
  }
}

function* samlIssuersAreBound({ client }: Registration): Iterable<Finding> {
  for (const [index, trusted] of client.samlBearer.issuers.entries())
    yield* issuerIsBound(client, trusted, `samlBearer.issuers.${index}`);
}

type Trusted = Pick<Client['samlBearer']['issuers'][number], 'contactCenterIds'>;

function* issuerIsBound(client: Client, trusted: Trusted, field: string): Iterable<Finding> {
  const { contactCenterIds = client.contactCenterIds } = trusted;
  const message = 'name the contact centres whose users it may speak for, here or for the client';
  if (contactCenterIds.length === 0) yield [`${field}.contactCenterIds`, message];
}

/** Auth API calls them. */
function* addressesMayBeCalled({ client, defaults }: Registration): Iterable<Finding> {
  for (const field of ['jwksUri', 'backchannelLogoutUri'] as const) {
    const { [field]: address } = client;
    const problem = address === undefined ? undefined : urlProblem(address, defaults.allowLoopback);
    if (problem !== undefined) yield [field, problem, noAddress];
  }
}

/** OpenID Connect Front-Channel Logout section 2: a MUST. */
function* logoutPageIsOfClient({ client }: Registration): Iterable<Finding> {
  const { frontchannelLogoutUri, redirectUris } = client;
  if (frontchannelLogoutUri === undefined) return;
  const { origin } = URL.parse(frontchannelLogoutUri) ?? {};
  if (!redirectUris.some((uri) => URL.parse(uri)?.origin === origin)) {
    const message = 'must have the scheme, host and port of one of the redirectURIs';
    yield ['frontchannelLogoutUri', message, noAddress];
  }
}

function* issuersMayBeCalled({ client, defaults }: Registration): Iterable<Finding> {
  for (const [index, { jwksUri }] of client.jwtBearer.issuers.entries()) {
    const problem = jwksUri === undefined ? undefined : urlProblem(jwksUri, defaults.allowLoopback);
    if (problem !== undefined) yield [`jwtBearer.issuers.${index}.jwksUri`, problem];
  }
}

/** RFC 8707 section 2. One that was stored before this rule stays as it is; nobody can ask for it. */
function* addressesCanBeNamed({ client, before }: Registration): Iterable<Finding> {
  for (const [index, address] of client.resources.entries())
    if (!before.resources.includes(address) && !isResourceAddress(address))
      yield [`resources.${index}`, resourceAddressRule, noAddress];
}

function* detailTypesAreWhole({ client: { detailTypes, resources } }: Registration): Iterable<Finding> {
  const names = detailTypes.map(({ type }) => type);
  if (new Set(names).size < names.length) yield ['detailTypes', 'has a type twice'];
  if (resources.length === 0 && detailTypes.some(({ required = [] }) => required.includes('locations')))
    yield ['detailTypes', 'requires locations, which are the resources of the client: it has none'];
}

function* livesAreShort({ client, defaults }: Registration): Iterable<Finding> {
  const lives: [field: string, seconds: number, limit: number][] = [
    ['accessTokenExpirationTimeout', client.accessTokenTtlSeconds, defaults.maxAccessTokenTtlSeconds],
    ['refreshTokenExpirationTimeout', client.refreshTokenTtlSeconds, defaults.maxRefreshTokenTtlSeconds],
  ];
  for (const [field, seconds, limit] of lives)
    if (seconds > limit) yield [field, `must be at most ${limit} seconds`, { reason: 'too_large', limit }];
}

function* newKeysAreStrong({ client, before }: Registration): Iterable<Finding> {
  for (const [field, weakness] of newWeakKeys(client, before)) yield [field, weakness, { reason: 'no_key' }];
}
