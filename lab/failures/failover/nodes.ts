/** Does to the node of a store that matters most what ends its time there: killed, cut off, silent, suspended, slow. */
import type { startTcpProxy } from '@gatehouse/testing/network';
import type { FailOver } from './store.ts';

export type TcpProxy = Awaited<ReturnType<typeof startTcpProxy>>;

/** A way to a node, and which connections on it belong to the node. */
export interface Way {
  proxy: TcpProxy;
  scope: Parameters<TcpProxy['cut']>[0];
}

export interface Nodes<Node> {
  store: string;
  /** The node as the table calls it. */
  called: string;
  find(): Promise<Node>;
  kill(node: Node): unknown;
  restart(node: Node): unknown;
  suspend(node: Node): unknown;
  resume(node: Node): unknown;
  /** The ways that clients use. */
  proxiesOf(node: Node): TcpProxy[];
  /** The other ways between the node and the others. */
  waysOf?(node: Node): Way[];
  delayMs: number;
  /** Resolves when every node is in its place. */
  untilWhole(): Promise<void>;
  allowance: Partial<FailOver>;
}

export function createFailOvers<Node>(nodes: Nodes<Node>) {
  const { store, called, find, kill, restart, suspend, resume, proxiesOf, waysOf, delayMs } = nodes;

  const failOver = (
    name: string,
    begin: (node: Node) => unknown,
    end: (node: Node) => unknown,
    { findIt = find, ...more }: Partial<FailOver> & { findIt?: () => Promise<Node> } = {},
  ): FailOver => {
    let node: Node;
    return {
      ...{ name: `${store}: ${name}`, ...nodes.allowance, ...more },
      async begin() {
        node = await findIt();
        await begin(node);
      },
      async end() {
        await end(node);
        await nodes.untilWhole();
      },
    };
  };
  const ways = (node: Node, scope: Way['scope'] = 'all'): Way[] => [
    ...proxiesOf(node).map((proxy) => ({ proxy, scope })),
    ...(waysOf?.(node) ?? []),
  ];
  const cut = (scope?: Way['scope']) => (node: Node) => {
    for (const way of ways(node, scope)) way.proxy.cut(way.scope);
  };
  const silence = (node: Node) => {
    for (const way of ways(node)) way.proxy.silence(way.scope);
  };
  const slow = (node: Node) => {
    for (const proxy of proxiesOf(node)) proxy.slow(delayMs);
  };
  const heal = (node: Node) => {
    for (const { proxy } of ways(node)) proxy.heal();
  };
  return {
    failOver,
    cut,
    heal,
    /** Of every store. */
    common: [
      failOver(`${called} killed`, kill, restart),
      failOver(`${called} cut off`, cut(), heal),
      failOver(`${called} silent`, silence, heal),
      failOver(`${called} suspended`, suspend, resume),
      failOver(`${called} ${delayMs} ms slower`, slow, heal, { tolerated: [] }),
    ],
  };
}
