/** Tells a PostgreSQL that cannot answer from one that refused a value. */
import { type AppError, badRequest, unavailable } from './app-error.ts';
import { isConnectionFailure } from './connection-failure.ts';

// Class 08 connection, 53 insufficient resources, 57P0x shutdown, 55P03 lock, 25006 read-only replica.
const unavailableStates = /^(08|53|57P0|55P03|25006|58)/;
const clientMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout|Cannot use a pool after calling end)/;

/** An AppError when the error is PostgreSQL's and has a meaning for the caller; otherwise undefined. */
export function postgresFailure(error: Error & { code?: string; severity?: string }): AppError | undefined {
  const code = error.code ?? '';
  const isServerError = error.severity !== undefined;
  if (isServerError && unavailableStates.test(code)) return unavailable('PostgreSQL', { cause: error });
  if (isServerError && code === '57014') return unavailable('PostgreSQL', { cause: error });
  // 22021 bytes that are no text (NUL): the value came from the caller.
  if (isServerError && code === '22021')
    return badRequest('A value contains a NUL character', { cause: error });
  if (!isServerError && (isConnectionFailure(error) || clientMessages.test(error.message))) {
    return unavailable('PostgreSQL', { cause: error });
  }
  return undefined;
}
