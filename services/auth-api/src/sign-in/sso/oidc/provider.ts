/** Discovers the OpenID Connect provider of a contact centre, or reads it from the settings, and keeps it for a while. */

import { basicAuthorization, type HttpClient, UpstreamError } from '@gatehouse/api-client/http';
import { clientSecretPlace } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import { LRUCache } from 'lru-cache';
import type { CustomFetch } from 'openid-client';
import * as openid from 'openid-client';
import { isBrowserAddress } from '../browser-address.ts';
import { SsoError } from '../failure.ts';
import type { SsoKeys } from '../keys/service.ts';
import type { OidcSignOn } from '../settings.ts';
import { assertionKey } from './assertion-key.ts';

export type OidcProviders = ReturnType<typeof createOidcProviders>;

export interface OidcProvidersOptions {
  outbound: Pick<HttpClient, 'send'>;
  secretBox: SecretBox;
  keys: Pick<SsoKeys, 'signing'>;
  now: Clock;
}

interface Known {
  /** The settings it was made from; others make another one. */
  fingerprint: string;
  configuration: Promise<openid.Configuration>;
  madeAtMs: number;
  askAgainAtMs: number;
}

/** Discovery documents change rarely. */
const freshMs = 3_600_000;
/** A provider that cannot be asked is used as it was known. */
const staleMaxMs = 86_400_000;
/** So long it is not asked again: one that hangs would hold up every sign-in. */
const pauseMs = 30_000;
const maxProviders = 1_000;

export function createOidcProviders(options: OidcProvidersOptions) {
  const { outbound, secretBox, keys, now } = options;
  const providers = new LRUCache<string, Known>({ max: maxProviders });
  const fetch = fetchThrough(outbound);

  const authenticationOf = async (settings: OidcSignOn): Promise<openid.ClientAuth> => {
    const { tokenEndpointAuthMethod, clientSecretEnvelope, contactCenterId, location } = settings;
    if (tokenEndpointAuthMethod === 'none') return openid.None();
    if (tokenEndpointAuthMethod === 'private_key_jwt') {
      const { key, kid } = await assertionKey(keys.signing());
      return openid.PrivateKeyJwt({ key, kid }, meantFor(settings.tokenEndpoint));
    }
    if (clientSecretEnvelope === undefined)
      throw new SsoError(
        'settings_incomplete',
        `clientSecret is missing and ${tokenEndpointAuthMethod} needs it`,
      );
    const secret = secretBox
      .open(clientSecretEnvelope, clientSecretPlace(contactCenterId, location))
      .toString('utf8');
    return proofBySecret[tokenEndpointAuthMethod](secret);
  };

  const make = async (settings: OidcSignOn): Promise<openid.Configuration> => {
    const { issuer, clientId } = settings;
    if (issuer === undefined || clientId === undefined)
      throw new SsoError('settings_incomplete', 'issuer and clientId must be given');
    const authentication = await authenticationOf(settings);
    // The outbound policy decides which addresses may be called, and whether without TLS.
    const configuration =
      settings.authorizationEndpoint === undefined
        ? await openid.discovery(new URL(issuer), clientId, {}, authentication, {
            execute: [openid.allowInsecureRequests],
            [openid.customFetch]: fetch,
          })
        : new openid.Configuration(manualMetadata(issuer, settings), clientId, {}, authentication);
    requireBrowserAddresses(configuration.serverMetadata());
    configuration[openid.customFetch] = fetch;
    openid.allowInsecureRequests(configuration);
    return configuration;
  };

  /** A caller that waits for it gets the outcome, the last good one included. */
  const ask = (key: string, fingerprint: string, settings: OidcSignOn, last: Known | undefined): Known => {
    const madeAtMs = now();
    const asked: Known = {
      fingerprint,
      madeAtMs,
      askAgainAtMs: madeAtMs + freshMs,
      configuration: make(settings).catch((error: unknown) => {
        const isUsable = last !== undefined && now() - last.madeAtMs < staleMaxMs;
        const next = isUsable ? { ...last, askAgainAtMs: now() + pauseMs } : undefined;
        if (providers.get(key) === asked) {
          if (next === undefined) providers.delete(key);
          else providers.set(key, next);
        }
        if (next !== undefined) return next.configuration;
        throw asProviderError(error, `discovery at ${settings.issuer}`);
      }),
    };
    return asked;
  };

  return {
    /** @throws SsoError settings_incomplete, provider_unreachable, metadata_unusable */
    async of(settings: OidcSignOn): Promise<openid.Configuration> {
      const key = `${settings.contactCenterId}${settings.location}`;
      const fingerprint = JSON.stringify([settings, keys.signing().id]);
      const known = providers.get(key);
      const last = known?.fingerprint === fingerprint ? known : undefined;
      if (last !== undefined && now() < last.askAgainAtMs) return last.configuration;
      const asked = ask(key, fingerprint, settings, last);
      providers.set(key, asked);
      return asked.configuration;
    },
  };
}

