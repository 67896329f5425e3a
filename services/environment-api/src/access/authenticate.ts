/** From the Authorization header to the caller: the operator by HTTP Basic, everybody else by a Bearer token. */
import { unauthorized } from '@gatehouse/service-kit/errors/app-error';
import { invalidToken, missingToken } from '@gatehouse/service-kit/errors/oauth-error';
import { hasScheme, parseBasicCredentials, parseBearerToken } from '@gatehouse/service-kit/http/basic-auth';
import { type Caller, opsCaller, tokenCaller } from './caller.ts';
import type { Introspection } from './introspection.ts';
import type { OpsAccount } from './ops-account.ts';

/** @throws AppError 401 without valid credentials, 503 when they cannot be checked */
export type Authenticate = (authorization: string | undefined) => Promise<Caller>;

export function createAuthenticate(deps: {
  ops: OpsAccount;
  opsUsername: string;
  introspection: Introspection;
}): Authenticate {
  return async (authorization) => {
    if (hasScheme(authorization, 'basic')) {
      if (await deps.ops.accepts(parseBasicCredentials(authorization))) return opsCaller(deps.opsUsername);
      throw unauthorized();
    }
    const bearer = parseBearerToken(authorization);
    if (bearer === undefined) throw authorization === undefined ? missingToken() : invalidToken();
    const token = await deps.introspection.read(bearer);
    if (!token) throw invalidToken();
    return tokenCaller(token);
  };
}
