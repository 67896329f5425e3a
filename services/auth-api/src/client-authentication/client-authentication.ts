/** Client authentication at every endpoint that clients call (RFC 6749 section 2.3). */

import {
  type Credentials,
  hasScheme,
  parseBasicCredentials,
} from '@gatehouse/caller-auth/credentials/basic-auth';
import type { SecretVerifier } from '@gatehouse/caller-auth/credentials/secret-verifier';
import type { SenderRequest } from '@gatehouse/caller-auth/sender-constraint/sender';
import { invalidClient, invalidRequest } from '@gatehouse/service-kit/errors/oauth-error';
import type { LastUses } from '@gatehouse/service-kit/postgres/last-uses';
import type { AuditWriter } from '../audit/event.ts';
import type { Client, ClientAuthMethod } from '../clients/client.ts';
import type { ClientDirectory } from '../clients/directory.ts';
import type { RequestParameters } from '../protocol/parameters.ts';
import { type ClientAssertion, type ClientAssertions, readClientAssertion } from './client-assertion.ts';

/** What every call to a client-authenticated endpoint brings. */
export interface ClientCall {
  authorization: string | undefined;
  /** Readings of Basic credentials, where somebody has read the header already. */
  basic?: Credentials[];
  parameters: RequestParameters;
  /** The request itself, for what it proves besides. */
  sender: SenderRequest;
  clientAddress: string;
  correlationId: string;
}

export interface ClientAuthentication {
  /**
   * The client that proved itself, or a PUBLIC client that named itself.
   * @throws OAuthError invalid_client (401), invalid_request for two methods at once; AppError (429, 503)
   */
  authenticate(call: ClientCall): Promise<Client>;
}

export interface ClientAuthenticationOptions {
  directory: ClientDirectory;
  verifier: SecretVerifier;
  assertions: ClientAssertions;
  audit: AuditWriter;
  uses: Pick<LastUses, 'note'>;
}

interface Presented {
  method: ClientAuthMethod;
  /** The possible readings; only Basic has more than one. */
  candidates: Credentials[];
}

export function createClientAuthentication(options: ClientAuthenticationOptions): ClientAuthentication {
  const { directory, verifier, assertions, audit, uses } = options;

  async function proves(presented: Presented, call: ClientCall): Promise<Client | undefined> {
    for (const { username, password } of presented.candidates) {
      const client = await directory.find(username);
      // An unknown client costs the same check as a wrong secret.
      const isRight = await verifier.verify({
        owner: username,
        secrets: client?.secrets ?? [],
        presented: password,
        clientAddress: call.clientAddress,
      });
      if (isRight && client !== undefined) return client;
    }
    return undefined;
  }

  async function names(presented: Presented, call: ClientCall): Promise<Client | undefined> {
    const owner = presented.candidates[0]?.username ?? '';
    const client = await directory.find(owner);
    if (client?.clientType === 'PUBLIC') return client;
    // Counts like a wrong secret: strangers must not fill the audit trail with names that they make up.
    await verifier.verify({ owner, secrets: [], presented: '', clientAddress: call.clientAddress });
    return undefined;
  }

  async function refuse(call: ClientCall, clientId: string | undefined, detail: string): Promise<never> {
    await audit.write({
      name: 'client_authentication_failed',
      outcome: 'failure',
      clientId: clientId?.slice(0, 128),
      correlationId: call.correlationId,
      clientAddress: call.clientAddress,
    });
    throw invalidClient({ detail });
  }

  async function authenticateByAssertion(assertion: ClientAssertion, call: ClientCall): Promise<Client> {
    const { claimedClientId } = assertion;
    const { authorization, parameters } = call;
    if (authorization !== undefined || parameters.get('client_secret') !== undefined) throw twoMethods();
    const clientId = parameters.get('client_id');
    const verdict =
      clientId === undefined || clientId === claimedClientId
        ? await assertions.judge(assertion)
        : { problem: 'client assertion: its sub is not the client_id of the form' };
    if ('client' in verdict) {
      uses.note(verdict.client.clientId);
      return verdict.client;
    }
    // Counts like a wrong secret: it must not fill the audit trail.
    await verifier.verify({
      owner: claimedClientId,
      secrets: [],
      presented: '',
      clientAddress: call.clientAddress,
    });
    return refuse(call, claimedClientId, verdict.problem);
  }

  async function authenticateByCredentials(presented: Presented, call: ClientCall): Promise<Client> {
    const claimed = presented.candidates[0]?.username;
    const client = presented.method === 'none' ? await names(presented, call) : await proves(presented, call);
    if (client === undefined) return refuse(call, claimed, `${presented.method} failed`);
    const registered = client.tokenEndpointAuthMethod;
    if (registered !== undefined && registered !== presented.method) {
      return refuse(call, client.clientId, `${presented.method} was used, ${registered} is registered`);
    }
    uses.note(client.clientId);
    return client;
  }

  return {
    async authenticate(call) {
      const assertion = readClientAssertion(call.parameters);
      return assertion === undefined
        ? authenticateByCredentials(readCredentials(call), call)
        : authenticateByAssertion(assertion, call);
    },
  };
}

/** Exactly one method. Basic together with the same client id in the form is one (compat). */
function readCredentials(call: ClientCall): Presented {
  const { authorization, parameters } = call;
  const clientId = parameters.get('client_id');
  const secret = parameters.get('client_secret');
  if (authorization === undefined) {
    if (clientId === undefined) throw invalidClient({ detail: 'no credentials' });
    const method = secret === undefined ? 'none' : 'client_secret_post';
    return { method, candidates: [{ username: clientId, password: secret ?? '' }] };
  }
  if (!hasScheme(authorization, 'basic'))
    throw invalidClient({ detail: 'the Authorization scheme is not Basic' });
  if (secret !== undefined) throw twoMethods();
  return readBasic(call.basic ?? parseBasicCredentials(authorization), clientId);
}

function twoMethods() {
  return invalidRequest('Use one client authentication method, not two');
}

function readBasic(readings: Credentials[], clientId: string | undefined): Presented {
  if (readings.length === 0) throw invalidClient({ detail: 'malformed Basic credentials' });
  const candidates = readings.filter(({ username }) => clientId === undefined || username === clientId);
  if (candidates.length === 0) {
    throw invalidRequest('The client_id of the form is not the one of the Authorization header');
  }
  // Some libraries send a PUBLIC client as Basic with an empty password.
  const isEmpty = candidates.every(({ password }) => password === '');
  return { method: isEmpty ? 'none' : 'client_secret_basic', candidates };
}
