/** Composes OpenID Connect with identity providers: the relying party, its callback, and logout. */
import type { SingleUse } from '@gatehouse/service-kit/redis';
import type { CookieParts } from '../../browser/cookies/compose.ts';
import type { KeySets } from '../../core/assertions/key-sets.ts';
import type { Core } from '../../core/core.ts';
import type { FlowStore } from './flow-store.ts';
import type { SsoKeys } from './keys/service.ts';
import type { SsoLogin } from './login.ts';
import { signedOutPath } from './logout-routes.ts';
import { createOidcCallback } from './oidc/callback.ts';
import { createOidcChecks } from './oidc/dry-run.ts';
import { createRequireSignature } from './oidc/id-token-signature.ts';
import { createOidcLogout } from './oidc/logout.ts';
import { createOidcProviders } from './oidc/provider.ts';
import { createOidcRelyingParty } from './oidc/relying-party.ts';
import type { ProviderSessions } from './provider-sessions.ts';
import type { SsoSettings } from './settings.ts';

interface OidcDependencies {
  settings: SsoSettings;
  keys: SsoKeys;
  /** Of the providers. */
  keySets: KeySets;
  flows: FlowStore;
  providerSessions: ProviderSessions;
  singleUse: SingleUse;
  cookies: CookieParts;
}

export function composeOidc(core: Core, dependencies: OidcDependencies) {
  const { outbound, secretBox, now } = core;
  const { settings, keys, keySets, flows, providerSessions, singleUse } = dependencies;
  const { publicUrl, cookies, limitUnfinished } = dependencies.cookies;
  const providers = createOidcProviders({ outbound, secretBox, keys, now });
  const requireSignature = createRequireSignature({ keySets, now });
  const relyingParty = createOidcRelyingParty({ providers, requireSignature, publicUrl, secretBox });
  return {
    begin: relyingParty.begin,
    checks: createOidcChecks({ providers, keySets, publicUrl }),
    logout: createOidcLogout({
      providers,
      settings,
      providerSessions,
      keySets,
      singleUse,
      secretBox,
      returnUri: `${publicUrl}${signedOutPath}`,
      now,
    }),
    /** For the login that `begin` starts. */
    createCallback: (login: SsoLogin) =>
      createOidcCallback({ login, flows, cookies, relyingParty, answers: limitUnfinished() }),
  };
}
