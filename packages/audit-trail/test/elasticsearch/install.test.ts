/** Templates of an older release are replaced, and the next event goes into an index of the new ones, whatever comes between. */
import { expect, it, vi } from 'vitest';
import { assetsVersion } from '../../src/elasticsearch/audit-assets.ts';
import type { ElasticsearchClient } from '../../src/elasticsearch/client.ts';
import { installAuditAssets } from '../../src/elasticsearch/install.ts';
import { silentLog } from '../chain/trail-database.ts';

function olderElasticsearch() {
  let version = assetsVersion - 1;
  const rollover = vi.fn(async () => undefined);
  const client = {
    indices: {
      getIndexTemplate: async () => ({ index_templates: [{ index_template: { version } }] }),
      exists: async () => true,
      rollover,
    },
    transport: {
      async request({ path, body }: { path: string; body: { version: number } }) {
        if (path === '/_index_template/gatehouse-audit') version = body.version;
      },
    },
  };
  const install = () =>
    installAuditAssets({
      ...{ client: client as unknown as ElasticsearchClient, namespace: 'default', retentionDays: 30 },
      ...{ install: true, log: silentLog },
    });
  return { install, rollover, installed: () => version };
}

it('an update that is interrupted before the new index is open is done again, and then no more', async () => {
  const { install, rollover, installed } = olderElasticsearch();
  rollover.mockRejectedValueOnce(new Error('the connection broke'));

  await expect(install()).rejects.toThrow('the connection broke');
  await install();
  await install();

  expect(rollover).toHaveBeenCalledTimes(2);
  expect(installed()).toBe(assetsVersion);
});
