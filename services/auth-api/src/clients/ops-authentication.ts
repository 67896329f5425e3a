/** Who may administer: the operator account by HTTP Basic, or a client's own token with the management authority. */
import { managementAuthority } from '@gatehouse/contracts/auth-api/introspection';
import { safeEqual } from '@gatehouse/service-kit/crypto/digest';
import { AppError, forbidden, unauthorized } from '@gatehouse/service-kit/errors/app-error';
import { invalidToken } from '@gatehouse/service-kit/errors/oauth-error';
import { hasScheme, parseBasicCredentials, parseBearerToken } from '@gatehouse/service-kit/http/basic-auth';
import type { Logger } from '@gatehouse/service-kit/logging/logger';
import type { Secret } from '@gatehouse/service-kit/secret';
import type { AuditWriter } from '../audit/event.ts';
import type { AccessTokens } from '../tokens/access-tokens.ts';
import type { StoredSecret } from './client.ts';
import type { SecretVerifier } from './secret-verifier.ts';
import { digestSecret, isSlowHash, isTooCostly } from './stored-secret.ts';

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
  username: string;
  /** Plain, argon2id or bcrypt. */
  password: Secret;
  verifier: SecretVerifier;
  accessTokens: AccessTokens;
  audit: AuditWriter;
  log: Logger;
}

export function createOpsAuthentication(options: OpsAuthenticationOptions): OpsAuthentication {
  const { username, verifier, accessTokens, audit, log } = options;
  const configured = options.password.reveal();
  const isHashed = isSlowHash(configured);
  if (isHashed && isTooCostly(configured))
    throw new Error('the hash of the ops password is too costly to check');
  const secrets: StoredSecret[] = [{ hash: isHashed ? configured : digestSecret(configured) }];

  async function authenticateBasic(credentials: OpsCredentials): Promise<string> {
    for (const { username: name, password } of parseBasicCredentials(credentials.authorization)) {
      const isOperator = safeEqual(name, username);
      const { clientAddress } = credentials;
      const check = { owner: `ops ${name}`, presented: password, clientAddress, isChosen: true };
      // A wrong name costs the same comparison as a wrong password.
      if (await verifier.verify({ ...check, secrets: isOperator ? secrets : [] })) return username;
      if (isOperator && isHashed && safeEqual(password, configured)) {
        log.warn(
          'an ops call was refused: it sent the hash of the ops password; callers must send the plain password',
        );
      }
    }
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
