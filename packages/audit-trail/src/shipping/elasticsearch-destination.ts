/** Makes Elasticsearch a destination of audit trails: installs its templates and writes documents in bulk. */
import type { Logger } from '@gatehouse/service-kit/observability';
import { auditDataStream } from '../elasticsearch/audit-assets.ts';
import { createBulkWriter } from '../elasticsearch/bulk.ts';
import {
  type ElasticsearchClient,
  type ElasticsearchConfig,
  readableFailure,
} from '../elasticsearch/client.ts';
import { installAuditAssets } from '../elasticsearch/install.ts';
import type { Destination } from './shipping-work.ts';

/** `close` closes the client. */
export function elasticsearchDestination(
  client: ElasticsearchClient,
  config: ElasticsearchConfig,
  log: Logger,
): Destination {
  return {
    target: 'elasticsearch',
    receiver: 'Elasticsearch',
    writer: createBulkWriter(client, auditDataStream(config.namespace)),
    prepare: () => installAuditAssets({ client, log, ...config }),
    readable: readableFailure,
    metrics: {
      waiting: 'gatehouse_audit_unshipped_events',
      delay: 'gatehouse_audit_unshipped_seconds',
      setAside: 'gatehouse_audit_set_aside_events',
      shipped: 'gatehouse_audit_shipped_events_total',
    },
    close: () => client.close(),
  };
}
