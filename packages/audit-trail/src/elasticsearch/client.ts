/** The connection to Elasticsearch; retries are ours, so that every answer is seen. */
import type { Client } from '@elastic/elasticsearch';
import type { Secret } from '@gatehouse/service-kit/secret';

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
  /** Whether log lines go there too. */
  logs: boolean;
  logRetentionDays: number;
  timeoutMs: number;
}

/** Undefined where no node is configured: then nothing is shipped, and the library stays out of memory. */
export async function createElasticsearch(
  config: ElasticsearchConfig,
): Promise<ElasticsearchClient | undefined> {
  if (config.nodes.length === 0) return undefined;
  const library = await import('@elastic/elasticsearch');
  return new library.Client({
    nodes: [...config.nodes],
    ...credentials(config),
    ...(config.ca === undefined ? {} : { tls: { ca: config.ca } }),
    maxRetries: 0,
    requestTimeout: config.timeoutMs,
    compression: true,
  });
}

function credentials({ username, password, apiKey }: ElasticsearchConfig) {
  if (apiKey !== undefined) return { auth: { apiKey: apiKey.reveal() } };
  if (username === undefined || password === undefined) return {};
  return { auth: { username, password: password.reveal() } };
}
