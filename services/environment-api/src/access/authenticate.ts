/** From the Authorization header to the caller: the operator by HTTP Basic, everybody else by an access token. */

import { hasScheme, parseBasicCredentials } from '@gatehouse/caller-auth/credentials/basic-auth';
import type { Operator } from '@gatehouse/caller-auth/credentials/operator';
import type { ResourceTokens } from '@gatehouse/caller-auth/sender-constraint/resource-tokens';
import type { SenderRequest } from '@gatehouse/caller-auth/sender-constraint/sender';
import type { IntrospectionActive } from '@gatehouse/contracts/auth-api/introspection';
import { unauthorized } from '@gatehouse/service-kit/errors/app-error';
import { type Caller, opsCaller, tokenCaller } from './caller.ts';

/** @throws AppError 401 without valid credentials, 429 after too many wrong ones, 503 when they cannot be checked */
export type Authenticate = (sender: SenderRequest, clientAddress: string) => Promise<Caller>;

export function createAuthenticate(deps: {
  operator: Operator;
  resourceTokens: Pick<ResourceTokens<IntrospectionActive>, 'require'>;
}): Authenticate {
  return async (sender, clientAddress) => {
    const { authorization } = sender.headers;
    if (!hasScheme(authorization, 'basic')) return tokenCaller(await deps.resourceTokens.require(sender));
    const readings = parseBasicCredentials(authorization);
    if (await deps.operator.isProvedBy(readings, clientAddress)) return opsCaller(deps.operator.username);
    throw unauthorized();
  };
}
