/** docs/elasticsearch/: what an administrator puts into Elasticsearch where the services may not. */
import {
  type Asset,
  auditLifecycle,
  auditTemplates,
} from '@gatehouse/audit-trail/elasticsearch/audit-assets';

const defaultRetentionDays = 365;

const fileNames = ['ilm-policy', 'settings', 'mappings', 'index-template'];

export const elasticsearchFiles = [
  auditLifecycle({ retentionDays: defaultRetentionDays }),
  ...auditTemplates(),
].map((asset: Asset, index) => ({
  path: `docs/elasticsearch/${fileNames[index]}.json`,
  produce: async () => `${JSON.stringify(asset.body, null, 2)}\n`,
}));
