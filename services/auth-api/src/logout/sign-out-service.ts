/** Ends what a browser or a token holder is signed in to: this session, or everything of the user. */
import type { AttemptLimiter } from '@gatehouse/service-kit/limits/attempt-limiter';
import type { AuditWriter } from '../audit/event.ts';
import type { BrowserReply, BrowserRequest } from '../browser/browser-cookies.ts';
import type { Pages } from '../browser/pages.ts';
import type { ClientDirectory } from '../clients/directory.ts';
import { optional } from '../protocol/parameters.ts';
import { hasOrigin, webOriginOf } from '../sessions/after-sign-out.ts';
import type { Caller, Callers } from '../sessions/caller.ts';
import type { EndedSession, SessionService } from '../sessions/session.ts';
import type { PendingLogouts } from './pending.ts';

export interface SignOutWish {
  /** Every session and token of the user, everywhere. */
  global: boolean;
  /** Where the browser would like to go; only a registered host is honoured. */
  redirectUri?: string | undefined;
  /** Another site led the browser here: its origin, where that is told. */
  foreign?: { origin: string | undefined } | undefined;
}

export interface SignOutRequest extends BrowserRequest {
  readonly id: string;
}

export interface SignedOut {
  /** Nothing has ended yet: the browser goes to the page that asks. */
  asks?: string;
  via: Caller['via'] | undefined;
  /** Only when it is allowed. */
  redirectUri: string | undefined;
  /** The session of this browser. */
  ended: EndedSession | undefined;
}

export interface SignOutService {
  /** Signing out twice is no error. @throws AppError (503) */
  signOut(request: SignOutRequest, reply: BrowserReply, wish: SignOutWish): Promise<SignedOut>;
}

export interface SignOutOptions {
  callers: Callers;
  sessions: SessionService;
  clients: Pick<ClientDirectory, 'find' | 'hasOrigin'>;
  /** Ends the tokens of an authorization. */
  endFamily(familyId: string): Promise<void>;
  audit: AuditWriter;
  pendingLogouts: Pick<PendingLogouts, 'create'>;
  pages: Pick<Pages, 'signOut'>;
  /** Bounds what one address may leave in Redis. */
  starts: AttemptLimiter;
}

export function createSignOutService(options: SignOutOptions): SignOutService {
  const { callers, sessions, clients, endFamily, audit, pendingLogouts, pages, starts } = options;

  const endOne = async (request: SignOutRequest, reply: BrowserReply, caller: Caller) => {
    if (caller.via === 'session') await sessions.end(reply, request);
    else if (caller.sid !== undefined) await sessions.endOne(caller.sub, caller.sid);
    if (caller.familyId !== undefined) await endFamily(caller.familyId);
  };

  const endAll = async (request: SignOutRequest, reply: BrowserReply, caller: Caller) => {
    await sessions.endAll(caller.sub);
    if (caller.via === 'session') await sessions.end(reply, request);
  };

  /** Signing out goes on without PostgreSQL; then only the hosts of the session's own clients are known. */
  const isRegistered = async (origin: string, clientIds: readonly string[]): Promise<boolean> => {
    const known = await Promise.all(clientIds.map((id) => clients.find(id).catch(() => undefined)));
    if (known.some((client) => client !== undefined && hasOrigin(client, origin))) return true;
    return clients.hasOrigin(origin).catch(() => false);
  };

  const allowedTarget = async ({ redirectUri }: SignOutWish, caller: Caller | undefined) => {
    const origin = redirectUri === undefined ? undefined : webOriginOf(redirectUri);
    if (origin === undefined) return undefined;
    return (await isRegistered(origin, caller?.clientIds ?? [])) ? redirectUri : undefined;
  };

  /** Applications sign their users out by a link; anybody else's link proves nothing (CVE-2020-10734). */
  const mustAsk = async ({ foreign }: SignOutWish, { via, clientIds }: Caller) => {
    if (via !== 'session' || foreign === undefined) return false;
    return foreign.origin === undefined || !(await isRegistered(foreign.origin, clientIds));
  };

  const ask = async (
    request: SignOutRequest,
    reply: BrowserReply,
    { caller, redirectUri, global }: { caller: Caller; redirectUri: string | undefined; global: boolean },
  ): Promise<SignedOut> => {
    starts.reserve(request.ip);
    const { id } = await pendingLogouts.create(reply, request, {
      step: 'ask',
      userName: caller.identity.username,
      frames: [],
      ...(global ? { everywhere: true } : {}),
      ...optional('continueTo', redirectUri),
    });
    return { asks: pages.signOut(id), via: caller.via, redirectUri, ended: undefined };
  };

  return {
    async signOut(request, reply, wish) {
      const caller = await callers.find(request);
      const redirectUri = await allowedTarget(wish, caller);
      if (caller === undefined) {
        // A cookie of a session that ended by itself goes away as well.
        if (request.headers['authorization'] === undefined) await sessions.end(reply, request);
        return { via: undefined, redirectUri, ended: undefined };
      }
      if (await mustAsk(wish, caller)) {
        return ask(request, reply, { caller, redirectUri, global: wish.global });
      }
      // First: a repetition after a crash would find nobody to tell of.
      await audit.write({
        name: wish.global ? 'global_logout' : 'logout',
        outcome: 'success',
        correlationId: request.id,
        sub: caller.sub,
        contactCenterId: caller.identity.contactCenterId,
        sid: caller.sid,
        clientAddress: request.ip,
      });
      await (wish.global ? endAll(request, reply, caller) : endOne(request, reply, caller));
      return { via: caller.via, redirectUri, ended: endedBy(caller) };
    },
  };
}

function endedBy({ via, sub, sid, clientIds, provider, identity }: Caller): EndedSession | undefined {
  return via === 'session' && sid !== undefined ? { sub, sid, clientIds, provider, identity } : undefined;
}
