/** Defines the index template and lifecycle policy for log lines; unknown fields go into one flattened field. */
import { type Asset, assetsVersion, lifecycle } from './audit-assets.ts';

export function logDataStream(namespace: string): string {
  return `logs-gatehouse.service-${namespace}`;
}

const policy = 'gatehouse-service-logs';

export function logLifecycle(retentionDays: number): Asset {
  return lifecycle(policy, retentionDays);
}

const keyword = { type: 'keyword', ignore_above: 1024 };

export function logTemplate(): Asset {
  return {
    path: '_index_template/gatehouse-service-logs',
    body: {
      version: assetsVersion,
      _meta: { managed_by: 'gatehouse', version: assetsVersion },
      index_patterns: [logDataStream('*')],
      data_stream: {},
      priority: 500,
      template: {
        settings: { index: { lifecycle: { name: policy }, codec: 'best_compression' } },
        mappings: {
          dynamic: 'strict',
          properties: {
            '@timestamp': { type: 'date' },
            message: { type: 'text' },
            data_stream: { properties: { type: keyword, dataset: keyword, namespace: keyword } },
            ecs: { properties: { version: keyword } },
            log: { properties: { level: keyword } },
            service: { properties: { name: keyword } },
            trace: { properties: { id: keyword } },
            http: { properties: { request: { properties: { id: keyword } } } },
            error: {
              properties: {
                type: keyword,
                code: keyword,
                message: { type: 'text' },
                stack_trace: { type: 'text' },
              },
            },
            gatehouse: { type: 'flattened', ignore_above: 1024 },
          },
        },
      },
    },
  };
}
