/** Verifies a password by a bind on a connection of its own, so that no other question ever runs under a person's account. */
import { endpointName } from '@gatehouse/config-server-client/discovery';
import { ConfigServerError } from '@gatehouse/people-directory';
import type { LdapConnection } from '../connection/connection.ts';
import { bind, connect } from '../connection/open-connection.ts';
import type { Directory, Link } from '../directory.ts';
import type { ResultAnswer } from '../wire/answers.ts';

/** Of one environment: a server that takes connections and answers none must not use up the sockets of the process. */
const maxOpen = 256;
const longestConnectMs = 2_500;

/**
 * To the server that was searched. Errors: ConnectionLost (not sent: nobody saw the password), Overloaded, and those of
 * `bind` and `work`.
 */
export async function boundAs<T>(
  directory: Directory,
  { main, limits }: Link,
  account: { dn: string; password: string },
  work: (connection: LdapConnection, result: ResultAnswer) => Promise<T>,
): Promise<T> {
  const { verifications } = directory;
  if (verifications.open >= maxOpen)
    throw new ConfigServerError('Overloaded', 'too many passwords are verified at this moment');
  verifications.open += 1;
  try {
    const connection = await connectBeside(directory, { main, limits });
    try {
      return await work(connection, await bind(connection, account.dn, account.password, limits));
    } finally {
      connection.close(new ConfigServerError('ClientClosed', 'the password is verified'));
    }
  } finally {
    verifications.open -= 1;
  }
}

/** A question that comes before the password: when its connection breaks, the whole call may go to the next server. */
export async function unsent<T>(question: Promise<T>): Promise<T> {
  try {
    return await question;
  } catch (cause) {
    if (!(cause instanceof ConfigServerError && cause.code === 'ConnectionLost')) throw cause;
    const { endpoint, message } = cause;
    throw new ConfigServerError('ConnectionLost', message, { endpoint, sent: false, cause });
  }
}

async function connectBeside(
  { settings, clock, silenceMs }: Directory,
  { main, limits }: Link,
): Promise<LdapConnection> {
  const leftMs = Math.max(1, limits.deadlineAtMs - clock.monotonicMs());
  const timeoutMs = Math.min(longestConnectMs, leftMs);
  const signal = limits.signal ?? new AbortController().signal;
  try {
    return await connect(main.endpoint, { settings, timeoutMs, silenceMs, clock }, signal);
  } catch (cause) {
    if (cause instanceof ConfigServerError && cause.code === 'Aborted') throw cause;
    throw new ConfigServerError('ConnectionLost', 'no second connection to the directory was possible', {
      endpoint: endpointName(main.endpoint),
      cause,
    });
  }
}
