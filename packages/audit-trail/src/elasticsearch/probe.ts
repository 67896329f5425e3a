/** Reports version and state of Elasticsearch in the diagnosis. */
import { type Probe, saidAs } from '@gatehouse/service-kit/health';
import { say } from '@gatehouse/service-kit/sentences';
import { createElasticsearch, type ElasticsearchConfig, readableFailure } from './client.ts';

export function elasticsearchProbe(config: ElasticsearchConfig): Probe {
  return {
    name: 'Elasticsearch',
    async run() {
      const client = await createElasticsearch(config);
      if (!client)
        return saidAs('skipped', [say('probe.unset', { setting: 'GATEHOUSE_ELASTICSEARCH_NODES' })]);
      try {
        const { number: version } = (await client.info()).version;
        const { status: state } = await client.cluster.health();
        return state === 'red'
          ? saidAs('failed', [say('probe.elasticsearch.red', { version })])
          : saidAs('ok', [say('probe.elasticsearch.fine', { version, state })]);
      } catch (error) {
        throw readableFailure(error);
      } finally {
        await client.close();
      }
    },
  };
}
