/** Checks an authorization request, one named check after the other, before the user is asked. */

import { invalidRequest, invalidScope, invalidTarget, OAuthError } from '@gatehouse/caller-auth/oauth-errors';
import { definedOnly } from '@gatehouse/contracts/values';
import { supportedContexts } from '../../core/protocol/authentication-context.ts';
import { invalidDetails } from '../../core/protocol/authorization-details.ts';
import type { AuthorizationRequest } from '../../core/protocol/authorization-request.ts';
import { type ClaimsDemand, readClaims } from '../../core/protocol/claims-parameter.ts';
import {
  grantableScope,
  offlineScope,
  openidScope,
  type RequestParameters,
  readScope,
} from '../../core/protocol/parameters.ts';
import { codeChallengeProblem } from '../../core/protocol/pkce.ts';
import { includes, type ResponseType } from '../../core/protocol/response-types.ts';
import { type Client, followsFapi } from '../../registry/clients/client.ts';
import { checkResponseMode, checkResponseType } from './response-checks.ts';

export interface AuthorizationDraft {
  client: Client;
  redirectUri: string;
  redirectUriGiven: boolean;
  /** The client sent the request itself, not through a browser. */
  isPushed: boolean;
  mustPush: boolean;
  /** The parameters come from a signed request object. */
  isSigned: boolean;
  parameters: RequestParameters;
}

export interface CheckedParameters
  extends Pick<AuthorizationRequest, 'responseType' | 'scope' | 'prompt' | 'maxAgeSeconds' | 'contexts'> {
  demand?: ClaimsDemand;
}

/** @throws OAuthError that goes back to the client. */
export function checkAuthorizationParameters(draft: AuthorizationDraft): CheckedParameters {
  checkSizes(draft);
  checkTransport(draft);
  checkRegistration(draft);
  const responseType = checkResponseType(draft);
  checkResponseMode(draft, responseType);
  checkDetails(draft, responseType);
  refuseUnsupportedBindings(draft);
  checkCodeChallenge(draft, responseType);
  checkDpopKey(draft);
  const scope = checkScope(draft, responseType);
  checkNonce(draft, responseType);
  const prompt = checkPrompt(draft);
  const demand = checkClaims(draft);
  const contexts = checkContexts(draft, demand);
  const maxAgeSeconds = checkMaxAge(draft);
  return definedOnly({ responseType, scope, prompt, demand, contexts, maxAgeSeconds });
}

/** Bounds what a stranger's request keeps in Redis; no library sends states of this size. */
const maxLengths = { state: 4096, nonce: 1024, scope: 2048, id_token_hint: 8192, acr_values: 512 };

function checkSizes({ parameters }: AuthorizationDraft): void {
  for (const [name, maxLength] of Object.entries(maxLengths)) {
    const length = parameters.get(name)?.length ?? 0;
    if (length > maxLength)
      throw invalidRequest(`The parameter ${name} is longer than ${maxLength} characters`);
  }
}

/** RFC 9126 section 6 and RFC 9101 section 10.5: an attacker who uses the client's id must not get around its rules. */
function checkTransport({
  client,
  isPushed,
  mustPush,
  isSigned,
  redirectUriGiven,
}: AuthorizationDraft): void {
  if (mustPush && !isPushed) {
    throw invalidRequest('Authorization requests of this client must be pushed: send the request_uri', {
      refusal: 'request_not_pushed',
    });
  }
  if (client.requireSignedRequestObject && !isSigned) {
    throw invalidRequest('This client must send its authorization requests as signed request objects', {
      refusal: 'request_not_signed',
    });
  }
  // FAPI 2.0 section 5.3.2.2.
  if (followsFapi(client) && !redirectUriGiven)
    throw invalidRequest('The parameter redirect_uri is missing', { refusal: 'redirect_uri_missing' });
}

/** OpenID Connect Core section 7.2.1: refused by name, never ignored. */
function checkRegistration({ parameters }: AuthorizationDraft): void {
  if (parameters.get('registration') === undefined) return;
  throw new OAuthError('registration_not_supported', 400, 'The parameter registration is not supported');
}

/** Ignoring the parameter would let the caller believe that the token is bound. */
function refuseUnsupportedBindings({ parameters }: AuthorizationDraft): void {
  if (parameters.list('audience').length > 0)
    throw invalidTarget('audience is not supported here: send resource');
}

