/** Makes the authentication request that the browser carries to a SAML identity provider. */
import { SsoError } from '../failure.ts';
import type { SsoKeys } from '../keys/service.ts';
import type { SsoFlow } from '../login/flow.ts';
import { referenceOf } from '../login/flow.ts';
import type { LoginStart, ProviderRequest } from '../protocol.ts';
import type { SamlSignOn } from '../settings.ts';
import { entityOf } from './entity.ts';
import type { IdentityProviders } from './idp-source.ts';
import { makeAuthnRequest } from './library.ts';

export type BeginSaml = (
  settings: SamlSignOn,
  flow: SsoFlow,
  loginStart: LoginStart,
) => Promise<ProviderRequest>;

export function createBeginSaml(deps: {
  issuer: string;
  providers: IdentityProviders;
  keys: Pick<SsoKeys, 'signing'>;
}): BeginSaml {
  const { issuer, providers, keys } = deps;

  return async (settings, flow, { flowId, asksAnew = false }) => {
    const provider = await providers.of(settings);
    const other = settings.binding === 'post' ? 'redirect' : 'post';
    const has = { post: provider.signOnPost !== undefined, redirect: provider.signOnRedirect !== undefined };
    if (!has[settings.binding] && !has[other]) throw new SsoError('metadata_unusable', 'it names no way in');
    return makeAuthnRequest({
      entity: entityOf(issuer, settings),
      provider,
      id: requestIdOf(flowId),
      // The one that was asked for, where the identity provider has it.
      binding: has[settings.binding] ? settings.binding : other,
      key: settings.signRequests || provider.wantsSignedRequests ? keys.signing() : undefined,
      nameIdFormat: settings.nameIdFormat,
      // SAML knows no greatest age: asking anew is the way to be sure of one.
      forceAuthn: flow.isForced || flow.maxAgeSeconds !== undefined || asksAnew,
      contexts: flow.acrValues ?? [],
    });
  };
}

/** An XML id begins with no digit; the answer brings it back as InResponseTo. */
function requestIdOf(flowId: string): string {
  return `_${referenceOf(flowId)}`;
}
