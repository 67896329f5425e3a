/** Sends authentication requests to OpenID Connect providers and verifies their answers (Core section 3.1). */
import { definedOnly } from '@gatehouse/contracts/values';
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import * as openid from 'openid-client';
import { type AssertedPerson, shortText } from '../asserted-person.ts';
import { SsoError } from '../failure.ts';
import { codeVerifierOf, nonceOf, referenceOf, type SsoFlow } from '../login/flow.ts';
import type { LoginStart, ProviderRequest } from '../protocol.ts';
import { receivedOf } from '../received.ts';
import type { OidcSignOn } from '../settings.ts';
import { asSsoError } from './answer-error.ts';
import type { RequireSignature } from './id-token-signature.ts';
import { idTokenPlace } from './logout.ts';
import type { OidcProviders } from './provider.ts';
import { redirectUriOf } from './redirect-uri.ts';
import { withUserInfo } from './user-info.ts';

export type OidcRelyingParty = ReturnType<typeof createOidcRelyingParty>;

export interface OidcRelyingPartyOptions {
  providers: OidcProviders;
  requireSignature: RequireSignature;
  publicUrl: string;
  secretBox: SecretBox;
}

/** Longer ID tokens make addresses that servers refuse: signing out goes without the hint then. */
const maxHint = 4_096;

export function createOidcRelyingParty(options: OidcRelyingPartyOptions) {
  const { providers, requireSignature, publicUrl, secretBox } = options;

  return {
    /** Where the browser goes. @throws SsoError */
    async begin(
      settings: OidcSignOn,
      flow: SsoFlow,
      { flowId, browser, loginHint, asksAnew }: LoginStart,
    ): Promise<ProviderRequest> {
      const configuration = await providers.of(settings);
      const prompt = flow.isForced || asksAnew ? 'login' : settings.prompt;
      const url = openid.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUriOf(publicUrl, settings),
        scope: settings.scopes.join(' '),
        state: flowId,
        nonce: nonceOf(browser, flowId),
        code_challenge: await openid.calculatePKCECodeChallenge(codeVerifierOf(browser, flowId)),
        code_challenge_method: 'S256',
        ...(settings.responseMode === 'form_post' ? { response_mode: 'form_post' } : {}),
        ...definedOnly({ prompt }),
        // Core section 3.1.2.1: with max_age the answer has auth_time, which a forced sign-in is checked by.
        ...(flow.isForced ? { max_age: '0' } : {}),
        ...(!flow.isForced && flow.maxAgeSeconds !== undefined
          ? { max_age: String(flow.maxAgeSeconds) }
          : {}),
        ...definedOnly({
          acr_values: flow.acrValues === undefined ? undefined : flow.acrValues.join(' '),
          login_hint: loginHint,
        }),
      });
      return { kind: 'redirect', location: url.href };
    },

    /** Redeems the code. `parameters` are those of the callback. @throws SsoError */
    async complete(
      settings: OidcSignOn,
      { flowId, browser, parameters }: { flowId: string; browser: string; parameters: URLSearchParams },
    ): Promise<AssertedPerson> {
      const configuration = await providers.of(settings);
      requireIssuer(configuration, parameters);
      const callback = new URL(redirectUriOf(publicUrl, settings));
      callback.search = parameters.toString();
      const tokens = await openid
        .authorizationCodeGrant(configuration, callback, {
          expectedState: flowId,
          expectedNonce: nonceOf(browser, flowId),
          pkceCodeVerifier: codeVerifierOf(browser, flowId),
          idTokenExpected: true,
        })
        .catch((error: unknown) => {
          throw asSsoError(error);
        });
      const idClaims = tokens.claims();
      if (idClaims === undefined || tokens.id_token === undefined)
        throw new SsoError('response_malformed', 'the token answer holds no ID token');
      await requireSignature(configuration, tokens.id_token);
      const claims = settings.userInfo
        ? await withUserInfo(configuration, tokens.access_token, idClaims)
        : idClaims;
      return personOf(settings, flowId, claims, tokens.id_token);
    },
  };

  function personOf(
    settings: OidcSignOn,
    flowId: string,
    claims: Record<string, unknown> & { sub: string },
    idToken: string,
  ): AssertedPerson {
    const { userNameClaim, groupsClaim, location } = settings;
    if (userNameClaim === 'email') requireVerifiedEmail(settings, claims);
    const name = claims[userNameClaim];
    const authTime = claims['auth_time'];
    const { sid, acr } = claims;
    const hintId = referenceOf(flowId);
    const issuer = String(claims['iss']);
    return {
      issuer,
      name: typeof name === 'string' ? name : undefined,
      nameSource: `the claim ${userNameClaim}`,
      groups: groupsClaim === undefined ? [] : textsOf(claims[groupsClaim]),
      received: receivedOf(
        Object.entries(claims).map(([claim, value]) => [claim, Array.isArray(value) ? value : [value]]),
      ),
      authTimeMs: typeof authTime === 'number' ? authTime * 1000 : undefined,
      ...(typeof acr === 'string' ? { context: acr } : {}),
      ...namesOf(settings, claims),
      subject: claims.sub,
      amr: textsOf(claims['amr']).filter((method) => /^[a-z]{1,32}$/.test(method)),
      provider: {
        protocol: 'oidc',
        location,
        issuer,
        clientId: settings.clientId ?? '',
        subject: claims.sub,
        ...(typeof sid === 'string' ? { sessionIndex: sid } : {}),
        ...(idToken.length > maxHint
          ? {}
          : { idTokenHint: { id: hintId, envelope: secretBox.seal(idToken, idTokenPlace(hintId)) } }),
      },
    };
  }
}

