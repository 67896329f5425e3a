/** Who may administer: the operator account by HTTP Basic, or a client's own token with the management authority. */
import { managementAuthority } from '@gatehouse/contracts/auth-api/introspection';
import type { Operator } from '@gatehouse/service-kit/credentials/operator';
import { AppError, forbidden, unauthorized } from '@gatehouse/service-kit/errors/app-error';
import { invalidToken } from '@gatehouse/service-kit/errors/oauth-error';
import { hasScheme, parseBasicCredentials, parseBearerToken } from '@gatehouse/service-kit/http/basic-auth';
import type { AuditWriter } from '../audit/event.ts';
import type { AccessTokens } from '../tokens/access-tokens.ts';

export interface OpsCredentials {
  authorization: string | undefined;
  clientAddress: string;
  correlationId: string;
}

export interface OpsAuthentication {
  /** The name of whoever may administer. @throws AppError (401, 403, 429, 503) */
  authenticate(credentials: OpsCredentials): Promise<string>;
}

export interface OpsAuthenticationOptions {
  operator: Operator;
  accessTokens: AccessTokens;
  audit: AuditWriter;
}

export function createOpsAuthentication(options: OpsAuthenticationOptions): OpsAuthentication {
  const { operator, accessTokens, audit } = options;

  async function authenticateBasic(credentials: OpsCredentials): Promise<string> {
    const readings = parseBasicCredentials(credentials.authorization);
    if (await operator.isProvedBy(readings, credentials.clientAddress)) return operator.username;
    await audit.write({
      name: 'ops_authentication_failed',
      outcome: 'failure',
      correlationId: credentials.correlationId,
      clientAddress: credentials.clientAddress,
    });
    throw unauthorized();
  }

  async function authenticateBearer(authorization: string): Promise<string> {
    const token = parseBearerToken(authorization);
    const stored = token === undefined ? undefined : await accessTokens.find(token);
    if (stored === undefined) throw invalidToken();
    const { clientId, sub, authorities, contactCenterIds } = stored.record();
    // A user's token never administers, whatever the client that carries it may do.
    if (sub !== undefined || !authorities.includes(managementAuthority)) {
      throw forbidden(`This needs the authority ${managementAuthority}`);
    }
    // It could give itself and others every contact centre.
    if (contactCenterIds.length > 0) {
      throw forbidden(
        'This client is bound to a contact centre: it cannot administer what all of them share',
      );
    }
    return clientId;
  }

  return {
    async authenticate(credentials) {
      const { authorization } = credentials;
      if (authorization !== undefined && hasScheme(authorization, 'bearer'))
        return authenticateBearer(authorization);
      if (authorization === undefined) throw new AppError('unauthorized', 401, 'Bad credentials');
      return authenticateBasic(credentials);
    },
  };
}
