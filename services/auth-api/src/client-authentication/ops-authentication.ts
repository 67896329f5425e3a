/** Authenticates administrators: the operator by HTTP Basic, or a client's own token with the management authority. */

import { hasScheme, parseBasicCredentials } from '@gatehouse/caller-auth/credentials/basic-auth';
import type { Operator } from '@gatehouse/caller-auth/credentials/operator';
import type { ResourceTokens } from '@gatehouse/caller-auth/sender-constraint/resource-tokens';
import type { SenderRequest } from '@gatehouse/caller-auth/sender-constraint/sender';
import { managementAuthority } from '@gatehouse/contracts/auth-api/introspection';
import { AppError, forbidden, unauthorized } from '@gatehouse/service-kit/errors/app-error';
import type { App } from '@gatehouse/service-kit/http/app';
import { nameCorsCaller } from '@gatehouse/service-kit/http/cors';
import type { FastifyRequest } from 'fastify';
import type { Actor, AuditWriter } from '../audit/event.ts';
import type { StoredAccessToken } from '../tokens/access-token.ts';

export interface OpsCredentials {
  sender: SenderRequest;
  clientAddress: string;
  correlationId: string;
}

export type OpsAuthentication = ReturnType<typeof createOpsAuthentication>;

export interface OpsAuthenticationOptions {
  operator: Operator;
  resourceTokens: ResourceTokens<StoredAccessToken>;
  audit: AuditWriter;
}

export function createOpsAuthentication(options: OpsAuthenticationOptions) {
  const { operator, resourceTokens, audit } = options;

  async function authenticateBasic(credentials: OpsCredentials): Promise<string> {
    const readings = parseBasicCredentials(credentials.sender.headers.authorization);
    if (await operator.isProvedBy(readings, credentials.clientAddress)) {
      nameCorsCaller(credentials.sender, { contactCenterIds: [] });
      return operator.username;
    }
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
    // A user's token never administers, whatever its client may do.
    if (sub !== undefined || !authorities.includes(managementAuthority)) {
      throw forbidden(`This needs the authority ${managementAuthority}`);
    }
    // An administrator could give itself and others every contact centre.
    if (contactCenterIds.length > 0) {
      throw forbidden(
        'This client is bound to a contact centre: it cannot administer what all of them share',
      );
    }
    return clientId;
  }

  return {
    /** @returns the name of the administrator. @throws AppError (401, 403, 429, 503) */
    async authenticate(credentials: OpsCredentials): Promise<string> {
      const { sender } = credentials;
      const { authorization } = sender.headers;
      if (hasScheme(authorization, 'bearer') || hasScheme(authorization, 'dpop'))
        return authenticateByToken(sender);
      if (authorization === undefined) throw new AppError('unauthorized', 401, 'Bad credentials');
      return authenticateBasic(credentials);
    },
  };
}

const actors = new WeakMap<FastifyRequest, Actor>();

/** Guards every route of the scope, also those of its child scopes. */
export function guardAdministration(scope: App, opsAuthentication: OpsAuthentication): void {
  // Before the body is read: a stranger's JSON is not even parsed.
  scope.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const name = await opsAuthentication.authenticate({
      sender: request,
      clientAddress: request.ip,
      correlationId: request.id,
    });
    actors.set(request, { name, correlationId: request.id, clientAddress: request.ip });
  });
}

/** The administrator of a guarded request, for the audit trail. */
export function actorOf(request: FastifyRequest): Actor {
  const actor = actors.get(request);
  if (actor === undefined) throw new Error('the request was not authenticated');
  return actor;
}
