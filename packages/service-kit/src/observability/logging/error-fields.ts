/** Selects the fields of an error that are logged; everything else that libraries add is left out. */
import { stdSerializers } from 'pino';

/**
 * Other fields hold secrets: arguments of a Redis command (its password), rows of PostgreSQL, claims of a token, bodies and
 * headers of requests.
 */
const loggedFields = [
  ...['type', 'name', 'message', 'stack', 'code', 'status', 'statusCode', 'reason', 'failure', 'dependency'],
  // Sockets and resolvers.
  ...['errno', 'syscall', 'address', 'port', 'host', 'hostname'],
  // Configuration Server.
  ...['endpoint', 'refId', 'sent', 'retryable', 'retryAfterMs'],
  // PostgreSQL; its `where` quotes values.
  ...['severity', 'schema', 'table', 'column', 'constraint', 'routine'],
];

interface LibraryFields {
  command?: { name?: unknown };
  aggregateErrors?: Record<string, unknown>[];
  detail?: unknown;
  severity?: unknown;
}

export function errorFields(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return loggable(stdSerializers.err(error) as unknown as Record<string, unknown>);
}

function loggable(record: Record<string, unknown>): Record<string, unknown> {
  const fields = loggedFields.flatMap((name) => (isPlain(record[name]) ? [[name, record[name]]] : []));
  const { command, aggregateErrors, detail, severity } = record as LibraryFields;
  return {
    ...Object.fromEntries(fields),
    // `detail` of AppError is for the log; that of PostgreSQL, which has a severity, quotes rows.
    ...(isPlain(detail) && severity === undefined ? { detail } : {}),
    ...(isPlain(command?.name) ? { command: command?.name } : {}),
    ...(aggregateErrors ? { aggregateErrors: aggregateErrors.map(loggable) } : {}),
  };
}

function isPlain(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
