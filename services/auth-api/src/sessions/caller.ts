/** The user behind a request: by Bearer token, else by session cookie. A cookie beside a token changes nothing. */
import { parseBearerToken } from '@gatehouse/service-kit/http/basic-auth';
import type { AccessTokens } from '../tokens/access-tokens.ts';
import type { UserIdentity } from '../users/identity.ts';
import type { BrowserRequest, SessionService } from './session.ts';

export interface Caller {
  via: 'token' | 'session';
  sub: string;
  identity: UserIdentity;
  sid?: string;
  /** Clients that know this user by this token or session. */
  clientIds: string[];
  /** Of a token: names the authorization that it belongs to. */
  familyId?: string;
}

export interface Callers {
  /** Undefined without a live session or a user's live token. @throws AppError (503) */
  find(request: BrowserRequest): Promise<Caller | undefined>;
  /** Same for any live token, also a client's own. */
  isLive(request: BrowserRequest): Promise<boolean>;
}

export function createCallers(sessions: Pick<SessionService, 'find'>, accessTokens: AccessTokens): Callers {
  const findToken = async (authorization: string) => {
    const token = parseBearerToken(authorization);
    return token === undefined ? undefined : accessTokens.find(token);
  };

  const byToken = async (authorization: string): Promise<Caller | undefined> => {
    const record = (await findToken(authorization))?.record();
    if (record?.identity === undefined) return undefined;
    return {
      via: 'token',
      sub: record.identity.sub,
      identity: record.identity,
      clientIds: [record.clientId],
      ...(record.familyId === undefined ? {} : { familyId: record.familyId }),
      ...(record.session === undefined ? {} : { sid: record.session.sid }),
    };
  };

  const bySession = async (request: BrowserRequest): Promise<Caller | undefined> => {
    const session = await sessions.find(request);
    if (session === undefined) return undefined;
    const { sub, identity, sid, clientIds } = session;
    return { via: 'session', sub, identity, sid, clientIds };
  };

  return {
    find: (request) => {
      const { authorization } = request.headers;
      return typeof authorization === 'string' ? byToken(authorization) : bySession(request);
    },
    async isLive(request) {
      const { authorization } = request.headers;
      if (typeof authorization === 'string') return (await findToken(authorization)) !== undefined;
      return (await sessions.find(request)) !== undefined;
    },
  };
}
