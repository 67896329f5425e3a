/** Finds the client of an authorization request and where its answer goes. Without both, the browser is never redirected. */
import { badRequest } from '@gatehouse/service-kit/errors';
import { openidScope, parseScope, type RequestParameters } from '../../core/protocol/parameters.ts';
import { isRegisteredRedirectUri } from '../../core/protocol/redirect-uri.ts';
import type { Client } from '../../registry/clients/client.ts';
import type { ClientDirectory } from '../../registry/clients/directory.ts';
import type { ResponseTarget } from './authorization-response.ts';
import { responseModeOf } from './response-checks.ts';

export interface AuthorizationTarget extends ResponseTarget {
  client: Client;
  redirectUriGiven: boolean;
}

/** @throws AppError for a page (RFC 6749 section 4.1.2.1) */
export async function findTarget(
  directory: Pick<ClientDirectory, 'find'>,
  parameters: RequestParameters,
): Promise<AuthorizationTarget> {
  const client = await directory.find(parameters.get('client_id') ?? '', (why) => {
    throw badRequest(
      `The application that sent you here describes itself wrongly. Its developer can mend it: ${why}`,
      {
        field: 'client_id',
        refusal: 'unknown_client',
      },
    );
  });
  if (client === undefined)
    throw badRequest('The application that sent you here is not known', {
      field: 'client_id',
      refusal: 'unknown_client',
    });
  const given = parameters.get('redirect_uri');
  // Core section 3.1.2.1 requires it even of a client that has only one.
  if (given === undefined && parseScope(parameters.get('scope') ?? '')?.includes(openidScope)) {
    throw badRequest('The application that sent you here did not say where to go back to', {
      field: 'redirect_uri',
      refusal: 'redirect_uri_missing',
    });
  }
  const redirectUri = given ?? (client.redirectUris.length === 1 ? client.redirectUris[0] : undefined);
  if (redirectUri === undefined || !isRegisteredRedirectUri(client, redirectUri)) {
    throw badRequest('The application that sent you here gave an address that is not registered for it', {
      field: 'redirect_uri',
      refusal: 'redirect_uri_not_registered',
    });
  }
  return {
    client,
    redirectUri,
    redirectUriGiven: given !== undefined,
    state: parameters.get('state'),
    ...responseModeOf({ client, parameters, redirectUri }),
  };
}
