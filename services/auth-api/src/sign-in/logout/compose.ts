/** Composes logout: it ends sessions, tells clients, and decides where the browser goes. */
import type { CookieParts } from '../../browser/cookies/compose.ts';
import type { Sessions } from '../../browser/sessions/compose.ts';
import type { Config } from '../../config.ts';
import type { Core, Domain } from '../../core/domain.ts';
import type { SigningKeyParts } from '../../keys/signing-keys/compose.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { RevocationParts } from '../../records/revocation/compose.ts';
import type { Branding } from '../../registry/branding/compose.ts';
import type { Clients } from '../../registry/clients/compose.ts';
import type { Tokens } from '../../tokens/compose.ts';
import type { Sso } from '../sso/compose.ts';
import { createAfterLogout } from './after-logout.ts';
import { countNotices, createBackChannel } from './back-channel.ts';
import { createLogoutEndpoint } from './end-session.ts';
import { logoutRoutes } from './end-session-routes.ts';
import { logoutViewRoutes } from './internal-routes.ts';
import { createLogoutTokens } from './logout-token.ts';
import { createNoticeStore } from './notice-store.ts';
import { createPendingLogouts } from './pending-logouts.ts';
import { signOutRoutes } from './sign-out-routes.ts';
import { createSignOutService } from './sign-out-service.ts';

interface LogoutDependencies {
  config: Pick<Config, 'sessions'>;
  revocation: RevocationParts;
  audit: Audit;
  signingKeys: SigningKeyParts;
  clients: Clients;
  tokens: Tokens;
  cookies: CookieParts;
  sessions: Sessions;
  branding: Branding;
  sso: Sso;
}

export function composeLogout(core: Core, dependencies: LogoutDependencies) {
  const { issuer, isCompat, kit, redis, keyspace, outbound, now, log } = core;
  const { signOutAsksSiblings: asksSiblings } = dependencies.config.sessions;
  const { settled } = dependencies.revocation.revocations;
  const { writer: audit } = dependencies.audit;
  const { directory } = dependencies.clients;
  const { ids: idTokens, families, access } = dependencies.tokens;
  const { cookies, pages, publicUrl, postedRequests, starts, limitStarts } = dependencies.cookies;
  const { service: sessions, callers, ended } = dependencies.sessions;
  const { views: branding } = dependencies.branding;
  const { startProviderLogout } = dependencies.sso;
  const pendingLogouts = createPendingLogouts(redis, keyspace, cookies);
  const backChannel = createBackChannel({
    store: createNoticeStore(redis, keyspace),
    directory,
    signLogoutToken: createLogoutTokens(dependencies.signingKeys.signer, issuer, now),
    outbound,
    audit,
    now,
    log,
    onOutcome: countNotices(kit.metrics),
  });
  ended.follow(backChannel.announce);
  const afterLogout = createAfterLogout({ directory, issuer, pendingLogouts, pages, startProviderLogout });
  const logoutEndpoint = createLogoutEndpoint({
    idTokens,
    directory,
    sessions,
    settled,
    pendingLogouts,
    afterLogout,
    audit,
    pages,
    publicUrl,
    starts,
  });
  const signOut = createSignOutService({
    callers,
    sessions,
    settled,
    clients: directory,
    endFamily: families.end,
    endToken: access.end,
    audit,
    pendingLogouts,
    pages,
    isCompat,
    starts: limitStarts(),
  });
  const endParts = { logoutEndpoint, postedRequests, publicUrl };
  const signOutParts = { signOut, afterLogout, publicUrl, asksSiblings };
  return {
    services: { pending: pendingLogouts },
    mounts: [
      ['browsers', '/auth/v3/oauth', (app) => logoutRoutes(app, endParts)],
      ['browsers with tokens', '/auth/v3', (app) => signOutRoutes(app, signOutParts)],
      ['services', '', (app) => logoutViewRoutes(app, { pendingLogouts, branding })],
    ],
    work: backChannel.start,
    close: backChannel.close,
  } satisfies Domain;
}
