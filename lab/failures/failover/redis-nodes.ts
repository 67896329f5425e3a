/** Does to a node of Redis what ends its time as the primary. */
import { setTimeout as wait } from 'node:timers/promises';
import { startTcpProxy } from '@gatehouse/testing/network';
import type { FailOver } from './store.ts';

type TcpProxy = Awaited<ReturnType<typeof startTcpProxy>>;

export interface RedisNode {
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

export interface Way {
  proxy: TcpProxy;
  scope: Parameters<TcpProxy['cut']>[0];
}

export interface PrimaryOptions<N extends RedisNode> {
  store: string;
  /** The primary at this moment. */
  find(): Promise<N>;
  /** The proxy before the port that the services use. */
  proxiesOf(node: N): TcpProxy[];
  /** The other ways between a node and the others. */
  waysOf?(node: N): Way[];
  restart(node: N): Promise<void>;
  /** Resolves when every node is in its place. */
  untilWhole(): Promise<void>;
}

/** Copies lag: what the primary acknowledged at last may be in none of them. */
const behind = ['tokens', 'refreshTokens', 'events'] as const;
const recoveryMs = 10_000;

export function failOversOf<N extends RedisNode>(options: PrimaryOptions<N>): FailOver[] {
  const { store, find, proxiesOf, waysOf = () => [], restart, untilWhole } = options;
  const failOver = (
    name: string,
    begin: (node: N, proxies: TcpProxy[]) => unknown,
    end: (node: N, proxies: TcpProxy[]) => unknown,
    tolerated: FailOver['tolerated'] = behind,
  ): FailOver => {
    let node: N;
    return {
      ...{ name: `${store}: ${name}`, tolerated, recoveryMs },
      async begin() {
        node = await find();
        await begin(node, proxiesOf(node));
      },
      async end() {
        await end(node, proxiesOf(node));
        await untilWhole();
      },
    };
  };
  const heal = (node: N, proxies: TcpProxy[]) => {
    for (const proxy of [...proxies, ...waysOf(node).map((way) => way.proxy)]) proxy.heal();
  };
  const cutFor = (scope: 'all' | 'marked') => (node: N, proxies: TcpProxy[]) => {
    for (const proxy of proxies) proxy.cut(scope);
    for (const way of waysOf(node)) way.proxy.cut(way.scope);
  };
  const silence = (node: N, proxies: TcpProxy[]) => {
    for (const proxy of proxies) proxy.silence();
    for (const way of waysOf(node)) way.proxy.silence(way.scope);
  };
  const kill = (node: N) => node.stop('SIGKILL');

  return [
    failOver('primary killed', kill, restart),
    failOver(
      'primary killed, copies behind',
      async (node, proxies) => {
        for (const proxy of proxies) proxy.silence('marked');
        await wait(behindMs);
        await kill(node);
      },
      async (node, proxies) => {
        heal(node, proxies);
        await restart(node);
      },
    ),
    failOver('primary cut off', cutFor('all'), heal),
    failOver('primary cut off from all but the services', cutFor('marked'), heal),
    failOver('primary silent', silence, heal),
    failOver(
      'primary suspended',
      (node) => node.process.kill('SIGSTOP'),
      (node) => node.process.kill('SIGCONT'),
    ),
    failOver(
      `primary ${delayMs} ms slower`,
      (_node, proxies) => {
        for (const proxy of proxies) proxy.slow(delayMs);
      },
      heal,
      [],
    ),
  ];
}
