/** The composition root: every domain in the order of the layers, opened once and closed in the reverse order. */
import { consulAccessOf } from '@gatehouse/config-server-client/discovery/consul/consul-settings';
import { createChangeRetention } from '@gatehouse/service-kit/changes/log';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Kit } from '@gatehouse/service-kit/http/run';
import { type ServiceClock, trustedClock } from '@gatehouse/service-kit/timekeeping/store-clock';
import { composeActivity } from './activity/compose.ts';
import { composeAdmin } from './admin/compose.ts';
import { composeAdministrators } from './administrators/compose.ts';
import { composeApprovals } from './approvals/compose.ts';
import { composeAssertions } from './assertions/compose.ts';
import { composeAudit } from './audit/compose.ts';
import { composeAuthorize } from './authorize/compose.ts';
import { composeBackchannel } from './backchannel/compose.ts';
import { type Branding, composeBranding } from './branding/compose.ts';
import { composeBrowser } from './browser/compose.ts';
import { composeChanges } from './changes/compose.ts';
import { composeClientAuthentication } from './client-authentication/compose.ts';
import { composeClients } from './clients/compose.ts';
import type { Config } from './config.ts';
import { composeConsents } from './consents/compose.ts';
import { composeConsoleLinks } from './console-links/compose.ts';
import { composeContactCenters } from './contact-centers/compose.ts';
import { composeCors } from './cors/compose.ts';
import { composeDevices } from './devices/compose.ts';
import { composeDiscovery } from './discovery/compose.ts';
import { composeHelpDesk } from './help-desk/compose.ts';
import { composeInteractions } from './interactions/compose.ts';
import { composeKeys } from './keys/compose.ts';
import { composeLogout } from './logout/compose.ts';
import { createCore, openClock, openStores, type Stores } from './open-core.ts';
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
import { composeUserInfo } from './userinfo/compose.ts';
import { composeUsers } from './users/compose.ts';

export const migrationsFolder = new URL('../migrations/', import.meta.url);

export type Deps = Awaited<ReturnType<typeof composeDeps>>;

/** Creates the clients of the stores and composes the domains; `start-steps.ts` starts them, `close` ends everything. */
export function createDeps(config: Config, kit: Kit, now?: Clock): Promise<Deps> {
  const stores = openStores(config, kit);
  const clock = now === undefined ? openClock(config, kit, stores) : trustedClock(now);
  return composeDeps(config, kit, stores, clock);
}

