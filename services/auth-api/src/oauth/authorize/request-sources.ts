/** Finds the parameters of an authorization request: in the address, in a signed object, or in a pushed request. */
import { invalidRequest, OAuthError } from '@gatehouse/caller-auth/oauth-errors';
import { type RequestParameters, readParameters } from '../../core/protocol/parameters.ts';
import type { ClientDirectory } from '../../registry/clients/directory.ts';
import { isPushedRequestUri, type PushedRequests } from './pushed-requests.ts';
import type { RequestObjects } from './request-objects.ts';

export interface RequestSource {
  /** Those of the pushed request or of the object alone, never mixed with the address (RFC 9101 section 5). */
  parameters: RequestParameters;
  /** The `request_uri` of a pushed request. */
  pushed?: string;
  isSigned: boolean;
  /** Why the request cannot be read; it is answered to the client that the address names. */
  problem?: OAuthError;
}

export interface RequestSourcesOptions {
  directory: Pick<ClientDirectory, 'find'>;
  pushedRequests: Pick<PushedRequests, 'find'>;
  requestObjects: RequestObjects;
}

export type RequestSources = ReturnType<typeof createRequestSources>;

export function createRequestSources({ directory, pushedRequests, requestObjects }: RequestSourcesOptions) {
  async function openPushed(given: RequestParameters, requestUri: string): Promise<RequestSource> {
    // OpenID Connect Core section 6.2 lets clients send an address, which this server does not read.
    if (!isPushedRequestUri(requestUri)) {
      throw new OAuthError(
        'request_uri_not_supported',
        400,
        'The request_uri must be one that was pushed before',
      );
    }
    if (given.get('request') !== undefined) throw invalidRequest('Send request or request_uri, not both');
    const pushed = await pushedRequests.find(requestUri);
    // RFC 9126 section 4: another client's request is unknown to this one.
    if (pushed === undefined || pushed.clientId !== given.get('client_id')) throw invalidRequestUri();
    return { parameters: readParameters(pushed.form), pushed: requestUri, isSigned: pushed.isSigned };
  }

  /** Reads the request without a pushed one. @throws OAuthError */
  async function openObject(given: RequestParameters): Promise<RequestSource> {
    const requestObject = given.get('request');
    const client = requestObject && (await directory.find(given.get('client_id') ?? ''));
    if (!requestObject || !client) return { parameters: given, isSigned: false };
    const parameters = await requestObjects.read(client, requestObject);
    return { parameters: readParameters(parameters), isSigned: true };
  }

  return {
    openObject,
    /** @throws AppError (503) */
    async open(given: RequestParameters): Promise<RequestSource> {
      const requestUri = given.get('request_uri');
      try {
        return requestUri === undefined ? await openObject(given) : await openPushed(given, requestUri);
      } catch (problem) {
        if (!(problem instanceof OAuthError) || problem.status >= 500) throw problem;
        return { parameters: given, isSigned: false, problem };
      }
    },
  };
}

export function invalidRequestUri(): OAuthError {
  return new OAuthError(
    'invalid_request_uri',
    400,
    'The request_uri is unknown, expired, used, or of another client: push the request again',
    { refusal: 'request_uri_unknown' },
  );
}
