/** Tells a Redis that cannot answer from a Redis that refused what we asked. */
import { isConnectionFailure } from './connection-failure.ts';

const unavailableReplies = /^(LOADING|CLUSTERDOWN|MASTERDOWN|TRYAGAIN|READONLY|OOM|NOREPLICAS|BUSY )/;
const clientMessages =
  /^(Command timed out|Connection is closed|Stream isn't writeable|Connection is in monitoring mode|Cluster isn't ready|None of startup nodes|Failed to refresh slots cache|Cluster is not ready)/i;

export function isRedisUnavailable(error: Error & { code?: string; command?: unknown }): boolean {
  if (error.name === 'MaxRetriesPerRequestError' || error.name === 'ClusterAllFailedError') return true;
  if (error.name === 'ReplyError') return unavailableReplies.test(error.message);
  if (clientMessages.test(error.message)) return true;
  // A socket error that ioredis attached to a command.
  return error.command !== undefined && isConnectionFailure(error);
}
