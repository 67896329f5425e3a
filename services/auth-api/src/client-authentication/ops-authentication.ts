/** Who may administer: the operator account by HTTP Basic, or a client's own token with the management authority. */

import { hasScheme, parseBasicCredentials } from '@gatehouse/caller-auth/credentials/basic-auth';
import type { Operator } from '@gatehouse/caller-auth/credentials/operator';
import type { ResourceTokens } from '@gatehouse/caller-auth/sender-constraint/resource-tokens';
import type { SenderRequest } from '@gatehouse/caller-auth/sender-constraint/sender';
import { managementAuthority } from '@gatehouse/contracts/auth-api/introspection';
import { AppError, forbidden, unauthorized } from '@gatehouse/service-kit/errors/app-error';
import type { AuditWriter } from '../audit/event.ts';
import type { StoredAccessToken } from '../tokens/access-token.ts';

export interface OpsCredentials {
  sender: SenderRequest;
  clientAddress: string;
  correlationId: string;
}

export interface OpsAuthentication {
  /** The name of whoever may administer. @throws AppError (401, 403, 429, 503) */
  authenticate(credentials: OpsCredentials): Promise<string>;
}

export interface OpsAuthenticationOptions {
  operator: Operator;
  resourceTokens: ResourceTokens<StoredAccessToken>;
  audit: AuditWriter;
}

export function createOpsAuthentication(options: OpsAuthenticationOptions): OpsAuthentication {
  const { operator, resourceTokens, audit } = options;

  async function authenticateBasic(credentials: OpsCredentials): Promise<string> {
    const readings = parseBasicCredentials(credentials.sender.headers.authorization);
    if (await operator.isProvedBy(readings, credentials.clientAddress)) return operator.username;
    await audit.write({
      name: 'ops_authentication_failed',
      outcome: 'failure',
      correlationId: credentials.correlationId,
      clientAddress: credentials.clientAddress,
    });
    throw unauthorized();
  }

  async function authenticateByToken(sender: SenderRequest): Promise<string> {
    const stored = await resourceTokens.require(sender);
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
      const { sender } = credentials;
      const { authorization } = sender.headers;
      if (hasScheme(authorization, 'bearer') || hasScheme(authorization, 'dpop'))
        return authenticateByToken(sender);
      if (authorization === undefined) throw new AppError('unauthorized', 401, 'Bad credentials');
      return authenticateBasic(credentials);
    },
  };
}
