/** Lets the primary of several nodes of Redis fail, with a proxy before each port that a node announces. */
import { setTimeout as wait } from 'node:timers/promises';
import { startTcpProxy } from '@gatehouse/testing/network';
import { createFailOvers, type Nodes, type TcpProxy } from './nodes.ts';
import type { FailOver } from './store.ts';

interface RedisNode {
  port: number;
  process: { kill(signal: NodeJS.Signals): boolean };
  stop(signal: NodeJS.Signals): Promise<void>;
}

/** Words in the first command of a replica and of a sentinel. */
const othersThanServices = /REPLCONF|sentinel-/;
const behindMs = 800;
const delayMs = 150;

/** One proxy before each port that the nodes announce. */
export function createProxies() {
  const proxies = new Map<number, TcpProxy>();
  return {
    async announce(port: number): Promise<number> {
      const proxy = await startTcpProxy(() => port, othersThanServices);
      proxies.set(port, proxy);
      return proxy.port;
    },
    of: (port: number) => [proxies.get(port)].filter((proxy) => proxy !== undefined),
    others: (...ports: number[]) =>
      [...proxies].filter(([port]) => !ports.includes(port)).map(([, proxy]) => proxy),
    close(): void {
      for (const proxy of proxies.values()) proxy.close();
    },
  };
}

/** Copies lag: what the primary acknowledged at last may be in none of them. */
const behind = ['tokens', 'refreshTokens', 'events'] as const;
const recoveryMs = 10_000;

export function failOversOf<N extends RedisNode>(
  nodes: Pick<Nodes<N>, 'store' | 'find' | 'restart' | 'proxiesOf' | 'waysOf' | 'untilWhole'>,
): FailOver[] {
  const { proxiesOf, restart } = nodes;
  const kill = (node: N) => node.stop('SIGKILL');
  const { failOver, cut, heal, common } = createFailOvers<N>({
    ...{ ...nodes, called: 'primary', kill, delayMs, allowance: { tolerated: behind, recoveryMs } },
    suspend: (node) => node.process.kill('SIGSTOP'),
    resume: (node) => node.process.kill('SIGCONT'),
  });
  return [
    ...common,
    failOver(
      'primary killed, copies behind',
      async (node) => {
        for (const proxy of proxiesOf(node)) proxy.silence('marked');
        await wait(behindMs);
        await kill(node);
      },
      async (node) => {
        heal(node);
        await restart(node);
      },
    ),
    failOver('primary cut off from all but the services', cut('marked'), heal),
  ];
}
