/** Performs the steps of a dry run for OpenID Connect. */
import * as openid from 'openid-client';
import type { KeySets } from '../../../core/assertions/key-sets.ts';
import type { CheckStep } from '../dry-run.ts';
import { SsoError } from '../failure.ts';
import type { OidcSignOn } from '../settings.ts';
import { asProviderError, type OidcProviders } from './provider.ts';
import { redirectUriOf } from './redirect-uri.ts';

export function createOidcChecks(deps: {
  providers: OidcProviders;
  keySets: KeySets;
  publicUrl: string;
}): (settings: OidcSignOn) => CheckStep[] {
  const { providers, keySets, publicUrl } = deps;

  return (settings) => {
    const metadata = async () => (await providers.of(settings)).serverMetadata();
    return [
      {
        name: 'our names',
        run: async () =>
          `client id ${settings.clientId ?? 'missing'}, redirect URI ${redirectUriOf(publicUrl, settings)}`,
      },
      {
        name: 'discovery',
        run: async () => {
          const { issuer, authorization_endpoint: endpoint } = await metadata();
          return `${issuer}, a browser would go to ${endpoint ?? 'nowhere'}`;
        },
      },
      {
        name: 'keys',
        run: async () => {
          const { jwks_uri: jwksUri } = await metadata();
          if (jwksUri === undefined)
            throw new SsoError('metadata_unusable', 'the provider names no jwks_uri');
          const keys = await keySets
            .of({ jwksUri })
            ?.current()
            .catch((error: unknown) => {
              throw asProviderError(error instanceof Error ? error.cause : error, `keys at ${jwksUri}`);
            });
          return `read from ${jwksUri}${keys === undefined ? '' : `: ${keys.jwks().keys.length}`}`;
        },
      },
      { name: 'user name', run: async () => userName(settings, await metadata()) },
      { name: 'client authentication', run: async () => authentication(settings, await metadata()) },
      { name: 'client secret', run: () => secretProbe(settings) },
      {
        name: 'logout',
        run: async () => {
          if (!settings.logout) return 'signing out here leaves the provider signed in (logout is off)';
          const { end_session_endpoint: endpoint } = await metadata();
          if (endpoint !== undefined) return `signing out here goes on to ${endpoint}`;
          return { warning: 'logout is on, and the provider names no end_session_endpoint' };
        },
      },
      { name: 'answer', run: async () => ({ skipped: untried(settings) }) },
    ];
  };

  /** A code that nobody gave out: a provider that knows the client says invalid_grant, and one that does not invalid_client. */
  async function secretProbe(settings: OidcSignOn): Promise<string | { warning: string }> {
    const configuration = await providers.of(settings);
    try {
      await openid.genericGrantRequest(configuration, 'authorization_code', {
        code: 'gatehouse-dry-run',
        redirect_uri: redirectUriOf(publicUrl, settings),
        code_verifier: 'gatehouse-dry-run-gatehouse-dry-run-gatehouse-dry-run',
      });
    } catch (error) {
      const answered = error instanceof openid.ResponseBodyError ? error.error : undefined;
      if (answered === 'invalid_grant') return 'the token endpoint knows the client and its proof';
      if (answered === undefined && !(error instanceof openid.WWWAuthenticateChallengeError))
        throw asProviderError(error, 'token endpoint');
      if (answered === undefined || ['invalid_client', 'unauthorized_client'].includes(answered)) {
        throw new SsoError(
          'client_rejected',
          `the token endpoint answered ${answered ?? 'with a challenge'}: compare clientId, clientSecret and tokenEndpointAuthMethod with the registration there`,
        );
      }
      return { warning: `the token endpoint answered ${answered} to a code that nobody gave out` };
    }
    return { warning: 'the token endpoint took a code that nobody gave out' };
  }
}

function untried({ userNameClaim, groupsClaim, userInfo, logout }: OidcSignOn): string {
  const parts = [
    'whether the provider has our redirect URI',
    `the ID token and its claim ${userNameClaim}`,
    groupsClaim && `its groups in ${groupsClaim}`,
    userInfo && 'UserInfo',
    logout && 'a logout',
  ];
  return `not tried, because nobody signs in: ${parts.filter(Boolean).join('; ')}`;
}

function userName(
  { userNameClaim, userLookup, assumeVerifiedEmail = false }: OidcSignOn,
  { claims_supported: claims }: openid.ServerMetadata,
): string | { warning: string } {
  if (userNameClaim === 'email' && !assumeVerifiedEmail && claims && !claims.includes('email_verified'))
    return {
      warning:
        'email_verified is not among the claims that the provider says it sends: without it nobody is let in by email; have it sent, use another userNameClaim, or set assumeVerifiedEmail',
    };
  return `the claim ${userNameClaim} is looked up as ${userLookup}`;
}

function authentication(
  { tokenEndpointAuthMethod }: OidcSignOn,
  metadata: openid.ServerMetadata,
): string | { warning: string } {
  const { token_endpoint_auth_methods_supported: supported, code_challenge_methods_supported: challenges } =
    metadata;
  if (supported && !supported.includes(tokenEndpointAuthMethod))
    return {
      warning: `${tokenEndpointAuthMethod} is not among what the provider says it supports: ${supported.join(', ')}`,
    };
  if (challenges && !challenges.includes('S256'))
    return { warning: 'the provider does not say that it supports PKCE with S256' };
  return tokenEndpointAuthMethod;
}
