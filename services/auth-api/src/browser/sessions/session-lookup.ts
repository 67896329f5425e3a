/** Finds sessions by the cookie of a browser or by their person, and checks that they are alive. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { sha256 } from '@gatehouse/service-kit/crypto';
import { isSamePerson } from '../../records/revocation/revocation.ts';
import type { Revocations } from '../../records/revocation/revocations.ts';
import type { BrowserCookies, BrowserRequest } from '../cookies/browser-cookies.ts';
import { expiryOf, type SessionLifetimes } from './lifetimes.ts';
import type { Session } from './session.ts';
import type { SessionOwner, SessionStore, StoredSession } from './store.ts';

export interface SessionLookupOptions {
  store: SessionStore;
  cookies: BrowserCookies;
  revocations: Pick<Revocations, 'isRevoked' | 'untilFresh'>;
  lifetimes: SessionLifetimes;
  now: Clock;
}

export type SessionLookup = ReturnType<typeof createSessionLookup>;

export function createSessionLookup({ store, cookies, revocations, lifetimes, now }: SessionLookupOptions) {
  const isAlive = (session: StoredSession) => {
    const { sub, sid, identity, createdAtMs, lastSeenAtMs } = session;
    if (now() >= expiryOf(lifetimes, session, lastSeenAtMs)) return false;
    const { contactCenterId, environmentId, entry } = identity;
    const place = { contactCenterIds: [contactCenterId], environmentId, entry };
    return !revocations.isRevoked({ sub, sid, ...place, issuedAtMs: createdAtMs });
  };

  const findLive = async (cookieHash: string): Promise<StoredSession | undefined> => {
    const stored = await store.find(cookieHash);
    if (stored === undefined) return undefined;
    // A replica that is a moment behind catches up, so that nobody is signed out for it.
    await revocations.untilFresh();
    if (isAlive(stored)) return stored;
    await store.remove(cookieHash, stored);
    return undefined;
  };

  const findCurrent = async (request: BrowserRequest) => {
    const cookie = cookies.readSession(request);
    if (cookie === undefined) return undefined;
    const cookieHash = sha256(cookie);
    const stored = await findLive(cookieHash);
    return stored && { cookieHash, stored };
  };

  /** Also a session that was revoked meanwhile: its clients are told when it is ended again. */
  const findOf = async (owner: SessionOwner, sid: string) => {
    const entry = (await store.entries(owner, now())).find((candidate) => candidate.sid === sid);
    const stored = entry && (await store.find(entry.cookieHash));
    return stored && isOf(owner, stored) ? { stored, cookieHash: entry.cookieHash } : undefined;
  };

  const findAllOf = async (owner: SessionOwner) => {
    const entries = await store.entries(owner, now());
    const found = await Promise.all(
      entries.map(async (entry) => ({ entry, stored: await store.find(entry.cookieHash) })),
    );
    return found.flatMap(({ entry, stored }) =>
      stored !== undefined && isOf(owner, stored) ? [{ entry, stored }] : [],
    );
  };

  return { findLive, findCurrent, findOf, findAllOf };
}

export function isOf(owner: SessionOwner, { identity }: StoredSession): boolean {
  return 'everywhere' in owner ? owner.everywhere === identity.sub : isSamePerson(owner, identity);
}

export function sessionOf(stored: StoredSession): Session {
  const { userAgent: _userAgent, clientAddress: _clientAddress, ...session } = stored;
  return session;
}
