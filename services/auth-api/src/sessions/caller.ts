/** The user behind a request: by access token, else by session cookie. A cookie beside a token changes nothing. */
import type { ResourceTokens } from '@gatehouse/caller-auth/sender-constraint/resource-tokens';
import type { BrowserRequest } from '../browser/browser-cookies.ts';
import type { StoredAccessToken } from '../tokens/access-token.ts';
import type { UserIdentity } from '../users/identity.ts';
import type { ProviderSession, SessionService } from './session.ts';

export interface Caller {
  via: 'token' | 'session';
  sub: string;
  identity: UserIdentity;
  sid?: string;
  /** Clients that know this user by this token or session. */
  clientIds: string[];
  /** Of a session that came by single sign-on. */
  provider?: ProviderSession | undefined;
  /** Of a token. */
  scope?: string[];
  /** Of a token: names the authorization that it belongs to. */
  familyId?: string;
}

export interface Callers {
  /** Undefined without a live session or a user's live token. @throws OAuthError (401) for a bad proof; AppError (503) */
  find(request: BrowserRequest): Promise<Caller | undefined>;
  /** Same for any live token, also a client's own. */
  isLive(request: BrowserRequest): Promise<boolean>;
}

export function createCallers(
  sessions: Pick<SessionService, 'find'>,
  resourceTokens: Pick<ResourceTokens<StoredAccessToken>, 'find'>,
): Callers {
  const byToken = async (request: BrowserRequest): Promise<Caller | undefined> => {
    const record = (await resourceTokens.find(request))?.record();
    if (record?.identity === undefined) return undefined;
    return {
      via: 'token',
      sub: record.identity.sub,
      identity: record.identity,
      clientIds: [record.clientId],
      scope: record.scope,
      ...(record.familyId === undefined ? {} : { familyId: record.familyId }),
      ...(record.session === undefined ? {} : { sid: record.session.sid }),
    };
  };

  const bySession = async (request: BrowserRequest): Promise<Caller | undefined> => {
    const session = await sessions.find(request);
    if (session === undefined) return undefined;
    const { sub, identity, sid, clientIds, provider } = session;
    return { via: 'session', sub, identity, sid, clientIds, provider };
  };

  return {
    find: (request) => (hasToken(request) ? byToken(request) : bySession(request)),
    async isLive(request) {
      if (hasToken(request)) return (await resourceTokens.find(request)) !== undefined;
      return (await sessions.find(request)) !== undefined;
    },
  };
}

function hasToken({ headers }: BrowserRequest): boolean {
  return headers['authorization'] !== undefined;
}
