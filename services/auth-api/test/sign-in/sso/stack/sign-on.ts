/** Sets single sign-on of a contact centre, as the Environment API would tell it. */
import {
  clientSecretPlace,
  type OidcSettings,
  type SamlSettings,
  type SingleSignOnView,
} from '@gatehouse/contracts/environment-api';
import { createSecretBox, Secret } from '@gatehouse/service-kit/crypto';
import { type AuthApi, contactCenterId, encryptionKeys, publicUrl } from '../../../stack/auth-api.ts';
import { announceChange } from '../../../stack/environment-api.ts';

/** Settings of the local trial: identity providers on this machine. */
export const localTrial = { GATEHOUSE_MODE: 'local', GATEHOUSE_OUTBOUND_ALLOW_LOOPBACK: 'true' };

/** Where OpenID Connect providers send browsers of a contact centre back to. */
export const callbackUriOf = (id: string) => `${publicUrl}/auth/v3/sso/oidc/callback/${id}/-`;
export const callbackUri = callbackUriOf(contactCenterId);

const oidcDefaults: OidcSettings = {
  enabled: true,
  accessGroups: [],
  tokenEndpointAuthMethod: 'client_secret_basic',
  scopes: ['openid', 'profile', 'email'],
  userNameClaim: 'preferred_username',
  userLookup: 'userName',
  logout: false,
};

const samlDefaults: SamlSettings = {
  enabled: true,
  accessGroups: [],
  binding: 'redirect',
  userNameSource: 'nameId',
  userLookup: 'userName',
  signRequests: true,
  requireSignedResponse: false,
  encryptAssertions: false,
  allowIdpInitiated: false,
  clockSkewSeconds: 60,
  logout: false,
};

export interface SignOnChange {
  id?: string;
  location?: string;
  oidc?: Partial<OidcSettings>;
  clientSecret?: string;
  saml?: Partial<SamlSettings>;
}

let version = 1;

/** Resolves when the running service has heard of it. */
export async function setSignOn(stack: AuthApi, change: SignOnChange): Promise<void> {
  const { id = contactCenterId, location = '/', oidc } = change;
  stack.environmentApi.signOns.set(id, signOnView(change));
  await announceChange(stack, { entity: oidc ? 'oidc' : 'saml', id: location, contactCenterId: id });
  // The message travels by Redis; the copy is dropped here at once so that no test waits for it.
  stack.deps.ssoSettings.service.applyGap();
}

/** As Environment API would answer it. */
export function signOnView(change: SignOnChange): SingleSignOnView {
  const { id = contactCenterId, location = '/', oidc, saml, clientSecret } = change;
  version += 1;
  return {
    version,
    ...(saml ? { saml: { ...samlDefaults, ...saml, location } } : {}),
    ...(oidc
      ? {
          oidc: {
            ...oidcDefaults,
            ...oidc,
            location,
            ...(clientSecret === undefined
              ? {}
              : { clientSecretEnvelope: sealed(clientSecret, id, location) }),
          },
        }
      : {}),
  };
}

function sealed(secret: string, id: string, location: string): string {
  return createSecretBox(new Secret(encryptionKeys)).seal(secret, clientSecretPlace(id, location));
}
