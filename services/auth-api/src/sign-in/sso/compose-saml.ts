/** Composes SAML: the providers and their certificates, requests and answers, logout and metadata. */
import type { CookieParts } from '../../browser/cookies/compose.ts';
import type { Core } from '../../core/domain.ts';
import type { SsoLogin } from './login/login.ts';
import type { SsoMetrics } from './metrics.ts';
import type { ProtocolParts } from './protocol.ts';
import { createSamlConsumer } from './saml/consumer.ts';
import { createSamlChecks } from './saml/dry-run.ts';
import { createIdentityProviders } from './saml/idp-source.ts';
import { createSamlLogout } from './saml/logout.ts';
import { createSamlMetadata } from './saml/metadata.ts';
import { createBeginSaml } from './saml/request.ts';
import { createResponses } from './saml/response.ts';
import { createTicketStore } from './saml/ticket-store.ts';
import { createWatchedProviders } from './saml/watched-providers.ts';
import type { SamlSignOn } from './settings.ts';

export function composeSaml(core: Core, parts: ProtocolParts, cookieParts: CookieParts, metrics: SsoMetrics) {
  const { issuer, publicUrl, redis, keyspace, now } = core;
  const { settings, contactCenters, keys, flows, providerSessions, singleUse } = parts;
  const { cookies, limitStarts, limitUnfinished } = cookieParts;
  const { providers, endsBefore } = createWatchedProviders(core, { settings, metrics });
  const begin = createBeginSaml({ issuer, keys, providers });
  return {
    begin,
    /** Certificates of providers that end before a moment. @throws Error while Redis is away */
    endsBefore,
    checks: {
      stored: createSamlChecks({ issuer, providers, begin, now }),
      /** Each with providers of its own, of which nothing is kept, told or counted. */
      unstored(unstored: SamlSignOn) {
        const own = createIdentityProviders({ outbound: core.outbound, now });
        const beginOwn = createBeginSaml({ issuer, keys, providers: own });
        return createSamlChecks({ issuer, providers: own, begin: beginOwn, now })(unstored);
      },
    },
    logout: createSamlLogout({
      issuer,
      settings,
      contactCenters,
      providers,
      providerSessions,
      keys,
      singleUse,
      answers: limitStarts(),
      now,
    }),
    metadata: createSamlMetadata({ issuer, contactCenters, settings, keys, signatures: limitStarts() }),
    /** For the login that `begin` starts. */
    createConsumer: (login: SsoLogin) =>
      createSamlConsumer({
        issuer,
        publicUrl,
        settings,
        contactCenters,
        providers,
        responses: createResponses({ keys, now }),
        flows,
        tickets: createTicketStore(redis, keyspace),
        singleUse,
        login,
        cookies,
        answers: limitUnfinished(),
      }),
  };
}
