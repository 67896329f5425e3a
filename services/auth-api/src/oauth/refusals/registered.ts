/** Says what is registered for a client where that is why its request was refused, by the names of the client's fields. */
import type { RefusalReason } from '@gatehouse/contracts/values';
import type { Client } from '../../registry/clients/client.ts';
import { clientViewOf } from '../../registry/clients/view.ts';

const authentication = ['clientType', 'tokenEndpointAuthMethod'] as const;
const redirects = ['redirectURIs', 'redirectMatching'] as const;
const proof = ['clientType', 'requirePkce', 'requirePushedAuthorizationRequests'] as const;
const exchange = ['tokenExchange'] as const;

const fields: Partial<Record<RefusalReason, readonly (keyof ReturnType<typeof clientViewOf>)[]>> = {
  contradictory_request: authentication,
  no_secret: authentication,
  wrong_secret: authentication,
  wrong_method: authentication,
  assertion_refused: [...authentication, 'jwksUri'],
  public_client: authentication,
  grant_not_allowed: ['authorizedGrantTypes'],
  response_type_not_allowed: ['responseTypes'],
  scope_not_allowed: ['scope'],
  contact_center_not_served: ['contactCenterIds'],
  contact_center_disabled: ['contactCenterIds'],
  redirect_uri_missing: redirects,
  redirect_uri_not_registered: redirects,
  code_challenge_missing: proof,
  code_challenge_malformed: proof,
  request_not_pushed: ['requirePushedAuthorizationRequests'],
  request_not_signed: ['requireSignedRequestObject'],
  request_object_refused: ['requireSignedRequestObject', 'requestObjectSigningAlg', 'jwksUri'],
  certificate_missing: ['tlsClientCertificateBoundAccessTokens'],
  dpop_missing: ['dpopBoundAccessTokens'],
  refresh_key_wrong: ['clientType', 'dpopBoundAccessTokens', 'tlsClientCertificateBoundAccessTokens'],
  exchange_not_allowed: exchange,
  target_not_allowed: exchange,
};

const maxLength = 500;
/** Stands for an empty list. */
const none = '-';

/** Empty where the registration has nothing to do with it. */
export function registeredFor(reason: string, client: Client): Record<string, string> {
  const view = clientViewOf(client);
  const shown = (fields[reason as RefusalReason] ?? []).flatMap((field) => {
    const value = view[field];
    return value === undefined || value === null ? [] : [[field, shortened(textOf(value)) || none]];
  });
  return Object.fromEntries(shown);
}

/** PostgreSQL takes no half of a character that the cut leaves. */
const shortened = (text: string) => text.slice(0, maxLength).toWellFormed();

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(' ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
