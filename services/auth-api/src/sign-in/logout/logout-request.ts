/** Reads a logout request (OpenID Connect RP-Initiated Logout 1.0 section 2): who was signed in, which client asks, and where the browser goes next. */
import { badRequest } from '@gatehouse/service-kit/errors';
import type { RequestParameters } from '../../core/protocol/parameters.ts';
import type { Client } from '../../registry/clients/client.ts';
import type { ClientDirectory } from '../../registry/clients/directory.ts';
import type { IdTokens, RecognizedIdToken } from '../../tokens/id-token.ts';

export interface LogoutRequestOptions {
  idTokens: IdTokens;
  directory: Pick<ClientDirectory, 'find'>;
}

export function createLogoutRequest({ idTokens, directory }: LogoutRequestOptions) {
  async function readHint(parameters: RequestParameters): Promise<RecognizedIdToken | undefined> {
    const idToken = parameters.get('id_token_hint');
    if (idToken === undefined) return undefined;
    const hint = await idTokens.recognize(idToken);
    if (hint === undefined) throw badRequest('The id_token_hint is not an ID token of this server');
    if ((parameters.get('client_id') ?? hint.clientId) !== hint.clientId)
      throw badRequest('The id_token_hint was issued to another application');
    return hint;
  }

  async function readClient(
    parameters: RequestParameters,
    hint: RecognizedIdToken | undefined,
  ): Promise<Client | undefined> {
    const clientId = hint?.clientId ?? parameters.get('client_id');
    const client = clientId === undefined ? undefined : await directory.find(clientId);
    if (client === undefined && parameters.get('client_id') !== undefined)
      throw badRequest('The application that sent you here is not known', { field: 'client_id' });
    return client;
  }

  /** @throws AppError (400) */
  return async function readRequest(parameters: RequestParameters) {
    const hint = await readHint(parameters);
    const client = await readClient(parameters, hint);
    const target = readTarget(parameters, client);
    return { hint, client, target, uiLocales: parameters.get('ui_locales')?.slice(0, 256) };
  };
}

/** Section 3: compared as a string with what the client registered; never the client's redirect URIs. */
function readTarget(parameters: RequestParameters, client: Client | undefined): string | undefined {
  const uri = parameters.get('post_logout_redirect_uri');
  // Without a client the address cannot be checked: the user is asked and stays here afterwards.
  if (uri === undefined || (client === undefined && parameters.get('id_token_hint') === undefined))
    return undefined;
  if (!client?.postLogoutRedirectUris.includes(uri)) {
    throw badRequest('The address to go to after signing out is not registered for the application', {
      field: 'post_logout_redirect_uri',
    });
  }
  const state = parameters.get('state');
  if (state === undefined) return uri;
  return `${uri}${uri.includes('?') ? '&' : '?'}${new URLSearchParams({ state })}`;
}
