/** The checks of an authorization request, in order. Each one has a name; all of them run before a user is asked. */
import {
  invalidRequest,
  invalidScope,
  invalidTarget,
  OAuthError,
  unauthorizedClient,
  unsupportedResponseType,
} from '@gatehouse/service-kit/errors/oauth-error';
import type { Client } from '../clients/client.ts';
import type { RequestParameters } from './parameters.ts';
import { codeChallengeProblem } from './pkce.ts';
import { narrowScope, parseScope } from './scopes.ts';

export interface AuthorizationDraft {
  client: Client;
  parameters: RequestParameters;
}

/** What the checks find out. */
export interface CheckedParameters {
  scope: string[];
  prompt: string[];
  maxAgeSeconds?: number;
}

/** @throws OAuthError that goes back to the client by redirect. */
export function checkAuthorizationParameters(draft: AuthorizationDraft): CheckedParameters {
  checkSizes(draft);
  checkRequestObject(draft);
  checkResponseType(draft);
  checkResponseMode(draft);
  checkGrant(draft);
  checkBindingsThatAreNotOffered(draft);
  checkCodeChallenge(draft);
  const scope = checkScope(draft);
  const prompt = checkPrompt(draft);
  return { scope, prompt, ...checkMaxAge(draft) };
}

/** What waits in Redis for a stranger's sign-in is bounded; no library sends states of this size. */
const longest = { state: 4096, nonce: 1024, scope: 2048, id_token_hint: 8192 };

function checkSizes({ parameters }: AuthorizationDraft): void {
  for (const [name, maxLength] of Object.entries(longest)) {
    const length = parameters.get(name)?.length ?? 0;
    if (length > maxLength)
      throw invalidRequest(`The parameter ${name} is longer than ${maxLength} characters`);
  }
}

/** OpenID Connect Core section 6.1 and 6.2: refused by name, never ignored, since it may say something else. */
function checkRequestObject({ parameters }: AuthorizationDraft): void {
  if (parameters.get('request') !== undefined) throw notSupported('request_not_supported', 'request');
  if (parameters.get('request_uri') !== undefined)
    throw notSupported('request_uri_not_supported', 'request_uri');
  if (parameters.get('registration') !== undefined)
    throw notSupported('registration_not_supported', 'registration');
}

function checkResponseType({ parameters }: AuthorizationDraft): void {
  const responseType = parameters.get('response_type');
  if (responseType === undefined) throw invalidRequest('The parameter response_type is missing');
  if (responseType !== 'code') throw unsupportedResponseType('The response_type must be code');
}

function checkResponseMode({ parameters }: AuthorizationDraft): void {
  const mode = parameters.get('response_mode');
  if (mode !== undefined && mode !== 'query') throw invalidRequest('The response_mode must be query');
}

function checkGrant({ client }: AuthorizationDraft): void {
  if (!client.grantTypes.includes('authorization_code')) {
    throw unauthorizedClient('The client may not use the authorization code grant');
  }
}

/** A caller who asks for a binding believes it is there. */
function checkBindingsThatAreNotOffered({ parameters }: AuthorizationDraft): void {
  if (parameters.get('dpop_jkt') !== undefined) throw invalidRequest('dpop_jkt is not supported');
  if (parameters.list('resource').length > 0) throw invalidTarget('resource is not supported here');
  if (parameters.list('audience').length > 0) throw invalidTarget('audience is not supported here');
}

function checkCodeChallenge({ client, parameters }: AuthorizationDraft): void {
  const isRequired = client.clientType === 'PUBLIC' || client.requirePkce;
  const challenge = parameters.get('code_challenge');
  const problem = codeChallengeProblem(challenge, parameters.get('code_challenge_method'), isRequired);
  if (problem !== undefined) throw invalidRequest(problem);
}

function checkScope({ client, parameters }: AuthorizationDraft): string[] {
  const text = parameters.get('scope');
  const requested = text === undefined ? undefined : parseScope(text);
  if (text !== undefined && requested === undefined) throw invalidScope('The scope is malformed');
  const scope = narrowScope(requested, client.scope);
  if (scope === undefined) throw invalidScope('The client may not have this scope');
  return scope;
}

const knownPrompts = ['none', 'login', 'select_account', 'consent'];

function checkPrompt({ parameters }: AuthorizationDraft): string[] {
  const prompt = (parameters.get('prompt') ?? '').split(' ').filter((value) => value !== '');
  if (!prompt.every((value) => knownPrompts.includes(value))) throw invalidRequest('The prompt is not known');
  if (prompt.includes('none') && prompt.length > 1) throw invalidRequest('The prompt none stands alone');
  // Core section 3.1.2.1: who cannot ask for consent says so.
  if (prompt.includes('consent'))
    throw new OAuthError('consent_required', 400, 'Consent is not asked for here');
  return prompt;
}

function checkMaxAge({ parameters }: AuthorizationDraft): { maxAgeSeconds?: number } {
  const text = parameters.get('max_age');
  if (text === undefined) return {};
  if (!/^\d{1,9}$/.test(text)) throw invalidRequest('max_age must be a number of seconds');
  return { maxAgeSeconds: Number(text) };
}

function notSupported(error: string, parameter: string): OAuthError {
  return new OAuthError(error, 400, `The parameter ${parameter} is not supported`);
}
