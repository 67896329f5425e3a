/** Reads an authorization request from checked parameters. */

import { invalidRequest } from '@gatehouse/caller-auth/oauth-errors';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { AuthorizationRequest } from '../../core/protocol/authorization-request.ts';
import type { DetailReader } from '../../registry/clients/detail-types.ts';
import type { Targets } from '../../registry/clients/targets.ts';
import type { IdTokens } from '../../tokens/id-token.ts';
import { checkAuthorizationParameters } from './authorization-checks.ts';
import type { AuthorizationTarget } from './authorization-target.ts';
import type { RequestSource } from './request-sources.ts';

export interface RequestReaderOptions {
  idTokens: Pick<IdTokens, 'recognize'>;
  details: DetailReader;
  targets: Pick<Targets, 'asked'>;
  /** Every client must push its requests, whatever its registration says. */
  requiresPushed: boolean;
  now: Clock;
}

/** `isPushed`: the client sent the request itself, not through a browser. */
type ReadableSource = Omit<RequestSource, 'problem'> & { isPushed: boolean };

/** The longest hint that is kept; a longer one is cut. */
const maxHintLength = 256;

export function createRequestReader({
  idTokens,
  details,
  targets,
  requiresPushed,
  now,
}: RequestReaderOptions) {
  /** Gives the subject that an ID token or the claims parameter names (OpenID Connect Core sections 3.1.2.1 and 5.5.1). */
  async function readHint(
    idToken: string | undefined,
    demanded: string | undefined,
  ): Promise<Pick<AuthorizationRequest, 'hintedSubject' | 'hintedContactCenterId'>> {
    if (idToken === undefined) return definedOnly({ hintedSubject: demanded });
    const hint = await idTokens.recognize(idToken);
    if (hint === undefined) throw invalidRequest('The id_token_hint is not an ID token of this server');
    if (demanded !== undefined && demanded !== hint.sub)
      throw invalidRequest('The id_token_hint and the claims parameter name different users');
    return definedOnly({ hintedSubject: hint.sub, hintedContactCenterId: hint.contactCenterId });
  }

  /** @throws OAuthError that goes back to the client */
  return async (target: AuthorizationTarget, source: ReadableSource): Promise<AuthorizationRequest> => {
    const { client, redirectUri, redirectUriGiven, responseMode, asJwt, state } = target;
    const { parameters, pushed, isPushed, isSigned } = source;
    const mustPush = requiresPushed || client.requirePushedAuthorizationRequests;
    const { demand, ...checked } = checkAuthorizationParameters({
      client,
      redirectUri,
      redirectUriGiven,
      parameters,
      isPushed,
      mustPush,
      isSigned,
    });
    const read = await details.read(parameters.get('authorization_details'), client);
    const asked = await targets.asked({ client, resources: parameters.list('resource') });
    const hint = (name: string) => parameters.get(name)?.slice(0, maxHintLength);
    const asksForSignIn = checked.prompt.includes('login') || checked.prompt.includes('select_account');
    return definedOnly({
      clientId: client.clientId,
      redirectUri,
      redirectUriGiven,
      responseMode,
      asJwt,
      ...checked,
      claims: demand?.claims,
      details: read?.details,
      detailTexts: read?.texts,
      resources: asked.length === 0 ? undefined : asked.map(({ name }) => name),
      state,
      nonce: parameters.get('nonce'),
      codeChallenge: parameters.get('code_challenge'),
      dpopJkt: parameters.get('dpop_jkt'),
      pushedRequestUri: pushed,
      ...(await readHint(parameters.get('id_token_hint'), demand?.subject)),
      loginHint: hint('login_hint'),
      acrValues: parameters.get('acr_values')?.split(' ').filter(Boolean),
      uiLocales: hint('ui_locales'),
      tenantHint: hint('tenant'),
      hideTenant: parameters.get('hideTenant') === 'true',
      requiresFreshSignIn: asksForSignIn || checked.maxAgeSeconds === 0,
      requestedAtMs: now(),
    });
  };
}
