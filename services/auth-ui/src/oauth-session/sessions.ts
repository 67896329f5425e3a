/** Begins sessions from tokens, and renews their tokens before these end. */
import { installationAdminAuthority } from '@gatehouse/contracts/resources';
import { contactCenterRights, definedOnly } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomToken, sha256 } from '@gatehouse/service-kit/crypto';
import { unavailable } from '@gatehouse/service-kit/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AuthorizationServer, TokenAnswer } from './authorization-server.ts';
import type { Session, SessionCookie } from './session.ts';

interface SessionsOptions {
  server: AuthorizationServer;
  cookie: SessionCookie;
  now: Clock;
}

export type Sessions = ReturnType<typeof createSessions>;

/** An access token is renewed when less of its life is left. */
const renewBeforeMs = 60_000;
/** Other tabs may still come with the token that was renewed; Auth API answers them alike for as long. */
const renewalKnownMs = 10_000;
const maxUserNameLength = 128;
const shown: readonly string[] = [...Object.values(contactCenterRights), installationAdminAuthority];

export function createSessions({ server, cookie, now }: SessionsOptions) {
  const renewals = new Map<string, Promise<Session | undefined>>();

  /** Undefined: the tokens have ended already. @throws UpstreamError */
  async function sessionOf(tokens: TokenAnswer, before?: Partial<Session>): Promise<Session | undefined> {
    const person = await server.whoIs(tokens.access_token);
    if (person === undefined) return undefined;
    return definedOnly({
      accessToken: tokens.access_token,
      refreshToken: tokens.refresh_token,
      expiresAtMs: now() + tokens.expires_in * 1000,
      signedInAtMs: before?.signedInAtMs ?? now(),
      isRetry: before?.isRetry,
      csrf: before?.csrf ?? randomToken(16),
      sub: person.sub,
      userName: (person.username ?? person.sub).slice(0, maxUserNameLength),
      sid: person.sid,
      contactCenterId: person.contact_center_ids[0],
      linkRequest: person.link_request,
      authorities: person.authorities.filter((name) => shown.includes(name)),
    });
  }

  async function renew(session: Session, refreshToken: string): Promise<Session | undefined> {
    const tokens = await server.renew(refreshToken);
    return tokens && sessionOf(tokens, session);
  }

  /** Requests of several tabs share one renewal: a second one would look like a stolen token once the grace is over. */
  function renewOnce(session: Session, refreshToken: string): Promise<Session | undefined> {
    const key = sha256(refreshToken);
    const known = renewals.get(key);
    if (known !== undefined) return known;
    const renewed = renew(session, refreshToken);
    renewals.set(key, renewed);
    setTimeout(() => renewals.delete(key), renewalKnownMs).unref();
    // After a failure the next request tries again.
    renewed.catch(() => renewals.delete(key));
    return renewed;
  }

  async function stillGood(session: Session): Promise<Session | undefined> {
    const { refreshToken, expiresAtMs } = session;
    const leftMs = expiresAtMs - now();
    if (refreshToken === undefined) return leftMs > 0 ? session : undefined;
    if (leftMs > renewBeforeMs) return session;
    try {
      return await renewOnce(session, refreshToken);
    } catch (error) {
      // While Auth API is away the token that is there serves.
      if (leftMs > 1000) return session;
      throw unavailable('Auth API', { cause: error, retryAfterSeconds: 2 });
    }
  }

  return {
    /** Sets the cookie. Undefined: the tokens have ended already. @throws UpstreamError */
    async begin(
      request: FastifyRequest,
      reply: FastifyReply,
      tokens: TokenAnswer,
      { isRetry }: { isRetry?: boolean } = {},
    ): Promise<Session | undefined> {
      const begun = await sessionOf(tokens, definedOnly({ isRetry }));
      if (begun === undefined) return undefined;
      // A form in another window stays good for the person who signs in again.
      const before = await cookie.read(request);
      const session = before?.sub === begun.sub ? { ...begun, csrf: before.csrf } : begun;
      await cookie.write(reply, session);
      return session;
    },
    /** The session of the browser, with a token that lasts for this request. @throws AppError (503) */
    async current(request: FastifyRequest, reply: FastifyReply): Promise<Session | undefined> {
      const kept = await cookie.read(request);
      if (kept === undefined) return undefined;
      const session = await stillGood(kept);
      if (session !== undefined && session !== kept) await cookie.write(reply, session);
      return session;
    },
    /** The session as the browser has it, which may have ended: its forms stay good for the person who signs in again. */
    kept: (request: FastifyRequest) => cookie.read(request),
    forget: (reply: FastifyReply) => cookie.clear(reply),
  };
}