/** RFC 9396 section 7: the answer names what was granted, and that has no place in an address. */
function checkDetails({ parameters }: AuthorizationDraft, responseType: ResponseType): void {
  if (parameters.get('authorization_details') !== undefined && responseType !== 'code')
    throw invalidDetails('authorization_details needs the response_type code');
}

function checkCodeChallenge({ client, parameters }: AuthorizationDraft, responseType: ResponseType): void {
  const isRequired = includes(responseType, 'code') && mustChallenge(client);
  const challenge = parameters.get('code_challenge');
  const problem = codeChallengeProblem(challenge, parameters.get('code_challenge_method'), isRequired);
  if (problem !== undefined) {
    const refusal = challenge === undefined ? 'code_challenge_missing' : 'code_challenge_malformed';
    throw invalidRequest(problem, { refusal });
  }
}

function mustChallenge(client: Client): boolean {
  return client.clientType === 'PUBLIC' || client.requirePkce || followsFapi(client);
}

/** RFC 9449 section 10: the thumbprint of a key (RFC 7638, SHA-256). */
function checkDpopKey({ parameters }: AuthorizationDraft): void {
  const jkt = parameters.get('dpop_jkt');
  if (jkt !== undefined && !/^[A-Za-z0-9_-]{43}$/.test(jkt)) {
    throw invalidRequest('dpop_jkt must be a SHA-256 thumbprint: 43 base64url characters');
  }
}

function checkScope({ client, parameters }: AuthorizationDraft, responseType: ResponseType): string[] {
  const requested = readScope(parameters);
  // RFC 9396 section 3: who asks for details alone gets nothing besides.
  const isForDetails = requested === undefined && parameters.get('authorization_details') !== undefined;
  if (isForDetails) return [];
  const scope = grantableScope(requested, client.scope);
  if (includes(responseType, 'id_token') && !scope.includes(openidScope))
    throw invalidScope('An id_token needs the scope openid', { refusal: 'scope_not_allowed' });
  // Core section 11: without a code, or without the grant, there will be no refresh token.
  const mayRefresh = includes(responseType, 'code') && client.grantTypes.includes('refresh_token');
  const granted = mayRefresh ? scope : scope.filter((value) => value !== offlineScope);
  if (granted.length === 0)
    throw invalidScope('The client cannot be given a refresh token', { refusal: 'scope_not_allowed' });
  return granted;
}

/** Core section 3.2.2.1: an ID token that passes through the browser must be bound to the session of the client. */
function checkNonce({ parameters }: AuthorizationDraft, responseType: ResponseType): void {
  if (includes(responseType, 'id_token') && parameters.get('nonce') === undefined)
    throw invalidRequest('The parameter nonce is required for this response_type', {
      refusal: 'nonce_missing',
    });
}

export const promptValues = ['none', 'login', 'select_account', 'consent'];

function checkPrompt({ parameters }: AuthorizationDraft): string[] {
  const prompt = (parameters.get('prompt') ?? '').split(' ').filter((value) => value !== '');
  if (!prompt.every((value) => promptValues.includes(value))) throw invalidRequest('The prompt is not known');
  if (prompt.includes('none') && prompt.length > 1) throw invalidRequest('The prompt none stands alone');
  return prompt;
}

function checkClaims({ parameters }: AuthorizationDraft): ClaimsDemand | undefined {
  const text = parameters.get('claims');
  return text === undefined ? undefined : readClaims(text);
}

/** Core section 3.1.2.1: `acr_values` is voluntary; the claims parameter may make a context essential. */
function checkContexts(
  { parameters }: AuthorizationDraft,
  demand: ClaimsDemand | undefined,
): AuthorizationRequest['contexts'] {
  if (demand?.essentialContexts) return { values: demand.essentialContexts, areEssential: true };
  const asked = parameters.get('acr_values')?.split(' ') ?? [];
  const values = supportedContexts.filter((context) => asked.includes(context));
  return values.length === 0 ? undefined : { values, areEssential: false };
}

function checkMaxAge({ client, parameters }: AuthorizationDraft): number | undefined {
  const text = parameters.get('max_age');
  if (text === undefined) return client.defaultMaxAgeSeconds;
  if (!/^\d{1,9}$/.test(text)) throw invalidRequest('max_age must be a number of seconds');
  return Number(text);
}