/** Composes the domains; the stores are not used before the start. */
export async function composeDeps(config: Config, kit: Kit, stores: Stores, clock: ServiceClock) {
  const core = createCore(config, kit, stores, clock);
  const consul = consulAccessOf(config.consul);

  const assertions = composeAssertions(core, { config });
  const revocation = composeRevocation(core);
  const activity = composeActivity(core);
  const audit = await composeAudit(core, { config });
  const administrators = composeAdministrators(core, { audit });
  const keys = composeKeys(core, { config, audit });
  const signals = composeSignals(core, { config, audit, keys });
  const clientLogos: Branding['clientLogos'] = {
    take: (...picture) => branding.clientLogos.take(...picture),
    keepOnly: (...picture) => branding.clientLogos.keepOnly(...picture),
  };
  const clients = composeClients(core, { config, assertions, audit, revocation, clientLogos });
  const authorization = {
    header: () => tokens.serviceAuthorization.header(),
    renew: () => tokens.serviceAuthorization.renew(),
  };
  const contactCenters = composeContactCenters(core, { config, revocation, authorization });
  const branding = composeBranding(core, { config, clients, contactCenters });
  const cors = composeCors(core, { config, clients, contactCenters });
  const ssoSettings = composeSsoSettings(core, { config, contactCenters });
  const { passwordRule } = ssoSettings;
  const people = composePeople(core, { config, contactCenters });
  const users = composeUsers(core, {
    config,
    consul,
    activity,
    audit,
    revocation,
    contactCenters,
    people,
    passwordRule,
  });
  const tokens = composeTokens(core, {
    config,
    administrators,
    assertions,
    revocation,
    keys,
    clients,
    users,
  });
  const browser = composeBrowser(core, { config });
  const sessions = composeSessions(core, {
    config,
    audit,
    revocation,
    clients,
    contactCenters,
    users,
    tokens,
    browser,
  });
  const interactions = composeInteractions(core, { browser, sessions, branding });
  const consents = composeConsents(core, { audit, contactCenters, browser, sessions, interactions, tokens });
  const devices = composeDevices(core, { config, audit, sessions });
  const approvals = composeApprovals(core, { config, audit, clients, contactCenters, browser, sessions });
  const signIn = composeSignIn(core, {
    audit,
    contactCenters,
    people,
    clients,
    users,
    browser,
    sessions,
    interactions,
  });
  const sso = composeSso(core, {
    config,
    ssoSettings,
    activity,
    assertions,
    audit,
    clients,
    contactCenters,
    users,
    tokens,
    browser,
    sessions,
    interactions,
  });
  const logout = composeLogout(core, {
    config,
    revocation,
    audit,
    keys,
    clients,
    tokens,
    browser,
    sessions,
    branding,
    sso,
  });
  const registration = composeRegistration(core, { config, audit, branding, clients });
  const clientAuthentication = composeClientAuthentication(core, {
    config,
    assertions,
    audit,
    clients,
    tokens,
  });
  const consoleLinks = composeConsoleLinks(core, { audit, revocation, tokens });
  const authorize = composeAuthorize(core, {
    config,
    assertions,
    audit,
    keys,
    clients,
    users,
    tokens,
    browser,
    sessions,
    interactions,
    consents,
    devices,
    sso,
    clientAuthentication,
  });
  const token = composeToken(core, {
    config,
    activity,
    assertions,
    revocation,
    audit,
    keys,
    clients,
    contactCenters,
    users,
    tokens,
    sessions,
    devices,
    approvals,
    clientAuthentication,
    authorize,
    consoleLinks,
  });
  const asked = { contactCenters, users, tokens, token, approvals };
  const backchannel = composeBackchannel(core, { assertions, audit, clientAuthentication, people: asked });
  const userInfo = composeUserInfo(core, { assertions, keys, clients, tokens, token });
  const discovery = composeDiscovery(core, { config, keys, clients, registration });
  const followed = composeChanges(core, {
    administrators,
    revocation,
    keys,
    signals,
    clients,
    consents,
    approvals,
    contactCenters,
    branding,
    cors,
    people,
    users,
    tokens,
    ssoSettings,
    sso,
  });
  const helpDesk = composeHelpDesk(core, {
    assertions,
    audit,
    revocation,
    clients,
    contactCenters,
    ssoSettings,
    users,
    sessions,
    consents,
    tokens,
  });
  const admin = composeAdmin(core, {
    config,
    consul,
    administrators,
    activity,
    audit,
    keys,
    signals,
    clients,
    contactCenters,
    sso,
    users,
    followed,
    helpDesk,
    consoleLinks,
    clockProbe: clock.probe,
    migrationsFolder,
  });
  const retention = createChangeRetention(core.changes, core);

  /** Closed from the last one to the first, which is the reverse of the order in which they opened. */
  const closers = [
    stores,
    { close: clock.stop },
    activity,
    clients,
    consents,
    core.outbound,
    revocation,
    keys,
    audit,
    signals,
    { close: retention.stop },
    contactCenters,
    users,
    followed,
    logout,
  ];
  return {
    config,
    kit,
    clock,
    now: clock.now,
    stores,
    core,
    assertions,
    revocation,
    activity,
    audit,
    administrators,
    keys,
    signals,
    clients,
    contactCenters,
    branding,
    cors,
    ssoSettings,
    people,
    users,
    tokens,
    browser,
    sessions,
    interactions,
    signIn,
    approvals,
    backchannel,
    consents,
    logout,
    sso,
    registration,
    clientAuthentication,
    authorize,
    token,
    userInfo,
    discovery,
    followed,
    admin,
    retention,
    async close() {
      for (const { close } of closers.toReversed()) await close();
    },
  };
}
