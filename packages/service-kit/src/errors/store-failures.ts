/** Tells a store that cannot answer from a store that refused what was asked. */
import { type AppError, badRequest, unavailable } from './app-error.ts';

const unavailableReplies = /^(LOADING|CLUSTERDOWN|MASTERDOWN|TRYAGAIN|READONLY|OOM|MISCONF|NOREPLICAS|BUSY )/;
const redisClientMessages =
  /^(Command timed out|Connection is closed|Stream isn't writeable|Connection is in monitoring mode|Cluster isn't ready|None of startup nodes|Too many Cluster redirections|Failed to refresh slots cache|Cluster is not ready)/i;

export function isRedisUnavailable(error: Error & { code?: string; command?: unknown }): boolean {
  if (error.name === 'MaxRetriesPerRequestError' || error.name === 'ClusterAllFailedError') return true;
  if (error.name === 'ReplyError') return unavailableReplies.test(error.message);
  if (redisClientMessages.test(error.message)) return true;
  // A socket error that ioredis attached to a command.
  return error.command !== undefined && isConnectionFailure(error);
}

// Class 08 connection, 53 insufficient resources, 57P0x shutdown, 55P03 lock, 25006 read-only replica.
const unavailableStates = /^(08|53|57P0|55P03|25006|58)/;
const postgresClientMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|Query read timeout|Cannot use a pool after calling end)/;

/** An AppError when the error is PostgreSQL's and has a meaning for the caller; otherwise undefined. */
export function postgresFailure(error: Error & { code?: string; severity?: string }): AppError | undefined {
  const code = error.code ?? '';
  const isServerError = error.severity !== undefined;
  if (isServerError && unavailableStates.test(code)) return unavailable('PostgreSQL', { cause: error });
  if (isServerError && code === '57014') return unavailable('PostgreSQL', { cause: error });
  // 22021 bytes that are no text (NUL), 22P05 the same in JSON: the value came from the caller.
  if (isServerError && (code === '22021' || code === '22P05'))
    return badRequest('A value contains a NUL character', { cause: error });
  if (!isServerError && (isConnectionFailure(error) || postgresClientMessages.test(error.message))) {
    return unavailable('PostgreSQL', { cause: error });
  }
  return undefined;
}

/** Codes of the operating system and the resolver that mean that there was no answer. */
const connectionCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

function isConnectionFailure(error: { code?: string }): boolean {
  return connectionCodes.has(error.code ?? '');
}
