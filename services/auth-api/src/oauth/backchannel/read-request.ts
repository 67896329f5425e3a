/** Reads what a client asks a person for (OpenID CIBA sections 7.1 and 7.2), one named check after the other. */

import { invalidRequest, invalidScope, invalidTarget, OAuthError } from '@gatehouse/caller-auth/oauth-errors';
import { definedOnly } from '@gatehouse/contracts/values';
import { askedWindowMs } from '../../browser/approvals/asked-people.ts';
import { invalidDetails } from '../../core/protocol/authorization-details.ts';
import {
  isWithinScope,
  missing,
  openidScope,
  type RequestParameters,
  readScope,
  scopeNotAllowed,
} from '../../core/protocol/parameters.ts';
import { type Client, followsFapiCiba } from '../../registry/clients/client.ts';

export const hintNames = ['login_hint', 'login_hint_token', 'id_token_hint'] as const;

export interface Hint {
  name: (typeof hintNames)[number];
  value: string;
}

/** @throws OAuthError with the code of section 13 */
export function readRequest(client: Client, parameters: RequestParameters) {
  checkSizes(parameters);
  refuseUnsupportedBindings(parameters);
  return {
    scope: readOpenidScope(client, parameters),
    resources: parameters.list('resource'),
    hint: readHint(parameters),
    lifeMs: readLife(parameters),
    ...definedOnly({
      bindingMessage: readBindingMessage(client, parameters),
      userCode: readUserCodeParameter(client, parameters),
    }),
  };
}

const maxLengths = { scope: 2048, acr_values: 512, login_hint: 512, user_code: 1024 };

function checkSizes(parameters: RequestParameters): void {
  for (const [name, maxLength] of Object.entries(maxLengths)) {
    if ((parameters.get(name)?.length ?? 0) > maxLength)
      throw invalidRequest(`The parameter ${name} is longer than ${maxLength} characters`);
  }
}

/** Ignoring the parameter would let the caller believe that the token is bound. */
function refuseUnsupportedBindings(parameters: RequestParameters): void {
  if (parameters.list('audience').length > 0)
    throw invalidTarget('audience is not supported here: send resource');
  if (parameters.get('authorization_details') !== undefined)
    throw invalidDetails('authorization_details is not supported here');
}

function readOpenidScope(client: Client, parameters: RequestParameters): string[] {
  const scope = readScope(parameters);
  if (scope === undefined) throw missing('scope');
  if (!scope.includes(openidScope)) throw invalidScope('The scope must contain openid');
  if (!isWithinScope(scope, client.scope)) throw scopeNotAllowed(scope, client.scope);
  return scope;
}

/** Section 7.2, number 3: with two hints it would be the server's choice whom the client asks. */
function readHint(parameters: RequestParameters): Hint {
  const hints = hintNames.flatMap((name) => {
    const value = parameters.get(name);
    return value === undefined ? [] : [{ name, value }];
  });
  const [hint] = hints;
  if (hint === undefined || hints.length > 1)
    throw invalidRequest(`Send exactly one of ${hintNames.join(', ')}`);
  return hint;
}

const defaultLifeMs = 300_000;

/** Sent as text or, in a signed request, as a number. A longer time than is offered is cut. */
function readLife(parameters: RequestParameters): number {
  const text = parameters.get('requested_expiry');
  if (text === undefined) return defaultLifeMs;
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw invalidRequest('requested_expiry must be a number of seconds from 1 on');
  return Math.min(Number(text) * 1000, askedWindowMs);
}

const maxMessageLength = 100;

/** FAPI-CIBA section 5.2.2, number 2: without a message a person cannot tell an attacker's request from the own one. */
function readBindingMessage(client: Client, parameters: RequestParameters): string | undefined {
  const message = parameters.get('binding_message');
  if (message === undefined && followsFapiCiba(client))
    throw invalidRequest('The parameter binding_message is missing', { field: 'binding_message' });
  const problem = message === undefined ? undefined : messageProblem(message);
  if (problem !== undefined)
    throw new OAuthError('invalid_binding_message', 400, `The binding_message ${problem}`);
  return message;
}

/** Gives the end of a sentence. The page shows a message as text; it must look the same there as at the client. */
function messageProblem(message: string): string | undefined {
  if ([...message].length > maxMessageLength) return `is longer than ${maxMessageLength} characters`;
  // Line breaks, and what is invisible or turns the direction of the text around (CVE-2021-42574).
  if (/[\p{C}\p{Zl}\p{Zp}]/u.test(message)) return 'has a character that cannot be seen';
  if (/\p{M}{3}/u.test(message)) return 'has too many marks on one letter';
  if (message.trim() !== message) return 'begins or ends with a space';
  // The person who reads it would follow it.
  return /:\/\/|\bwww\./i.test(message) ? 'has an address in it' : undefined;
}

/** Section 4: a client sends the code only if it is registered so; then it must. */
function readUserCodeParameter(client: Client, parameters: RequestParameters): string | undefined {
  const code = parameters.get('user_code');
  if (client.backchannelUserCodeParameter) {
    if (code !== undefined) return code;
    throw new OAuthError('missing_user_code', 400, 'The parameter user_code is missing');
  }
  if (code !== undefined) throw invalidRequest('This client is not registered to send a user_code');
  return undefined;
}
