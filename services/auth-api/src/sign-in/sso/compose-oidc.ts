/** Composes OpenID Connect with identity providers: the relying party, its callback, and logout. */
import type { CookieParts } from '../../browser/cookies/compose.ts';
import type { KeySets } from '../../core/assertions/key-sets.ts';
import type { Core } from '../../core/domain.ts';
import type { SsoLogin } from './login/login.ts';
import { signedOutPath } from './logout/logout-routes.ts';
import { createOidcCallback } from './oidc/callback.ts';
import { createOidcChecks } from './oidc/dry-run.ts';
import { createRequireSignature } from './oidc/id-token-signature.ts';
import { createOidcLogout } from './oidc/logout.ts';
import { createOidcProviders } from './oidc/provider.ts';
import { createOidcRelyingParty } from './oidc/relying-party.ts';
import type { ProtocolParts } from './protocol.ts';
import type { OidcSignOn } from './settings.ts';

/** `keySets`: of the providers. */
export function composeOidc(core: Core, parts: ProtocolParts, cookieParts: CookieParts, keySets: KeySets) {
  const { outbound, secretBox, publicUrl, now } = core;
  const { settings, keys, flows, providerSessions, singleUse } = parts;
  const { cookies, limitUnfinished } = cookieParts;
  const makeProviders = () => createOidcProviders({ outbound, secretBox, keys, now });
  const providers = makeProviders();
  const requireSignature = createRequireSignature({ keySets, now });
  const relyingParty = createOidcRelyingParty({ providers, requireSignature, publicUrl, secretBox });
  return {
    begin: relyingParty.begin,
    checks: {
      stored: createOidcChecks({ providers, keySets, publicUrl }),
      /** Each with providers of its own: those of logins are kept by place, not by what is set there. */
      unstored: (unstored: OidcSignOn) =>
        createOidcChecks({ providers: makeProviders(), keySets, publicUrl })(unstored),
    },
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