/** @throws SsoError metadata_unusable */
function requireBrowserAddresses(metadata: openid.ServerMetadata): void {
  for (const name of ['authorization_endpoint', 'end_session_endpoint'] as const) {
    const address = metadata[name];
    if (address !== undefined && !isBrowserAddress(address))
      throw new SsoError('metadata_unusable', `${name} is ${address}, which is no https address`);
  }
}

/**
 * One key proves us to the providers of all contact centres. A discovered issuer is one that its token endpoint belongs to.
 * An issuer that is set by hand is a claim: its author could carry the assertion on to the true issuer. So
 * that one is meant for where it is sent (RFC 7523 section 3).
 */
function meantFor(tokenEndpoint: string | undefined): openid.ModifyAssertionOptions {
  if (tokenEndpoint === undefined) return {};
  return {
    [openid.modifyAssertion]: (_header, payload) => {
      payload['aud'] = tokenEndpoint;
    },
  };
}

const proofBySecret = {
  client_secret_basic: clientSecretBasic,
  client_secret_post: openid.ClientSecretPost,
  client_secret_jwt: (secret: string) => openid.ClientSecretJwt(secret),
};

/** RFC 6749 section 2.3.1. Hyphens and dots stay, unlike with the library's own: many providers compare without decoding. */
function clientSecretBasic(secret: string): openid.ClientAuth {
  return (_server, { client_id: clientId }, _body, headers) =>
    headers.set('authorization', basicAuthorization(clientId, secret));
}

function manualMetadata(issuer: string, settings: OidcSignOn): openid.ServerMetadata {
  const { authorizationEndpoint, tokenEndpoint, jwksUri, userInfoEndpoint, endSessionEndpoint } = settings;
  if (authorizationEndpoint === undefined || tokenEndpoint === undefined || jwksUri === undefined) {
    throw new SsoError('settings_incomplete', 'authorizationEndpoint, tokenEndpoint and jwksUri go together');
  }
  return {
    issuer,
    authorization_endpoint: authorizationEndpoint,
    token_endpoint: tokenEndpoint,
    jwks_uri: jwksUri,
    ...definedOnly({ userinfo_endpoint: userInfoEndpoint, end_session_endpoint: endSessionEndpoint }),
    id_token_signing_alg_values_supported: ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'],
  };
}

/** The reason why a call to the provider failed. */
export function asProviderError(error: unknown, what: string): SsoError {
  if (error instanceof SsoError) return error;
  const outbound = outboundErrorIn(error);
  if (outbound !== undefined) {
    const reason = outbound.failure === 'content-type' ? 'metadata_unusable' : 'provider_unreachable';
    return new SsoError(reason, `${what}: ${outbound.message}`, error);
  }
  return new SsoError('metadata_unusable', `${what}: ${messageOf(error)}`, error);
}

export function outboundErrorIn(error: unknown): UpstreamError | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth += 1) {
    if (cause instanceof UpstreamError) return cause;
  }
  return undefined;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Answers that are no success and are read all the same: they say what was wrong (RFC 6749 section 5.2). */
const statusesWithReason = [400, 401, 403];

export function fetchThrough(outbound: Pick<HttpClient, 'send'>): CustomFetch {
  return async (url, { method, headers, body, signal }) => {
    const {
      status,
      headers: answered,
      text,
    } = await outbound.send({
      url,
      headers: Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'content-type')),
      ...(method === 'POST' ? { form: Object.fromEntries(new URLSearchParams(String(body ?? ''))) } : {}),
      alsoStatuses: statusesWithReason,
      ...definedOnly({ signal }),
    });
    const { 'content-type': type, 'www-authenticate': challenge } = answered;
    return new Response(text, {
      status,
      headers: {
        ...definedOnly({
          'content-type': type === undefined ? undefined : String(type),
          'www-authenticate': challenge === undefined ? undefined : String(challenge),
        }),
      },
    });
  };
}
