/** Recognises the services of this installation by the credentials that they share, and limits guesses. */
import { parseBasicCredentials, type SecretVerifier } from '@gatehouse/caller-auth/credentials';
import { unauthorized } from '@gatehouse/service-kit/errors';
import type { App } from '@gatehouse/service-kit/http';
import type { FastifyRequest } from 'fastify';
import type { AuditWriter } from '../../../records/audit/event.ts';
import type { Client } from '../client.ts';

interface ServiceCallersOptions {
  own: Client;
  verifier: Pick<SecretVerifier, 'verify'>;
  audit: Pick<AuditWriter, 'write'>;
}

const maxIdLength = 128;

export function createServiceCallers({ own, verifier, audit }: ServiceCallersOptions) {
  /** @throws AppError (429) after too many guesses, even for the right secret; (503) when too many checks are waiting */
  async function isProvedBy({ headers, ip, id }: FastifyRequest): Promise<boolean> {
    const readings = parseBasicCredentials(headers.authorization);
    const ofOwn = readings.filter(({ username }) => username === own.clientId);
    const clientId = (ofOwn[0] ?? readings[0])?.username.slice(0, maxIdLength) ?? '';
    const isProved = await verifier.verify({
      // Counted apart from the public endpoints, so that guesses there shut no service out.
      kind: 'service',
      owner: clientId,
      secrets: ofOwn.length > 0 ? own.secrets : [],
      presented: (ofOwn.length > 0 ? ofOwn : readings).map(({ password }) => password),
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
