/** What Elasticsearch must know before it takes audit events: mappings, settings, index template, lifecycle. */

/** Raised with every change of the assets; an installation with a higher one is left alone. */
export const assetsVersion = 1;

export const auditDataset = 'gatehouse.audit';

export function auditDataStream(namespace: string): string {
  return `logs-${auditDataset}-${namespace}`;
}

const keyword = { type: 'keyword', ignore_above: 1024 };
const date = { type: 'date' };
const object = (properties: object) => ({ properties });

/** Field names of the Elastic Common Schema where it has one; ours under `gatehouse`. Unknown fields are refused. */
const mappings = {
  dynamic: 'strict',
  properties: {
    '@timestamp': date,
    data_stream: object({ type: keyword, dataset: keyword, namespace: keyword }),
    ecs: object({ version: keyword }),
    event: object({
      ...{ id: keyword, kind: keyword, module: keyword, dataset: keyword, action: keyword, outcome: keyword },
      ...{ category: keyword, type: keyword, reason: keyword, hash: keyword },
      sequence: { type: 'long' },
    }),
    service: object({ name: keyword }),
    organization: object({ id: keyword }),
    user: object({ id: keyword, name: keyword }),
    client: object({ address: keyword, ip: { type: 'ip' } }),
    http: object({ request: object({ id: keyword }) }),
    gatehouse: object({
      client_id: keyword,
      session_id: keyword,
      entity: object({ type: keyword, id: keyword }),
      // Names of further facts are open, so they are one field that cannot grow the mapping.
      details: { type: 'flattened', ignore_above: 1024 },
    }),
  },
};

export interface Asset {
  /** Path under the address of Elasticsearch, without a leading slash. */
  path: string;
  body: Record<string, unknown>;
}

const _meta = { managed_by: 'gatehouse', version: assetsVersion };

export function auditLifecycle({ retentionDays }: { retentionDays: number }): Asset {
  return lifecycle('gatehouse-audit', retentionDays);
}

/** When an index is full and when it is deleted. */
export function lifecycle(name: string, retentionDays: number): Asset {
  return {
    path: `_ilm/policy/${name}`,
    body: {
      policy: {
        _meta,
        phases: {
          hot: { actions: { rollover: { max_age: '30d', max_primary_shard_size: '50gb' } } },
          delete: { min_age: `${retentionDays}d`, actions: { delete: {} } },
        },
      },
    },
  };
}

/** In the order in which they are put; the lifecycle comes before them. */
export function auditTemplates(): Asset[] {
  return [
    {
      path: '_component_template/gatehouse-audit@settings',
      body: {
        version: assetsVersion,
        _meta,
        template: {
          settings: { index: { lifecycle: { name: 'gatehouse-audit' }, codec: 'best_compression' } },
        },
      },
    },
    {
      path: '_component_template/gatehouse-audit@mappings',
      body: { version: assetsVersion, _meta, template: { mappings } },
    },
    {
      path: '_index_template/gatehouse-audit',
      body: {
        version: assetsVersion,
        _meta,
        index_patterns: [auditDataStream('*')],
        data_stream: {},
        composed_of: ['gatehouse-audit@settings', 'gatehouse-audit@mappings'],
        // Above the templates that Elasticsearch brings for logs-*-*.
        priority: 500,
      },
    },
  ];
}
