/** Asks Auth API whose a token is (RFC 7662), and says how its answer is read. Keeps positive answers for seconds and negative ones not at all. */

import { type HttpClient, UpstreamError } from '@gatehouse/api-client/http';
import { type IntrospectionActive, introspectionAnswerSchema } from '@gatehouse/contracts/auth-api';
import type { Clock } from '@gatehouse/service-kit/clock';
import { sha256 } from '@gatehouse/service-kit/crypto';
import { unavailable } from '@gatehouse/service-kit/errors';

const maxEntries = 10_000;
/** Of its time an answer is used before the next one is asked for: a token in steady use never waits. */
const shareBeforeRenewal = 0.75;

/** `http` authenticates with the service client. A revoked token may work here for `ttlMs` longer. */
export function createIntrospection({
  http,
  path,
  now,
  ttlMs,
}: {
  http: HttpClient;
  path: string;
  now: Clock;
  ttlMs: number;
}) {
  /** The oldest answer first. Keys are digests: no token is kept in memory. */
  const known = new Map<string, Known>();
  const asking = new Map<string, Promise<IntrospectionActive | undefined>>();

  async function ask(key: string, token: string): Promise<IntrospectionActive | undefined> {
    const answer = await introspect(http, path, token);
    known.delete(key);
    // Refresh tokens give access to nothing.
    if (!answer.active || 'token_use' in answer) return undefined;
    const until = Math.min(now() + ttlMs, answer.exp * 1000);
    known.set(key, { token: answer, until, renewAt: now() + ttlMs * shareBeforeRenewal });
    for (const [oldest, answered] of known) {
      if (answered.until > now() && known.size <= maxEntries) break;
      known.delete(oldest);
    }
    return answer;
  }

  /** Concurrent requests with the same token share one call. */
  function askOnce(key: string, token: string): Promise<IntrospectionActive | undefined> {
    let pending = asking.get(key);
    if (!pending) {
      pending = ask(key, token).finally(() => asking.delete(key));
      asking.set(key, pending);
    }
    return pending;
  }

  return {
    /** Undefined: the token is unknown, expired or revoked. @throws AppError 503 when Auth API cannot answer */
    async read(token: string): Promise<IntrospectionActive | undefined> {
      const key = sha256(token);
      const entry = known.get(key);
      if (entry === undefined || entry.until <= now()) return askOnce(key, token);
      // A failure is met by the request that comes when the answer is too old.
      if (entry.renewAt <= now()) askOnce(key, token).catch(() => undefined);
      return entry.token;
    },
    confirmationOf: ({ cnf }: IntrospectionActive) => cnf,
    isForUs: ({ aud, iss, client_id }: IntrospectionActive) =>
      aud === undefined || aud.includes(iss) || aud.includes(client_id),
    callerOf: (token: IntrospectionActive) => ({ contactCenterIds: token.contact_center_ids }),
    hasOnlyDetails: ({ scope, authorization_details: details }: IntrospectionActive) =>
      scope === '' && details !== undefined,
  };
}

interface Known {
  token: IntrospectionActive;
  until: number;
  renewAt: number;
}

async function introspect(http: HttpClient, path: string, token: string) {
  try {
    return await http.read(introspectionAnswerSchema, {
      method: 'POST',
      path,
      form: { token, token_type_hint: 'access_token' },
      // A question: it changes nothing.
      maySendTwice: true,
    });
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    const isRefused = error.status === 401 || error.status === 403;
    throw unavailable('Auth API', {
      cause: error,
      detail: isRefused
        ? 'Auth API refused the service client: check GATEHOUSE_SERVICE_CLIENT_ID and _SECRET on both sides'
        : `introspection failed: ${error.message}`,
    });
  }
}
