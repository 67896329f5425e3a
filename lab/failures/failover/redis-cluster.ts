/** Runs the installation on a Redis Cluster of three primaries with a replica each. */
import { type ClusterNode, startRedisNodes } from '@gatehouse/testing/redis';
import { keyPrefix } from '../../../tools/stack/backing/redis.ts';
import { createProxies, failOversOf } from './redis-nodes.ts';
import type { Store } from './store.ts';

const password = 'a-password-of-the-fail-over';
/** The stream of revocations: its node matters most. */
const key = `${keyPrefix}cutoffs`;

export async function startClusterStore(closers: AsyncDisposableStack): Promise<Store> {
  const proxies = createProxies();
  const size = { primaries: 3, replicasOfEach: 1 };
  const cluster = await startRedisNodes({ ...size, password, announce: proxies.announce });
  closers.defer(async () => {
    await cluster.close();
    proxies.close();
  });
  return {
    change: {
      settings: {
        GATEHOUSE_REDIS_CLUSTER_NODES: cluster.addresses.join(),
        GATEHOUSE_REDIS_PASSWORD: password,
      },
    },
    failOvers: async () =>
      failOversOf<ClusterNode>({
        store: 'Cluster',
        find: () => cluster.primaryOf(key),
        proxiesOf: ({ port }) => proxies.of(port),
        waysOf: ({ port, busPort, source }) => [
          ...proxies.of(busPort).map((proxy) => ({ proxy, scope: 'all' as const })),
          ...proxies.others(port, busPort).map((proxy) => ({ proxy, scope: { from: source } })),
        ],
        restart: (node) => node.start(),
        untilWhole: cluster.untilWhole,
      }),
  };
}
