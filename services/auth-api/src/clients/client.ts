/** What the service knows about a registered OAuth client. */

import type { StoredSecret } from '@gatehouse/service-kit/credentials/stored-secret';
import type { KeySource } from '../assertions/key-sets.ts';

export type ClientType = 'CONFIDENTIAL' | 'PUBLIC';
export type RedirectMatching = 'exact' | 'origin';
export type ClientAuthMethod = 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none';

/** Who may exchange what: empty lists refuse everything (RFC 8693 leaves this to the server). */
export interface TokenExchangePolicy {
  /** Clients whose tokens this client may present as subject; its own id must be listed too. */
  subjectClients: string[];
  /** Client ids that it may ask for as audience, besides itself. */
  audiences: string[];
  delegation: boolean;
}

export interface Client extends KeySource {
  clientId: string;
  name: string;
  description: string;
  clientType: ClientType;
  internalClient: boolean;
  /** Current secret first; a PUBLIC client has none. */
  secrets: StoredSecret[];
  authorities: string[];
  /** `*` stands for every scope. */
  scope: string[];
  grantTypes: string[];
  redirectUris: string[];
  postLogoutRedirectUris: string[];
  redirectMatching: RedirectMatching;
  requirePkce: boolean;
  accessTokenTtlSeconds: number;
  refreshTokenTtlSeconds: number;
  /** Contact centres whose users may sign in through it; empty means every one. */
  contactCenterIds: string[];
  /** Undefined: either way of sending the secret. */
  tokenEndpointAuthMethod?: ClientAuthMethod;
  tokenExchange: TokenExchangePolicy;
  /** Resource identifiers (RFC 8707) under which others may name this client as audience. */
  resources: string[];
  createdAtMs: number;
  updatedAtMs: number;
  version: number;
}

/** Whether the client proves itself by a secret: others have none, and cannot use one. */
export function usesSecret({ clientType, tokenEndpointAuthMethod }: Client): boolean {
  return clientType === 'CONFIDENTIAL' && tokenEndpointAuthMethod !== 'private_key_jwt';
}

/** Whether users of the contact centre may use the client: single sign-on never crosses into another one. */
export function servesContactCenter(
  { contactCenterIds }: Pick<Client, 'contactCenterIds'>,
  id: string,
): boolean {
  return contactCenterIds.length === 0 || contactCenterIds.includes(id);
}
