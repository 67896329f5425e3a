/** The domains of Auth API, in the order in which each may need those before it. Nothing loads itself. */
import { createElasticsearch } from '@gatehouse/audit-trail/elasticsearch';
import { consulAccessOf } from '@gatehouse/config-server-client/consul';
import type { Clock } from '@gatehouse/service-kit/clock';
import { closeDomains, compositionOf, type Kit } from '@gatehouse/service-kit/http';
import { trustedClock } from '@gatehouse/service-kit/timekeeping';
import { composeApprovals } from './browser/approvals/compose.ts';
import { composeConsents } from './browser/consents/compose.ts';
import { composeCookies } from './browser/cookies/compose.ts';
import { composeDevices } from './browser/devices/compose.ts';
import { composeInteractions } from './browser/interactions/compose.ts';
import { composeOwnFactors } from './browser/own-factors/compose.ts';
import { composeSessions } from './browser/sessions/compose.ts';
import type { Config } from './config.ts';
import { composeAssertions } from './core/assertions/compose.ts';
import type { Domain } from './core/domain.ts';
import { composeStorage, createCore, openClock, openStores } from './core/open-core.ts';
import { composeFactors } from './factors/compose.ts';
import { composeSignals } from './keys/signals/compose.ts';
import { composeSigningKeys } from './keys/signing-keys/compose.ts';
import { composeAuthorize } from './oauth/authorize/compose.ts';
import { composeBackchannel } from './oauth/backchannel/compose.ts';
import { composeClientAuthentication } from './oauth/client-authentication/compose.ts';
import { composeDiscovery } from './oauth/discovery/compose.ts';
import { composeRefusals } from './oauth/refusals/compose.ts';
import { composeToken } from './oauth/token/compose.ts';
import { composeUserinfo } from './oauth/userinfo/compose.ts';
import { composeAlerts } from './operations/alerts/compose.ts';
import { composeAlertDelivery } from './operations/alerts/compose-delivery.ts';
import { composeAuditExport } from './operations/audit-export/compose.ts';
import { composeChanges } from './operations/changes/compose.ts';
import { composeDiagnosis } from './operations/diagnosis/compose.ts';
import { composeErasure } from './operations/erasure/compose.ts';
import { composeFactorCounts } from './operations/factor-counts/compose.ts';
import { composeFactorDesk } from './operations/factor-desk/compose.ts';
import { composeHelpDesk } from './operations/help-desk/compose.ts';
import { composeOverview } from './operations/overview/compose.ts';
import { composeAccounts } from './people/accounts/compose.ts';
import { composePeopleStore } from './people/people-store/compose.ts';
import { composeActivity } from './records/activity/compose.ts';
import { composeAudit } from './records/audit/compose.ts';
import { composeRevocation } from './records/revocation/compose.ts';
import { composeAdministrators } from './registry/administrators/compose.ts';
import { composeAdministratorRoutes } from './registry/administrators/compose-routes.ts';
import { composeBranding } from './registry/branding/compose.ts';
import { composeClients } from './registry/clients/compose.ts';
import { composeContactCenters } from './registry/contact-centers/compose.ts';
import { composeCors } from './registry/cors/compose.ts';
import { composeDocuments } from './registry/documents/compose.ts';
import { composeRegistration } from './registry/registration/compose.ts';
import { composeConsoleLinks } from './sign-in/console-links/compose.ts';
import { composeLogout } from './sign-in/logout/compose.ts';
import { composePasskeySignIn } from './sign-in/passkey-sign-in/compose.ts';
import { composePassword } from './sign-in/password/compose.ts';
import { composeSecondStep } from './sign-in/second-step/compose.ts';
import { composeSso } from './sign-in/sso/compose.ts';
import { composeSsoSettings } from './sign-in/sso/compose-settings.ts';
import { composeTokens } from './tokens/compose.ts';
import { composeAccessTokens } from './tokens/compose-access.ts';

export type Deps = Awaited<ReturnType<typeof createDeps>>;

/**
 * Opens the stores and composes the domains, which use the stores only when `startSteps` starts them; `close` ends everything.
 * `now`: instead of the time of the stores.
 */
export async function createDeps(config: Config, kit: Kit, now?: Clock) {
  const stores = openStores(config, kit);
  const clock = now === undefined ? openClock(config, kit, stores) : trustedClock(now);
  const core = createCore(config, kit, stores, clock);
  const elasticsearch = await createElasticsearch(config.elasticsearch);
  const consul = consulAccessOf(config.consul);
  const { services, domains } = compositionOf<Domain>()(core, {
    config,
    stores,
    clock,
    consul,
    elasticsearch,
  })
    .with('storage', composeStorage)
    .with('assertions', composeAssertions)
    .with('revocation', composeRevocation)
    .with('activity', composeActivity)
    .with('audit', composeAudit)
    .with('signingKeys', composeSigningKeys)
    .with('signals', composeSignals)
    .with('accessTokens', composeAccessTokens)
    .with('contactCenters', composeContactCenters)
    .with('administrators', composeAdministrators)
    .with('clients', composeClients)
    .with('branding', composeBranding)
    .with('cors', composeCors)
    .with('peopleStore', composePeopleStore)
    .with('ssoSettings', composeSsoSettings)
    .with('factors', composeFactors)
    .with('accounts', composeAccounts)
    .with('tokens', composeTokens)
    .with('cookies', composeCookies)
    .with('sessions', composeSessions)
    .with('interactions', composeInteractions)
    .with('consents', composeConsents)
    .with('devices', composeDevices)
    .with('ownFactors', composeOwnFactors)
    .with('secondStep', composeSecondStep)
    .with('approvals', composeApprovals)
    .with('passkeySignIn', composePasskeySignIn)
    .with('password', composePassword)
    .with('sso', composeSso)
    .with('logout', composeLogout)
    .with('registration', composeRegistration)
    .with('refusals', composeRefusals)
    .with('clientAuthentication', composeClientAuthentication)
    .with('consoleLinks', composeConsoleLinks)
    .with('authorize', composeAuthorize)
    .with('token', composeToken)
    .with('backchannel', composeBackchannel)
    .with('userinfo', composeUserinfo)
    .with('discovery', composeDiscovery)
    .with('changes', composeChanges)
    .with('helpDesk', composeHelpDesk)
    .with('factorCounts', composeFactorCounts)
    .with('auditExport', composeAuditExport)
    .with('erasure', composeErasure)
    .with('factorDesk', composeFactorDesk)
    .with('administratorRoutes', composeAdministratorRoutes)
    .with('documents', composeDocuments)
    .with('diagnosis', composeDiagnosis)
    .with('alertDelivery', composeAlertDelivery)
    .with('overview', composeOverview)
    .with('alerts', composeAlerts);
  return { ...services, kit, core, now: clock.now, domains, close: () => closeDomains(domains) };
}
