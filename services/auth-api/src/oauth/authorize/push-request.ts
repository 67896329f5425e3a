/** The pushed authorization request endpoint (RFC 9126): runs the checks of the authorization endpoint before the browser comes. */

import { invalidRequest, OAuthError } from '@gatehouse/caller-auth/oauth-errors';
import type { DpopProof } from '@gatehouse/caller-auth/sender-constraint';
import { definedOnly } from '@gatehouse/contracts/values';
import { AppError } from '@gatehouse/service-kit/errors';
import type { AttemptLimiter } from '@gatehouse/service-kit/limits';
import { type RequestParameters, readParameters } from '../../core/protocol/parameters.ts';
import type { Client } from '../../registry/clients/client.ts';
import type { ClientAuthentication, ClientCall } from '../client-authentication/client-authentication.ts';
import type { SenderConstraints } from '../client-authentication/sender-constraints.ts';
import type { AuthorizationEndpoint } from './authorize.ts';
import type { PushedRequests } from './pushed-requests.ts';
import type { RequestSources } from './request-sources.ts';

export interface PushedAnswer {
  request_uri: string;
  /** Seconds. */
  expires_in: number;
}

export interface PushEndpointOptions {
  clientAuthentication: ClientAuthentication;
  senderConstraints: SenderConstraints;
  authorization: Pick<AuthorizationEndpoint, 'check'>;
  requestSources: RequestSources;
  pushedRequests: PushedRequests;
  /** Bounds how many requests of public clients, which prove nothing, one address may leave in Redis. */
  starts: AttemptLimiter;
}

export type PushEndpoint = ReturnType<typeof createPushEndpoint>;

export function createPushEndpoint(options: PushEndpointOptions) {
  const { clientAuthentication, senderConstraints, authorization, requestSources, pushedRequests } = options;

  /** Checks what will count at the authorization endpoint. */
  async function checkedForm(client: Client, given: RequestParameters, proof: DpopProof | undefined) {
    const { parameters, isSigned } = await requestSources.openObject(given);
    const jkt = boundKey(parameters.get('dpop_jkt'), proof);
    await authorization.check(parameters, { isSigned }).catch(explain);
    const form = { ...parameters.all(), client_id: client.clientId, ...definedOnly({ dpop_jkt: jkt }) };
    return { clientId: client.clientId, form, isSigned };
  }

  return {
    /** @throws OAuthError, AppError (429) */
    async push(call: ClientCall): Promise<PushedAnswer> {
      const proof = await senderConstraints.readProof(call.sender);
      const client = await clientAuthentication.authenticate(call);
      if (client.clientType === 'PUBLIC') options.starts.reserve(call.clientAddress);
      if (call.parameters.get('request_uri') !== undefined) {
        throw invalidRequest('request_uri cannot be pushed: send the parameters themselves');
      }
      if (proof !== undefined) await senderConstraints.use(proof);
      const request = await checkedForm(client, withoutCredentials(call.parameters, client), proof);
      const requestUri = await pushedRequests.save(request);
      return { request_uri: requestUri, expires_in: pushedRequests.ttlSeconds };
    },
  };
}

const credentials = ['client_secret', 'client_assertion', 'client_assertion_type'];

/** Keeps the request itself, under the id that the client proved. */
function withoutCredentials(parameters: RequestParameters, { clientId }: Client): RequestParameters {
  const request = Object.entries(parameters.all()).filter(([name]) => !credentials.includes(name));
  return readParameters({ ...Object.fromEntries(request), client_id: clientId });
}

/** RFC 9449 section 10.1: a proof binds the code to its key, as dpop_jkt does. */
function boundKey(named: string | undefined, proof: DpopProof | undefined): string | undefined {
  if (proof !== undefined && named !== undefined && named !== proof.jkt) {
    throw new OAuthError('invalid_dpop_proof', 400, 'The dpop_jkt is not the key of the DPoP proof', {
      refusal: 'dpop_refused',
    });
  }
  return proof?.jkt ?? named;
}

/** Turns an error that is meant for a page into one for a program. */
function explain(error: unknown): never {
  if (error instanceof AppError && error.problems.some(({ field }) => field === 'redirect_uri')) {
    throw invalidRequest('The redirect_uri is missing, or not one that is registered for this client', {
      refusal: error.refusal,
    });
  }
  throw error;
}
