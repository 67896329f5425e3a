/** Opens a connection to one LDAP server: encrypted before anything else is said, then bound as an account. */

import { dial } from '@gatehouse/config-server-client/connection';
import { type Endpoint, endpointName } from '@gatehouse/config-server-client/discovery';
import type { Clock } from '@gatehouse/config-server-client/surroundings';
import { ConfigServerError } from '@gatehouse/people-directory';
import type { DirectorySettings } from '../settings.ts';
import { operations, type ResultAnswer } from '../wire/answers.ts';
import { accountFailure } from '../wire/refusals.ts';
import { bindRequest } from '../wire/requests.ts';
import { type CallLimits, LdapConnection } from './connection.ts';
import { startTls } from './start-tls.ts';

export interface OpenOptions {
  settings: Pick<DirectorySettings, 'tls' | 'startTls'>;
  /** Of TCP, and again of StartTLS with the handshake. */
  timeoutMs: number;
  silenceMs: number;
  clock: Clock;
}

/** Not bound yet. Errors: those of `dial`, TlsFailure. */
export async function connect(
  endpoint: Endpoint,
  { settings, timeoutMs, silenceMs, clock }: OpenOptions,
  signal: AbortSignal,
): Promise<LdapConnection> {
  const { tls } = settings;
  const isStartTls = tls !== undefined && settings.startTls;
  const socket = await dial(endpoint, {
    tls: isStartTls ? undefined : tls,
    // Without `tls` the operator has permitted it; with StartTLS nothing is said before TLS.
    allowPlaintext: tls === undefined || isStartTls,
    timeoutMs,
    signal,
    clock,
  });
  const secured = isStartTls ? await startTls(socket, endpoint, { tls, timeoutMs, signal }) : socket;
  return new LdapConnection(secured, endpoint, tls !== undefined, { clock, silenceMs });
}

/**
 * A name without a password is an anonymous login that many servers answer with success (RFC 4513 section 5.1.2), and a
 * NUL ends a password for servers written in C. Neither is ever sent.
 */
export function canBeSent(password: string): boolean {
  return password !== '' && !password.includes('\0');
}

/** Resolves with the result, whatever its code. Errors: AuthenticationFailed (never sent), those of `exchange`. */
export async function bind(
  connection: LdapConnection,
  dn: string,
  password: string,
  limits: CallLimits,
): Promise<ResultAnswer> {
  if (dn === '' || !canBeSent(password)) {
    throw new ConfigServerError('AuthenticationFailed', 'user name or password is wrong', {
      endpoint: endpointName(connection.endpoint),
    });
  }
  const request = { encode: bindRequest(dn, password), operation: operations.bind };
  const { result } = await connection.exchange(request, limits);
  return result;
}

/** Connects and binds as the account that searches. Errors: those of `connect`, and what the server refuses. */
export async function openAs(
  account: Pick<DirectorySettings, 'bindDn' | 'bindPassword'>,
  endpoint: Endpoint,
  options: OpenOptions,
  signal: AbortSignal,
): Promise<LdapConnection> {
  const connection = await connect(endpoint, options, signal);
  try {
    const deadlineAtMs = options.clock.monotonicMs() + options.timeoutMs;
    const { bindDn, bindPassword } = account;
    const result = await bind(connection, bindDn, bindPassword, { deadlineAtMs, signal });
    const failure = accountFailure(result, endpointName(endpoint));
    if (failure !== undefined) throw failure;
    return connection;
  } catch (error) {
    connection.close(new ConfigServerError('ClientClosed', 'the account was not accepted'));
    throw error;
  }
}
