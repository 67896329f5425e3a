/** Performs the steps of a dry run for OpenID Connect. */
import { saidAs, type Verdict } from '@gatehouse/service-kit/health';
import { type Said, say } from '@gatehouse/service-kit/sentences';
import * as openid from 'openid-client';
import type { KeySets } from '../../../core/assertions/key-sets.ts';
import { type CheckStep, passed, warning } from '../check-step.ts';
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
        run: async () => passed(ourNames(settings.clientId, redirectUriOf(publicUrl, settings))),
      },
      {
        name: 'discovery',
        run: async () => {
          const { issuer, authorization_endpoint: address } = await metadata();
          if (address === undefined) return passed(say('signOn.discovery.nowhere', { issuer }));
          return passed(say('signOn.discovery.found', { issuer, address }));
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
          if (keys === undefined) return passed(say('signOn.keys.at', { address: jwksUri }));
          return passed(say('signOn.keys.read', { address: jwksUri, count: keys.jwks().keys.length }));
        },
      },
      { name: 'user name', run: async () => userName(settings, await metadata()) },
      { name: 'client authentication', run: async () => authentication(settings, await metadata()) },
      { name: 'client secret', run: () => secretProbe(settings) },
      {
        name: 'logout',
        run: async () => {
          if (!settings.logout) return passed(say('signOn.logout.off'));
          const { end_session_endpoint: address } = await metadata();
          if (address !== undefined) return passed(say('signOn.logout.to', { address }));
          return warning(say('signOn.logout.missing', { name: 'end_session_endpoint' }));
        },
      },
      { name: 'answer', run: async () => saidAs('skipped', untried(settings)) },
    ];
  };

  /** A code that nobody gave out: a provider that knows the client says invalid_grant, and one that does not invalid_client. */
  async function secretProbe(settings: OidcSignOn): Promise<Verdict> {
    const configuration = await providers.of(settings);
    try {
      await openid.genericGrantRequest(configuration, 'authorization_code', {
        code: 'gatehouse-dry-run',
        redirect_uri: redirectUriOf(publicUrl, settings),
        code_verifier: 'gatehouse-dry-run-gatehouse-dry-run-gatehouse-dry-run',
      });
    } catch (error) {
      const answered = error instanceof openid.ResponseBodyError ? error.error : undefined;
      if (answered === 'invalid_grant') return passed(say('signOn.secret.known'));
      if (answered === undefined && !(error instanceof openid.WWWAuthenticateChallengeError))
        throw asProviderError(error, 'token endpoint');
      if (answered === undefined || ['invalid_client', 'unauthorized_client'].includes(answered)) {
        throw new SsoError(
          'client_rejected',
          `the token endpoint answered ${answered ?? 'with a challenge'}`,
        );
      }
      return warning(say('signOn.secret.other', { error: answered }));
    }
    return warning(say('signOn.secret.taken'));
  }
}

function ourNames(clientId: string | undefined, address: string): Said {
  if (clientId === undefined) return say('signOn.names.noClient', { address });
  return say('signOn.names.oidc', { clientId, address });
}

function untried({ userNameClaim, groupsClaim, userInfo, logout }: OidcSignOn): Said[] {
  return [
    say('signOn.untried.oidc', { name: userNameClaim }),
    ...(groupsClaim ? [say('signOn.untried.groups', { name: groupsClaim })] : []),
    ...(userInfo ? [say('signOn.untried.userInfo')] : []),
    ...(logout ? [say('signOn.untried.logout')] : []),
  ];
}

function userName(
  { userNameClaim, userLookup, assumeVerifiedEmail = false }: OidcSignOn,
  { claims_supported: claims }: openid.ServerMetadata,
): Verdict {
  if (userNameClaim === 'email' && !assumeVerifiedEmail && claims && !claims.includes('email_verified'))
    return warning(say('signOn.name.unverified'));
  return passed(say('signOn.name.claim', { name: userNameClaim, lookup: userLookup }));
}

function authentication(
  { tokenEndpointAuthMethod: method }: OidcSignOn,
  metadata: openid.ServerMetadata,
): Verdict {
  const { token_endpoint_auth_methods_supported: supported, code_challenge_methods_supported: challenges } =
    metadata;
  if (supported && !supported.includes(method))
    return warning(say('signOn.proof.unsupported', { method, methods: supported }));
  if (challenges && !challenges.includes('S256')) return warning(say('signOn.proof.noPkce'));
  return passed(say('signOn.proof.method', { method }));
}
