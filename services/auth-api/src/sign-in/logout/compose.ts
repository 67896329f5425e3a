/** Composes logout: it ends sessions, tells clients, and decides where the browser goes. */

import type { CookieParts } from '../../browser/cookies/compose.ts';
import type { Sessions } from '../../browser/sessions/compose.ts';
import type { Core } from '../../core/core.ts';
import type { Domain } from '../../core/domain.ts';
import type { SigningKeyParts } from '../../keys/signing-keys/compose.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { RevocationParts } from '../../records/revocation/compose.ts';
import type { Branding } from '../../registry/branding/compose.ts';
import type { Clients } from '../../registry/clients/compose.ts';
import type { Tokens } from '../../tokens/compose.ts';
import type { Sso } from '../sso/compose.ts';
import { createAfterLogout } from './after-logout.ts';
import { createBackChannel } from './back-channel.ts';
import { createLogoutEndpoint } from './end-session.ts';
import { logoutRoutes } from './end-session-routes.ts';
import { logoutViewRoutes } from './internal-routes.ts';
import { createLogoutTokens } from './logout-token.ts';
import { createNoticeStore } from './notice-store.ts';
import { createPendingLogouts } from './pending-logouts.ts';
import { signOutRoutes } from './sign-out-routes.ts';
import { createSignOutService } from './sign-out-service.ts';

interface LogoutDependencies {
  config: { sessions: { signOutAsksSiblings: boolean } };
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
  const { issuer, kit, redis, keyspace, now } = core;
  const { audit, signingKeys, clients, tokens, sessions } = dependencies;
  const { settled } = dependencies.revocation.revocations;
  const { cookies, pages, publicUrl, postedRequests, starts, limitStarts } = dependencies.cookies;
  const { signOutAsksSiblings: asksSiblings } = dependencies.config.sessions;
  const outcomes = kit.metrics.counter(
    'auth_logout_notices_total',
    'Attempts to tell a client by the back channel that a session is over.',
    ['outcome'],
  );
  const pending = createPendingLogouts(redis, keyspace, cookies);
  const backChannel = createBackChannel({
    store: createNoticeStore(redis, keyspace),
    directory: clients.directory,
    signLogoutToken: createLogoutTokens(signingKeys.signer, issuer, now),
    outbound: core.outbound,
    audit: audit.writer,
    now,
    log: kit.log,
    onOutcome: (outcome) => outcomes.inc({ outcome }),
  });
  sessions.ended.follow(backChannel.announce);
  const afterLogout = createAfterLogout({
    directory: clients.directory,
    issuer,
    pendingLogouts: pending,
    pages,
    startProviderLogout: dependencies.sso.startProviderLogout,
  });
  const logoutEndpoint = createLogoutEndpoint({
    idTokens: tokens.ids,
    directory: clients.directory,
    sessions: sessions.service,
    settled,
    pendingLogouts: pending,
    afterLogout,
    audit: audit.writer,
    pages,
    publicUrl,
    starts,
  });
  const signOut = createSignOutService({
    callers: sessions.callers,
    sessions: sessions.service,
    settled,
    clients: clients.directory,
    endFamily: tokens.families.end,
    endToken: tokens.access.end,
    audit: audit.writer,
    pendingLogouts: pending,
    pages,
    isCompat: core.isCompat,
    starts: limitStarts(),
  });
  const viewed = { pendingLogouts: pending, branding: dependencies.branding.views };
  return {
    services: { pending },
    mounts: [
      [
        'browsers',
        '/auth/v3/oauth',
        (app) => logoutRoutes(app, { logoutEndpoint, postedRequests, publicUrl }),
      ],
      [
        'browsers with tokens',
        '/auth/v3',
        (app) => signOutRoutes(app, { signOut, afterLogout, publicUrl, asksSiblings }),
      ],
      ['services', '', (app) => logoutViewRoutes(app, viewed)],
    ],
    work: backChannel.start,
    close: backChannel.close,
  } satisfies Domain;
}
