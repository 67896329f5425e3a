/** Handles logout with an OpenID Connect provider: starts it (RP-Initiated Logout 1.0) and receives it (Back-Channel Logout 1.0). */
import { definedOnly } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { SecretBox, SecretPlace } from '@gatehouse/service-kit/crypto';
import { badRequest } from '@gatehouse/service-kit/errors';
import type { SingleUse } from '@gatehouse/service-kit/redis';
import * as openid from 'openid-client';
import type { ProviderSession } from '../../../browser/sessions/session.ts';
import type { KeySets } from '../../../core/assertions/key-sets.ts';
import { UnreadableKeySet } from '../../../core/assertions/remote-keys.ts';
import { singleUseOf, UntrustedJwt, unprovedClaims, verifyJwt } from '../../../core/assertions/verify-jwt.ts';
import type { NamedAtProvider, ProviderSessions } from '../provider-sessions/provider-sessions.ts';
import type { OidcSignOn, SsoSettings } from '../settings.ts';
import { asProviderError, type OidcProviders } from './provider.ts';

export type OidcLogout = ReturnType<typeof createOidcLogout>;

export interface OidcLogoutOptions {
  providers: OidcProviders;
  settings: Pick<SsoSettings, 'of'>;
  providerSessions: ProviderSessions;
  keySets: KeySets;
  singleUse: SingleUse;
  secretBox: SecretBox;
  /** Where the provider sends the browser back to. */
  returnUri: string;
  now: Clock;
}

interface ReceivedLogout {
  logoutToken: string;
  named: NamedAtProvider;
  request: { id: string; ip: string };
}

const eventName = 'http://schemas.openid.net/event/backchannel-logout';
const maxLifeSeconds = 600;
const maxAudiences = 10;

export function createOidcLogout(options: OidcLogoutOptions) {
  const { providers, providerSessions, keySets, singleUse, secretBox, returnUri, now } = options;

  /** Section 2.6. @throws UntrustedJwt, UnreadableKeySet, SsoError */
  const verify = async (jwt: string, settings: OidcSignOn) => {
    const configuration = await providers.of(settings);
    const { issuer, jwks_uri: jwksUri } = configuration.serverMetadata();
    const keySet = jwksUri === undefined ? undefined : keySets.of({ jwksUri });
    if (keySet === undefined) throw new UntrustedJwt('the provider publishes no keys');
    const claims = await verifyJwt(jwt, keySet, {
      types: ['logout+jwt', 'jwt'],
      audiences: [settings.clientId ?? ''],
      // Back-Channel Logout 1.0 section 2.4: as in an ID token, which is often a list.
      allowsOtherAudiences: true,
      nowMs: now(),
      maxLifeSeconds,
    });
    const { events, nonce, iss } = claims;
    if (iss !== issuer) throw new UntrustedJwt('its iss is another provider');
    const event = (events as Record<string, unknown> | undefined)?.[eventName];
    // An ID token is signed by the same key: it has a nonce and no such event.
    if (typeof event !== 'object' || event === null || nonce !== undefined)
      throw new UntrustedJwt('it is no logout token');
    const { jti, untilMs } = singleUseOf(claims);
    // Of the contact centre: the provider of another one may know the issuer and choose the jti.
    const use = [settings.contactCenterId, issuer, jti];
    // The release before notes it for all contact centres together.
    const uses = await Promise.all([use, [issuer, jti]].map((one) => singleUse.isTaken('assertion', one)));
    if (uses.includes(true)) throw new UntrustedJwt('it came before');
    return { recordUse: () => singleUse.take('assertion', use, untilMs) };
  };

  /** Ends the sessions of one contact centre, by its settings alone. @throws UntrustedJwt, UnreadableKeySet, SsoError */
  const receiveAt = async (
    settings: OidcSignOn,
    { logoutToken, named, request }: ReceivedLogout,
  ): Promise<void> => {
    const { recordUse } = await verify(logoutToken, settings);
    await providerSessions.end(settings, named, request);
    // Last: a provider that was answered 503 sends the same token again.
    await recordUse();
  };

  return {
    async begin(
      settings: OidcSignOn,
      { issuer, idTokenHint }: ProviderSession,
      logoutId: string,
    ): Promise<string | undefined> {
      const configuration = await providers.of(settings);
      const { issuer: present, end_session_endpoint: endpoint } = configuration.serverMetadata();
      // The settings name another provider by now: it has no session to end, and the hint is not its to read.
      if (endpoint === undefined || present !== issuer) return undefined;
      const hint =
        idTokenHint && secretBox.open(idTokenHint.envelope, idTokenPlace(idTokenHint.id)).toString('utf8');
      return openid.buildEndSessionUrl(configuration, {
        post_logout_redirect_uri: returnUri,
        state: logoutId,
        ...definedOnly({ id_token_hint: hint }),
      }).href;
    },

    /** Ends what the provider says has ended. @throws AppError (400) for a token that proves nothing */
    async receive(logoutToken: string, request: { id: string; ip: string }): Promise<void> {
      const { iss, aud, sid, sub } = unprovedClaims(logoutToken);
      const parties = { issuer: textOf(iss), subject: textOf(sub), sessionIndex: textOf(sid) };
      if (parties.subject === undefined && parties.sessionIndex === undefined)
        throw badRequest('The logout token names neither sub nor sid', { field: 'logout_token' });
      const audiences: unknown[] = Array.isArray(aud) ? aud.slice(0, maxAudiences) : [aud];
      const receiving = audiences.map(async (audience) => {
        const named = { ...parties, clientId: textOf(audience) };
        const ids = await providerSessions.contactCentersOf('oidc', named);
        const chosen = await Promise.all(ids.map((id) => options.settings.of(id, 'oidc')));
        const present = chosen.filter((settings) => settings !== undefined);
        return Promise.allSettled(
          present.map((settings) => receiveAt(settings, { logoutToken, named, request })),
        );
      });
      requireProof((await Promise.all(receiving)).flat());
    },
  };
}

/**
 * A token that one contact centre trusts proves nothing to another one, which is no fault of the provider. Where a
 * contact centre could not judge it, the provider has to send it again, whatever the others say.
 */
function requireProof(outcomes: PromiseSettledResult<void>[]): void {
  const failed = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  const unjudged = failed.find((reason) => !(reason instanceof UntrustedJwt));
  if (unjudged !== undefined) refuse(unjudged);
  if (failed.length > 0 && failed.length === outcomes.length) refuse(failed[0]);
}

function refuse(error: unknown): never {
  if (error instanceof UnreadableKeySet) throw asProviderError(error.cause, 'keys');
  if (!(error instanceof UntrustedJwt)) throw error;
  throw badRequest('The logout token proves nothing', { field: 'logout_token', detail: error.message });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= 1024 ? value : undefined;
}

/** Not a table: it waits in Redis with its session. */
export function idTokenPlace(id: string): SecretPlace {
  return { table: 'session', row: id, column: 'id_token' };
}
