/** Names what others may use of Elasticsearch. */
export { type Asset, auditDataStream, auditLifecycle, auditTemplates } from './audit-assets.ts';
export type { Document } from './bulk.ts';
export { createElasticsearch } from './client.ts';
export { logDataStream, logLifecycle, logTemplate } from './log-assets.ts';
export { elasticsearchProbe } from './probe.ts';
