/** The domains of Auth API, in the order in which each may need those before it. Nothing loads itself. */
import { createElasticsearch } from '@gatehouse/audit-trail/elasticsearch/client';
import { consulAccessOf } from '@gatehouse/config-server-client/discovery/consul/consul-settings';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Kit } from '@gatehouse/service-kit/http/run';
import { type ServiceClock, trustedClock } from '@gatehouse/service-kit/timekeeping/store-clock';
import { composeActivity } from './activity/compose.ts';
import { composeAdministrators } from './administrators/compose.ts';
import { composeAdministratorRoutes } from './administrators/compose-routes.ts';
import { composeApprovals } from './approvals/compose.ts';
import { composeAssertions } from './assertions/compose.ts';
import { composeAudit } from './audit/compose.ts';
import { composeAuthorize } from './authorize/compose.ts';
import { composeBackchannel } from './backchannel/compose.ts';
import { composeBranding } from './branding/compose.ts';
import { composeBrowser } from './browser/compose.ts';
import { composeChanges } from './changes/compose.ts';
import { composeClientAuthentication } from './client-authentication/compose.ts';
import { composeClients } from './clients/compose.ts';
import { begin, closeDomains } from './composition.ts';
import type { Config } from './config.ts';
import { composeConsents } from './consents/compose.ts';
import { composeConsoleLinks } from './console-links/compose.ts';
import { composeContactCenters } from './contact-centers/compose.ts';
import { composeCors } from './cors/compose.ts';
import { composeDevices } from './devices/compose.ts';
import { composeDiagnosis } from './diagnosis/compose.ts';
import { composeDiscovery } from './discovery/compose.ts';
import { composeHelpDesk } from './help-desk/compose.ts';
import { composeInteractions } from './interactions/compose.ts';
import { composeKeys } from './keys/compose.ts';
import { composeLogout } from './logout/compose.ts';
import { composeStorage, createCore, openClock, openStores, type Stores } from './open-core.ts';
import { composeOverview } from './overview/compose.ts';
import { composePeople } from './people/compose.ts';
import { composeRegistration } from './registration/compose.ts';
import { composeRevocation } from './revocation/compose.ts';
import { composeSessions } from './sessions/compose.ts';
import { composeSignIn } from './sign-in/compose.ts';
import { composeSignals } from './signals/compose.ts';
import { composeSso } from './sso/compose.ts';
import { composeSsoSettings } from './sso/compose-settings.ts';
import { composeToken } from './token/compose.ts';
import { composeTokens } from './tokens/compose.ts';
import { composeAccessTokens } from './tokens/compose-access.ts';
import { composeUserInfo } from './userinfo/compose.ts';
import { composeUsers } from './users/compose.ts';

export type Deps = Awaited<ReturnType<typeof composeDeps>>;

/** Opens the stores and composes the domains; `startSteps` starts them, `close` ends everything. */
export function createDeps(config: Config, kit: Kit, now?: Clock): Promise<Deps> {
  const stores = openStores(config, kit);
  const clock = now === undefined ? openClock(config, kit, stores) : trustedClock(now);
  return composeDeps(config, kit, stores, clock);
}

/** Composes the domains; the stores are not used before the start. */
export async function composeDeps(config: Config, kit: Kit, stores: Stores, clock: ServiceClock) {
  const core = createCore(config, kit, stores, clock);
  const elasticsearch = await createElasticsearch(config.elasticsearch);
  const consul = consulAccessOf(config.consul);
  const { services, domains } = begin(core, { config, stores, clock, consul, elasticsearch })
    .with('storage', composeStorage)
    .with('assertions', composeAssertions)
    .with('revocation', composeRevocation)
    .with('activity', composeActivity)
    .with('audit', composeAudit)
    .with('keys', composeKeys)
    .with('signals', composeSignals)
    .with('accessTokens', composeAccessTokens)
    .with('contactCenters', composeContactCenters)
    .with('administrators', composeAdministrators)
    .with('clients', composeClients)
    .with('branding', composeBranding)
    .with('cors', composeCors)
    .with('people', composePeople)
    .with('ssoSettings', composeSsoSettings)
    .with('users', composeUsers)
    .with('tokens', composeTokens)
    .with('browser', composeBrowser)
    .with('sessions', composeSessions)
    .with('interactions', composeInteractions)
    .with('consents', composeConsents)
    .with('devices', composeDevices)
    .with('approvals', composeApprovals)
    .with('signIn', composeSignIn)
    .with('sso', composeSso)
    .with('logout', composeLogout)
    .with('registration', composeRegistration)
    .with('clientAuthentication', composeClientAuthentication)
    .with('consoleLinks', composeConsoleLinks)
    .with('authorize', composeAuthorize)
    .with('token', composeToken)
    .with('backchannel', composeBackchannel)
    .with('userInfo', composeUserInfo)
    .with('discovery', composeDiscovery)
    .with('followed', composeChanges)
    .with('helpDesk', composeHelpDesk)
    .with('administratorRoutes', composeAdministratorRoutes)
    .with('diagnosis', composeDiagnosis)
    .with('overview', composeOverview);
  return { ...services, kit, core, now: clock.now, domains, close: () => closeDomains(domains) };
}
