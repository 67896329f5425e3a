/** Makes a new client, with the values that the description and the installation give it. */
import { initialOf } from '@gatehouse/contracts/resource';
import { client } from '@gatehouse/contracts/resources';
import type { Config } from '../../config.ts';
import type { ResponseType } from '../../core/protocol/response-types.ts';
import type { Client } from './client.ts';
import { asProperties } from './table.ts';

/** The installation's defaults and limits for clients. */
export interface ClientDefaults {
  redirectMatching: Client['redirectMatching'];
  accessTokenTtlSeconds: number;
  refreshTokenTtlSeconds: number;
  maxAccessTokenTtlSeconds: number;
  maxRefreshTokenTtlSeconds: number;
  /** Whether a client with the implicit grant gets the response type token without naming it. */
  impliesToken: boolean;
  /** Whether a new client must send a code challenge unless its registration says otherwise (RFC 9700 section 2.1.1). */
  requirePkce: boolean;
  /** Whether registered addresses may be on the loopback interface. */
  allowLoopback: boolean;
}

export function clientDefaults(
  { tokens, outbound }: Pick<Config, 'tokens' | 'outbound'>,
  isCompat: boolean,
): ClientDefaults {
  return {
    redirectMatching: isCompat ? 'origin' : 'exact',
    accessTokenTtlSeconds: tokens.accessTtlSeconds,
    refreshTokenTtlSeconds: tokens.refreshTtlSeconds,
    maxAccessTokenTtlSeconds: tokens.longestAccessTtlSeconds,
    maxRefreshTokenTtlSeconds: tokens.longestRefreshTtlSeconds,
    impliesToken: isCompat,
    requirePkce: !isCompat,
    allowLoopback: outbound.allowLoopback,
  };
}

type FieldDefaults = Pick<
  ClientDefaults,
  'redirectMatching' | 'requirePkce' | 'accessTokenTtlSeconds' | 'refreshTokenTtlSeconds'
>;

const initial = () => asProperties(initialOf(client));

export function newClient(clientId: string, defaults: FieldDefaults, nowMs: number): Client {
  return {
    ...(initial() as Pick<Client, keyof ReturnType<typeof initial>>),
    clientId,
    name: clientId,
    secrets: [],
    responseTypes: ['code'],
    redirectMatching: defaults.redirectMatching,
    requirePkce: defaults.requirePkce,
    accessTokenTtlSeconds: defaults.accessTokenTtlSeconds,
    refreshTokenTtlSeconds: defaults.refreshTokenTtlSeconds,
    registeredDynamically: false,
    lastGrants: {},
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    version: 1,
  };
}

/** The grant types that a response type needs (OpenID Connect Dynamic Client Registration section 2). */
export function grantsOf(responseType: ResponseType): string[] {
  if (responseType === 'code') return ['authorization_code'];
  return responseType.startsWith('code ') ? ['authorization_code', 'implicit'] : ['implicit'];
}

/** The response types of a client whose grant types change without naming any: those still covered, and those of new grant types. */
export function impliedResponseTypes(
  { grantTypes: formerGrants, responseTypes }: Pick<Client, 'grantTypes' | 'responseTypes'>,
  grantTypes: readonly string[],
  impliesToken: boolean,
): ResponseType[] {
  const isNew = (grantType: string) => grantTypes.includes(grantType) && !formerGrants.includes(grantType);
  const isCovered = (responseType: ResponseType) =>
    grantsOf(responseType).every((grantType) => grantTypes.includes(grantType));
  return [
    ...responseTypes.filter(isCovered),
    ...(isNew('authorization_code') ? (['code'] as const) : []),
    ...(isNew('implicit') && impliesToken ? (['token'] as const) : []),
  ];
}
