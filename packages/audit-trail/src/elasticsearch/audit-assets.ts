/** Defines the index template, mappings, settings and lifecycle policy that Elasticsearch needs for audit events. */

/** Rises with every change of the assets; an installation with a higher version is not changed. */
export const assetsVersion = 1;

export const auditDataset = 'gatehouse.audit';

export function auditDataStream(namespace: string): string {
  return `logs-${auditDataset}-${namespace}`;
}

const keyword = { type: 'keyword', ignore_above: 1024 };
const date = { type: 'date' };
const object = (properties: object) => ({ properties });

/** Fields have their names in the Elastic Common Schema; fields that it does not have are under `gatehouse`. Unknown fields are refused. */
const mappings = {
  dynamic: 'strict',
  properties: {
    '@timestamp': date,
    data_stream: object({ type: keyword, dataset: keyword, namespace: keyword }),
    ecs: object({ version: keyword }),
    event: object({
      id: keyword,
      kind: keyword,
      module: keyword,
      dataset: keyword,
      action: keyword,
      outcome: keyword,
      category: keyword,
      type: keyword,
      reason: keyword,
      hash: keyword,
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
      // Events have many different details: one flattened field keeps the mapping small.
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

/** Says when an index is rolled over and when it is deleted. */
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

/** In the order of installation; the lifecycle policy comes before them. */
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
        // Higher than the built-in templates for logs-*-*.
        priority: 500,
      },
    },
  ];
}
