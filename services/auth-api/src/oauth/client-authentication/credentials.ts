/** Reads by what a request wants to prove its client: one method, never two (RFC 6749 section 2.3). */
import { type Credentials, hasScheme, parseBasicCredentials } from '@gatehouse/caller-auth/credentials';
import { invalidRequest } from '@gatehouse/caller-auth/oauth-errors';
import type { RequestParameters } from '../../core/protocol/parameters.ts';
import type { ClientAuthMethod } from '../../registry/clients/client.ts';
import { ClientRefusal } from './refusals.ts';

export interface SentCredentials {
  authorization: string | undefined;
  /** Readings of Basic credentials, if the caller has parsed the header already. */
  basic?: Credentials[];
  parameters: RequestParameters;
}

export interface Presented {
  method: ClientAuthMethod;
  /** The possible readings; only Basic has more than one. */
  candidates: Credentials[];
}

const clientAssertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** RFC 7521 section 4.2; undefined: the client does not come with one. @throws OAuthError invalid_request */
export function readClientAssertion({ authorization, parameters }: SentCredentials): string | undefined {
  const assertion = parameters.get('client_assertion');
  const type = parameters.get('client_assertion_type');
  if (assertion === undefined) {
    if (type !== undefined) throw invalidRequest('The parameter client_assertion is missing');
    return undefined;
  }
  if (type !== clientAssertionType) {
    throw invalidRequest(`The parameter client_assertion_type must be ${clientAssertionType}`);
  }
  if (authorization !== undefined || parameters.get('client_secret') !== undefined) throw twoMethods();
  return assertion;
}

/** Accepts exactly one method. Basic together with the same client id in the form is one (compat). */
export function readCredentials(call: SentCredentials): Presented {
  const { authorization, parameters } = call;
  const clientId = parameters.get('client_id');
  const secret = parameters.get('client_secret');
  if (authorization === undefined) {
    if (clientId === undefined) {
      const description = 'the request has no Authorization header, no client_id and no client_assertion';
      throw new ClientRefusal('no_credentials', { detail: 'no credentials', description });
    }
    const method = secret === undefined ? 'none' : 'client_secret_post';
    return { method, candidates: [{ username: clientId, password: secret ?? '' }] };
  }
  if (!hasScheme(authorization, 'basic')) throw malformed('the Authorization scheme is not Basic');
  if (secret !== undefined) throw twoMethods();
  return readBasic(call.basic ?? parseBasicCredentials(authorization), clientId);
}

function twoMethods() {
  return invalidRequest('Use one client authentication method, not two', {
    refusal: 'contradictory_request',
  });
}

function malformed(detail: string) {
  return new ClientRefusal('malformed_credentials', { detail, description: detail });
}

function readBasic(readings: Credentials[], clientId: string | undefined): Presented {
  if (readings.length === 0) throw malformed('Basic needs id:secret in base64');
  const candidates = readings.filter(({ username }) => clientId === undefined || username === clientId);
  if (candidates.length === 0) {
    throw invalidRequest('The client_id of the form is not the one of the Authorization header', {
      refusal: 'contradictory_request',
    });
  }
  // Some libraries send a PUBLIC client as Basic with an empty password.
  const isEmpty = candidates.every(({ password }) => password === '');
  return { method: isEmpty ? 'none' : 'client_secret_basic', candidates };
}
