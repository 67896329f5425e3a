/** Verifies that a caller may register a client, or owns a registration. */
import { parseBearerToken, type SecretVerifier } from '@gatehouse/caller-auth/credentials';
import { invalidToken } from '@gatehouse/caller-auth/oauth-errors';
import { equalDigests, type Secret, safeEqual, sha256 } from '@gatehouse/service-kit/crypto';
import type { AttemptLimiter } from '@gatehouse/service-kit/limits';
import type { AuditWriter } from '../../records/audit/event.ts';
import type { Client } from '../clients/client.ts';
import type { ClientDirectory } from '../clients/directory.ts';
import { wrong } from './metadata.ts';

export interface RegistrationCall {
  authorization: string | undefined;
  clientAddress: string;
  correlationId: string;
}

export interface RegistrationProofsOptions {
  /** Undefined: registration is off. */
  initialAccessToken: Secret | undefined;
  directory: Pick<ClientDirectory, 'find'>;
  verifier: SecretVerifier;
  /** Limits wrong tokens from one address. */
  failures: AttemptLimiter;
  /** Writes refusals; it is flood limited, because anybody can cause them. */
  audit: Pick<AuditWriter, 'write'>;
}

export function createRegistrationProofs(options: RegistrationProofsOptions) {
  const { initialAccessToken, directory, verifier, failures, audit } = options;

  async function refuse(call: RegistrationCall, detail: string, clientId?: string): Promise<never> {
    await audit.write({
      name: 'registration_refused',
      outcome: 'failure',
      ...originOf(call),
      clientId,
    });
    throw invalidToken({ detail, refusal: 'registration_token_wrong' });
  }

  async function checkInitialToken(call: RegistrationCall): Promise<void> {
    failures.reserve(call.clientAddress);
    const token = parseBearerToken(call.authorization);
    const expected = initialAccessToken?.reveal();
    if (token === undefined || expected === undefined || !safeEqual(token, expected))
      await refuse(call, 'no or a wrong initial access token');
    failures.release(call.clientAddress);
  }

  /** RFC 7592 section 2: a wrong token and an unknown client get the same answer. */
  async function requireOwner(clientId: string, call: RegistrationCall): Promise<Client> {
    const token = parseBearerToken(call.authorization);
    const client = await directory.find(clientId);
    const hash = client?.registrationAccessTokenHash;
    const isOwner = token !== undefined && hash !== undefined && equalDigests(sha256(token), hash);
    if (client !== undefined && isOwner) return client;
    return refuse(call, 'no or a wrong registration access token', client?.clientId);
  }

  /** RFC 7592 section 2.2: a secret in an update must be the current one, because a client does not choose its secret. */
  async function checkSecret(
    { clientId, secrets }: Client,
    presented: string | undefined,
    { clientAddress }: RegistrationCall,
  ): Promise<void> {
    if (presented === undefined) return;
    const check = { kind: 'client' as const, owner: clientId, secrets, clientAddress };
    if (await verifier.verify({ ...check, presented: [presented] })) return;
    throw wrong('client_secret', 'is not the secret of this client');
  }

  return { checkInitialToken, requireOwner, checkSecret };
}

export function originOf({ clientAddress, correlationId }: RegistrationCall) {
  return { clientAddress, correlationId };
}
