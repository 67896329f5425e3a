/** Recognises the services of this installation by the credentials that they share, and limits guesses. */
import { type Credentials, parseBasicCredentials } from '@gatehouse/caller-auth/credentials/basic-auth';
import type { SecretVerifier } from '@gatehouse/caller-auth/credentials/secret-verifier';
import { matchesDigest } from '@gatehouse/service-kit/crypto/secrets';
import { unauthorized } from '@gatehouse/service-kit/errors/app-error';
import type { App } from '@gatehouse/service-kit/http/app';
import type { FastifyRequest } from 'fastify';
import type { AuditWriter } from '../audit/event.ts';
import type { Client } from './client.ts';

interface ServiceCallersOptions {
  own: Client;
  verifier: Pick<SecretVerifier, 'verify'>;
  audit: Pick<AuditWriter, 'write'>;
}

const nobody: Credentials = { username: '', password: '' };
const maxIdLength = 128;

export function createServiceCallers({ own, verifier, audit }: ServiceCallersOptions) {
  const isRight = ({ username, password }: Credentials) =>
    username === own.clientId && own.secrets.some(({ hash }) => matchesDigest(hash, password));

  /** @throws AppError (429) after too many guesses, even for the right secret; (503) when too many checks are waiting */
  async function isProvedBy({ headers, ip, id }: FastifyRequest): Promise<boolean> {
    const readings = parseBasicCredentials(headers.authorization);
    // One attempt for each request: a wrong reading of right credentials is no guess.
    const { username, password } = readings.find(isRight) ?? readings[0] ?? nobody;
    const clientId = username.slice(0, maxIdLength);
    const isProved = await verifier.verify({
      // Counted apart from the public endpoints, so that guesses there shut no service out.
      kind: 'service',
      owner: clientId,
      secrets: username === own.clientId ? own.secrets : [],
      presented: [password],
      clientAddress: ip,
    });
    if (isProved) return true;
    await audit.write({
      name: 'client_authentication_failed',
      outcome: 'failure',
      clientId: clientId === '' ? undefined : clientId,
      correlationId: id,
      clientAddress: ip,
    });
    return false;
  }

  return {
    isProvedBy,
    /** Refuses everybody but the services of this installation. Call it before the routes are added. */
    guard(scope: App): void {
      scope.addHook('onRequest', async (request, reply) => {
        reply.header('cache-control', 'no-store');
        if (!(await isProvedBy(request))) throw unauthorized();
      });
    },
  };
}
