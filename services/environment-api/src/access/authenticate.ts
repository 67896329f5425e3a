/** From the Authorization header to the caller: the operator by HTTP Basic, everybody else by a Bearer token. */
import type { Operator } from '@gatehouse/service-kit/credentials/operator';
import { unauthorized } from '@gatehouse/service-kit/errors/app-error';
import { invalidToken, missingToken, OAuthError } from '@gatehouse/service-kit/errors/oauth-error';
import { hasScheme, parseBasicCredentials, parseBearerToken } from '@gatehouse/service-kit/http/basic-auth';
import { type Caller, opsCaller, tokenCaller } from './caller.ts';
import type { Introspection } from './introspection.ts';

/** @throws AppError 401 without valid credentials, 429 after too many wrong ones, 503 when they cannot be checked */
export type Authenticate = (authorization: string | undefined, clientAddress: string) => Promise<Caller>;

export function createAuthenticate(deps: { operator: Operator; introspection: Introspection }): Authenticate {
  return async (authorization, clientAddress) => {
    if (hasScheme(authorization, 'basic')) {
      const readings = parseBasicCredentials(authorization);
      if (await deps.operator.isProvedBy(readings, clientAddress)) return opsCaller(deps.operator.username);
      throw unauthorized();
    }
    const bearer = parseBearerToken(authorization);
    if (bearer === undefined) throw authorization === undefined ? missingToken() : invalidToken();
    const token = await deps.introspection.read(bearer);
    if (!token) throw invalidToken();
    if (token.cnf !== undefined) throw boundToken();
    return tokenCaller(token);
  };
}

/** RFC 9449 section 7.2: who cannot check the proof must not take the token. */
function boundToken(): OAuthError {
  const description = 'This API takes bearer tokens: the token is bound to a key or certificate';
  return new OAuthError('invalid_token', 401, description, {
    challenge: 'Bearer realm="gatehouse", error="invalid_token"',
  });
}
