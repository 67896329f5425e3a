/** The rules of browser sessions: a new cookie at every login, two lifetimes, one per browser, revocations honoured. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { sha256 } from '@gatehouse/service-kit/crypto/digest';
import { randomToken, randomUuid } from '@gatehouse/service-kit/random';
import type { BrowserCookies, BrowserRequest } from '../browser/browser-cookies.ts';
import type { Revocations } from '../revocation/revocations.ts';
import type { EndedSession, Session, SessionService, SessionSummary } from './session.ts';
import type { SessionEntry, SessionStore, StoredSession } from './store.ts';

export interface Lifetime {
  /** A session that nobody used for so long ends. */
  idleMs: number;
  /** It ends so long after the login, used or not. */
  absoluteMs: number;
}

export interface SessionLifetimes extends Lifetime {
  /** On a device of the user's own, whose cookie outlives the browser. Undefined: not offered. */
  remembered?: Lifetime | undefined;
}

export interface SessionServiceOptions {
  store: SessionStore;
  cookies: BrowserCookies;
  revocations: Pick<Revocations, 'revoke' | 'isRevoked' | 'untilFresh'>;
  lifetimes: SessionLifetimes;
  /** Tells the clients of sessions that were ended. @throws AppError (503) */
  announceEnd(ended: readonly EndedSession[], reach: 'session' | 'user'): Promise<void>;
  now: Clock;
}

/** What decides when a session ends. */
type Ending = Pick<StoredSession, 'createdAtMs' | 'endsAtMs' | 'isRemembered'>;

/** Use is noted at most this often: sessions are read far more than they need to be written. */
const touchIntervalMs = 60_000;

