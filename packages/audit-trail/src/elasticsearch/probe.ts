/** Reports version and state of Elasticsearch in the diagnosis. */
import type { Probe } from '@gatehouse/service-kit/health';
import { createElasticsearch, type ElasticsearchConfig, readableFailure } from './client.ts';

export function elasticsearchProbe(config: ElasticsearchConfig): Probe {
  return {
    name: 'Elasticsearch',
    async run() {
      const client = await createElasticsearch(config);
      if (!client) return { status: 'skipped', message: 'GATEHOUSE_ELASTICSEARCH_NODES is not set.' };
      try {
        const { version } = await client.info();
        const { status } = await client.cluster.health();
        if (status === 'red')
          return {
            status: 'failed',
            message: `Version ${version.number}, but its state is red: data is missing there.`,
          };
        return { status: 'ok', message: `Version ${version.number}, its state is ${status}.` };
      } catch (error) {
        throw readableFailure(error);
      } finally {
        await client.close();
      }
    },
  };
}