/** RFC 9207: an answer of another server than the one that was asked is not even redeemed. */
function requireIssuer(configuration: openid.Configuration, parameters: URLSearchParams): void {
  const metadata = configuration.serverMetadata();
  const issuers = parameters.getAll('iss');
  const isRequired = metadata['authorization_response_iss_parameter_supported'] === true;
  if (issuers.length === 0 && !isRequired) return;
  if (issuers.length === 1 && issuers[0] === metadata.issuer) return;
  throw new SsoError(
    'wrong_issuer',
    `iss of the answer is ${issuers.join(', ') || 'missing'}, expected ${metadata.issuer}`,
  );
}

/**
 * An address that nobody has checked names nobody (threat: account linking by unverified e-mail). Core section 5.1: it is
 * checked where `email_verified` is true, and of one that says nothing somebody else must confirm all its addresses.
 */
function requireVerifiedEmail(settings: OidcSignOn, claims: Record<string, unknown>): void {
  const { email, email_verified: verified } = claims;
  // Without an address there is no name at all.
  if (email === undefined || isAnsweredFor(settings, claims)) return;
  const found =
    verified === undefined
      ? 'email_verified is missing: have the provider send it, or set assumeVerifiedEmail'
      : `email_verified is ${JSON.stringify(verified)?.slice(0, 50)}`;
  throw new SsoError(
    'email_unverified',
    `the claim email is not verified, and it is looked up as ${settings.userLookup}: ${found}`,
  );
}

function isAnsweredFor(
  { assumeVerifiedEmail = false }: OidcSignOn,
  claims: Record<string, unknown>,
): boolean {
  return isVerified(claims) || (claims['email_verified'] === undefined && assumeVerifiedEmail);
}

/** Some providers say it as text. */
function isVerified<C extends Record<string, unknown>>(claims: C): claims is C & { email: string } {
  const { email, email_verified: verified } = claims;
  return typeof email === 'string' && (verified === true || verified === 'true');
}

/** Core section 5.1. */
function namesOf(settings: OidcSignOn, claims: Record<string, unknown>) {
  return definedOnly({
    verifiedEmail: isVerified(claims) ? claims.email : undefined,
    email: isAnsweredFor(settings, claims) ? shortText(claims['email']) : undefined,
    firstName: shortText(claims['given_name']),
    lastName: shortText(claims['family_name']),
  });
}

function textsOf(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter((item): item is string => typeof item === 'string');
}