export function createSessionService(options: SessionServiceOptions): SessionService {
  const { store, cookies, revocations, lifetimes, announceEnd, now } = options;

  // Shorter lifetimes count for the sessions that are there already.
  const lifetimeOf = ({ isRemembered }: Pick<Ending, 'isRemembered'>): Lifetime =>
    isRemembered ? (lifetimes.remembered ?? lifetimes) : lifetimes;

  const expiryOf = (session: Ending, seenAtMs: number) => {
    const { idleMs, absoluteMs } = lifetimeOf(session);
    return Math.min(session.endsAtMs, session.createdAtMs + absoluteMs, seenAtMs + idleMs);
  };

  const isAlive = (session: StoredSession) => {
    const { sub, sid, createdAtMs } = session;
    return (
      now() < expiryOf(session, session.lastSeenAtMs) &&
      !revocations.isRevoked({ sub, sid, issuedAtMs: createdAtMs })
    );
  };

  const findLive = async (cookieHash: string): Promise<StoredSession | undefined> => {
    const stored = await store.find(cookieHash);
    if (stored === undefined) return undefined;
    // A replica that only stumbled catches up: nobody who signs in is sent away for a moment's lag.
    await revocations.untilFresh();
    if (isAlive(stored)) return stored;
    await store.remove(cookieHash, stored);
    return undefined;
  };

  /** The live session that this browser had until now. */
  const findFormer = async (request: BrowserRequest) => {
    const cookie = cookies.readSession(request);
    const cookieHash = cookie === undefined ? undefined : sha256(cookie);
    const stored = cookieHash === undefined ? undefined : await findLive(cookieHash);
    return cookieHash === undefined || stored === undefined ? undefined : { cookieHash, stored };
  };

  const findEntry = async (sub: string, sid: string): Promise<SessionEntry | undefined> =>
    (await store.entries(sub, now())).find((candidate) => candidate.sid === sid);

  const endEntry = async ({ sub, sid, clientIds }: EndedSession, cookieHash: string) => {
    await revocations.revoke({ kind: 'sid', id: sid });
    await store.remove(cookieHash, { sub, sid });
    await announceEnd([{ sub, sid, clientIds }], 'session');
  };

  const summaryOf = async ({ cookieHash }: SessionEntry): Promise<SessionSummary[]> => {
    const stored = await findLive(cookieHash);
    if (stored === undefined) return [];
    const { sid, createdAtMs, lastSeenAtMs, userAgent, clientAddress, isRemembered, clientIds } = stored;
    return [
      {
        sid,
        createdAtMs,
        lastSeenAtMs,
        isRemembered,
        clientIds,
        ...(userAgent === undefined ? {} : { userAgent }),
        ...(clientAddress === undefined ? {} : { clientAddress }),
      },
    ];
  };

  return {
    async find(request) {
      const cookie = cookies.readSession(request);
      if (cookie === undefined) return undefined;
      const cookieHash = sha256(cookie);
      const stored = await findLive(cookieHash);
      if (stored === undefined) return undefined;
      if (now() - stored.lastSeenAtMs >= touchIntervalMs) {
        await store.touch(cookieHash, now(), expiryOf(stored, now()));
      }
      return sessionOf(stored);
    },

    async create(reply, request, newcomer) {
      const { identity, amr, provedAtMs: createdAtMs = now(), providerAuthTimeMs, provider } = newcomer;
      const { interactionId } = newcomer;
      const isRemembered = newcomer.remember === true && lifetimes.remembered !== undefined;
      const { absoluteMs } = lifetimeOf({ isRemembered });
      const endsAtMs = createdAtMs + absoluteMs;
      const userAgent = headerOf(request, 'user-agent');
      const former = await findFormer(request);
      // Who proves again who they are goes on with the session that clients know, under a cookie that nobody has seen.
      const continued = former?.stored.sub === identity.sub ? former.stored : undefined;
      const session: StoredSession = {
        sid: continued?.sid ?? randomUuid(),
        sub: identity.sub,
        identity,
        authTimeMs: createdAtMs,
        amr,
        createdAtMs,
        endsAtMs: Math.min(endsAtMs, newcomer.endsAtMs ?? endsAtMs),
        isRemembered,
        lastSeenAtMs: createdAtMs,
        clientIds: continued?.clientIds ?? [],
        clientAddress: request.ip,
        ...(providerAuthTimeMs === undefined ? {} : { providerAuthTimeMs }),
        ...(newcomer.isSeenAtUnknown === true ? { isSeenAtUnknown: true } : {}),
        ...(provider === undefined ? {} : { provider }),
        ...(interactionId === undefined ? {} : { interactionId }),
        ...(userAgent === undefined ? {} : { userAgent }),
      };
      const cookie = randomToken();
      await Promise.all([
        store.save(cookie, session, expiryOf(session, createdAtMs)),
        former && store.remove(former.cookieHash, former.stored),
      ]);
      cookies.setSession(reply, cookie, isRemembered ? Math.floor(absoluteMs / 1000) : undefined);
      return sessionOf(session);
    },

    async end(reply, request) {
      const cookie = cookies.readSession(request);
      if (cookie === undefined) return undefined;
      const cookieHash = sha256(cookie);
      const stored = await findLive(cookieHash);
      if (stored !== undefined) await endEntry(stored, cookieHash);
      cookies.clearSession(reply);
      return stored && sessionOf(stored);
    },

    async noteClient(request, session, clientId) {
      const cookie = cookies.readSession(request);
      if (cookie === undefined || session.clientIds.includes(clientId)) return;
      await store.touch(sha256(cookie), now(), expiryOf(session, now()), clientId);
    },

    async findOne(sub, sid) {
      const entry = await findEntry(sub, sid);
      const stored = entry && (await findLive(entry.cookieHash));
      return stored && sessionOf(stored);
    },

    async list(sub) {
      const entries = await store.entries(sub, now());
      return (await Promise.all(entries.map(summaryOf))).flat();
    },

    async endOne(sub, sid) {
      const entry = await findEntry(sub, sid);
      if (entry === undefined) return false;
      const clientIds = (await store.find(entry.cookieHash))?.clientIds ?? [];
      await endEntry({ sub, sid, clientIds }, entry.cookieHash);
      return true;
    },

    async endAll(sub) {
      await revocations.revoke({ kind: 'sub', id: sub });
      // From here on all of it is dead; what follows only tells of it.
      const entries = await store.entries(sub, now());
      await store.forget(sub);
      const stored = await Promise.all(entries.map(({ cookieHash }) => store.find(cookieHash)));
      await announceEnd(
        stored.filter((session) => session !== undefined),
        'user',
      );
    },
  };
}

function sessionOf(stored: StoredSession): Session {
  const { userAgent: _userAgent, clientAddress: _clientAddress, ...session } = stored;
  return session;
}

/** What the account page shows of a browser; longer texts are not from a browser. */
const longestUserAgent = 256;

function headerOf({ headers }: BrowserRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value.slice(0, longestUserAgent) : undefined;
}
