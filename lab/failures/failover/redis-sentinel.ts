/** Runs the installation on a primary with two replicas and three sentinels. */
import { setTimeout as wait } from 'node:timers/promises';
import { type RedisSentinel, startRedisSentinel } from '@gatehouse/testing/redis';
import { createProxies, failOversOf } from './redis-nodes.ts';
import type { Store } from './store.ts';

const password = 'a-password-of-the-fail-over';

export async function startSentinelStore(closers: AsyncDisposableStack): Promise<Store> {
  const proxies = createProxies();
  const sentinel = await startRedisSentinel({ password, announce: proxies.announce });
  closers.defer(async () => {
    await sentinel.close();
    proxies.close();
  });
  return {
    change: {
      settings: {
        GATEHOUSE_REDIS_SENTINELS: sentinel.sentinels.join(),
        GATEHOUSE_REDIS_PASSWORD: password,
      },
    },
    failOvers: async () =>
      failOversOf({
        store: 'Sentinel',
        find: sentinel.primary,
        proxiesOf: ({ port }) => proxies.of(port),
        restart: async (node) => node.startAsReplicaOf(await sentinel.primary()),
        untilWhole: () => untilWhole(sentinel),
      }),
  };
}

/** The sentinels count the replicas whose link to the primary is up. */
async function untilWhole(sentinel: RedisSentinel): Promise<void> {
  while ((await sentinel.linkedReplicas()) < sentinel.nodes.length - 1) await wait(100);
}
