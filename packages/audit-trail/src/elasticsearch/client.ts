/** Connects to Elasticsearch and turns the errors of its library into readable ones. */
import type { Client, errors } from '@elastic/elasticsearch';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Secret } from '@gatehouse/service-kit/crypto';

export type ElasticsearchClient = Client;

export interface ElasticsearchConfig {
  nodes: readonly string[];
  username: string | undefined;
  password: Secret | undefined;
  apiKey: Secret | undefined;
  ca: string | undefined;
  install: boolean;
  namespace: string;
  retentionDays: number;
  /** Whether log lines are shipped too. */
  logs: boolean;
  logRetentionDays: number;
  timeoutMs: number;
}

/** Resolves undefined where no node is configured; the library is not loaded then. */
export async function createElasticsearch(
  config: ElasticsearchConfig,
): Promise<ElasticsearchClient | undefined> {
  if (config.nodes.length === 0) return undefined;
  const library = await import('@elastic/elasticsearch');
  return new library.Client({
    nodes: [...config.nodes],
    ...definedOnly({
      auth: credentials(config),
      tls: config.ca === undefined ? undefined : { ca: config.ca },
    }),
    // The callers retry, so that they see every answer.
    maxRetries: 0,
    requestTimeout: config.timeoutMs,
    compression: true,
  });
}

function credentials({ username, password, apiKey }: ElasticsearchConfig) {
  if (apiKey !== undefined) return { apiKey: apiKey.reveal() };
  if (username === undefined || password === undefined) return undefined;
  return { username, password: password.reveal() };
}

/** The receiver, or a proxy in front of it, refused the whole request for its size. */
export function isTooLarge(error: unknown): boolean {
  const { statusCode, status } = error as { statusCode?: number; status?: number };
  return statusCode === 413 || status === 413;
}

/** Makes an error that may be logged: the errors of the library hold the whole request and its credentials. */
export function readableFailure(error: unknown): Error {
  const { name, message } = error as Error;
  if (isResponseError(error)) {
    return new Error(
      `Elasticsearch answered ${error.statusCode ?? 0}: ${error.body?.error?.type ?? 'no reason'}`,
    );
  }
  // Errors of connections and time limits hold the request in `meta`.
  if ('meta' in (error as object)) return new Error(`Elasticsearch: ${name}: ${message}`);
  return error as Error;
}

/** Compares the name, because the library is loaded only where Elasticsearch is configured. */
function isResponseError(error: unknown): error is errors.ResponseError {
  return (error as Error).name === 'ResponseError';
}
