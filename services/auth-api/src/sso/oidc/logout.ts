/** Logout with an OpenID Connect provider: ours begins there (RP-Initiated Logout 1.0), theirs ends here (Back-Channel Logout 1.0). */
import type { Clock } from '@gatehouse/service-kit/clock';
import type { SecretBox } from '@gatehouse/service-kit/crypto/secret-box';
import { badRequest } from '@gatehouse/service-kit/errors/app-error';
import type { SingleUse } from '@gatehouse/service-kit/redis/single-use';
import * as openid from 'openid-client';
import type { KeySets } from '../../assertions/key-sets.ts';
import { singleUseOf, UntrustedJwt, unprovedClaims, verifyJwt } from '../../assertions/verify-jwt.ts';
import type { ProviderSession } from '../../sessions/session.ts';
import type { ProviderSessions } from '../provider-sessions.ts';
import type { OidcSignOn, SsoSettings } from '../settings.ts';
import { idTokenPlace } from './id-token-hint.ts';
import type { OidcProviders } from './provider.ts';

export interface OidcLogout {
  begin(settings: OidcSignOn, session: ProviderSession, logoutId: string): Promise<string | undefined>;
  /** Ends what the provider says has ended. @throws AppError (400) for a token that proves nothing */
  receive(logoutToken: string, request: { id: string; ip: string }): Promise<void>;
}

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

const eventName = 'http://schemas.openid.net/event/backchannel-logout';
const longestLifeSeconds = 600;

export function createOidcLogout(options: OidcLogoutOptions): OidcLogout {
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
      nowMs: now(),
      longestLifeSeconds,
    });
    const { events, nonce, iss } = claims;
    if (iss !== issuer) throw new UntrustedJwt('its iss is another provider');
    const event = (events as Record<string, unknown> | undefined)?.[eventName];
    // An ID token is signed by the same key: it has a nonce and no such event.
    if (typeof event !== 'object' || event === null || nonce !== undefined)
      throw new UntrustedJwt('it is no logout token');
    const { jti, untilMs } = singleUseOf(claims);
    if (!(await singleUse.take('assertion', [issuer, jti], untilMs)))
      throw new UntrustedJwt('it came before');
  };

  return {
    async begin(settings, { idTokenHint }, logoutId) {
      const configuration = await providers.of(settings);
      if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
      const hint =
        idTokenHint && secretBox.open(idTokenHint.envelope, idTokenPlace(idTokenHint.id)).toString('utf8');
      return openid.buildEndSessionUrl(configuration, {
        post_logout_redirect_uri: returnUri,
        state: logoutId,
        ...(hint === undefined ? {} : { id_token_hint: hint }),
      }).href;
    },

    async receive(logoutToken, request) {
      const { iss, aud, sid, sub } = unprovedClaims(logoutToken);
      const named = {
        issuer: textOf(iss),
        clientId: textOf(Array.isArray(aud) ? aud[0] : aud),
        subject: textOf(sub),
        sessionIndex: textOf(sid),
      };
      if (named.subject === undefined && named.sessionIndex === undefined)
        throw badRequest('The logout token names neither sub nor sid', { field: 'logout_token' });
      for (const found of await providerSessions.find('oidc', named)) {
        const settings = await options.settings.of(found.contactCenterId, 'oidc');
        if (settings === undefined) continue;
        await verify(logoutToken, settings).catch((error: unknown) => {
          if (!(error instanceof UntrustedJwt)) throw error;
          throw badRequest('The logout token proves nothing', {
            field: 'logout_token',
            detail: error.message,
          });
        });
        await providerSessions.end('oidc', named, request);
        return;
      }
    },
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= 1024 ? value : undefined;
}
