/** The connection to Elasticsearch; retries are ours, so that every answer is seen. */
import { Client } from '@elastic/elasticsearch';
import type { Secret } from '../secret.ts';

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
  timeoutMs: number;
}

/** Undefined where no node is configured: then nothing is shipped. */
export function createElasticsearch(config: ElasticsearchConfig): ElasticsearchClient | undefined {
  if (config.nodes.length === 0) return undefined;
  return new Client({
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
