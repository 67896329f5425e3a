/** Runs the installation with its audit events and log lines in three nodes of Elasticsearch, where a node may be lost. */
import { setTimeout as wait } from 'node:timers/promises';
import type { ChaosStack } from '../../harness/installation.ts';
import { type Comparison, createCopies } from './elasticsearch-copies.ts';
import { startElasticsearchNodes } from './elasticsearch-nodes.ts';
import type { FailOver, Findings, Store } from './store.ts';

const delayMs = 150;

export async function startElasticsearchStore(closers: AsyncDisposableStack): Promise<Store> {
  const nodes = await startElasticsearchNodes(closers);
  type Node = Awaited<ReturnType<typeof nodes.primary>>;

  async function failOvers(stack: ChaosStack): Promise<FailOver[]> {
    const copies = createCopies(stack, nodes);

    const inspect = async () => findingsOf(await copies.compare());
    const failOver = (
      name: string,
      begin: (node: Node) => unknown,
      end: (node: Node) => unknown,
      find: () => Promise<Node> = nodes.primary,
    ): FailOver => {
      let node: Node;
      return {
        ...{ name: `Elasticsearch: ${name}`, mayFail: false, inspect },
        async begin() {
          node = await find();
          copies.begin();
          await begin(node);
        },
        async end() {
          await end(node);
          await nodes.untilWhole();
        },
      };
    };
    const ways = (act: (way: Node['http']) => void) => (node: Node) =>
      [node.http, node.transport].forEach(act);
    const heal = ways((way) => way.heal());
    const kill = (node: Node) => node.server.kill();
    const restart = (node: Node) => node.server.restart();

    while ((await nodes.primary().catch(() => undefined)) === undefined) await wait(250);
    await nodes.untilWhole();
    return [
      failOver('node killed', kill, restart),
      failOver('elected master killed', kill, restart, nodes.master),
      failOver(
        'node cut off',
        ways((way) => way.cut()),
        heal,
      ),
      failOver(
        'node silent',
        ways((way) => way.silence()),
        heal,
      ),
      failOver(
        'node suspended',
        (node) => node.server.suspend(),
        (node) => node.server.resume(),
      ),
      failOver(
        `node ${delayMs} ms slower`,
        ways((way) => way.slow(delayMs)),
        heal,
      ),
    ];
  }

  return {
    change: {
      settings: {
        GATEHOUSE_ELASTICSEARCH_NODES: nodes.addresses.join(),
        GATEHOUSE_ELASTICSEARCH_LOGS: 'true',
        GATEHOUSE_LOG_REQUESTS: 'all',
        // An administrator did: this distribution lets only the elected master keep policies.
        GATEHOUSE_ELASTICSEARCH_INSTALL: 'false',
      },
    },
    failOvers,
  };
}

function findingsOf({ events, lines, lateMs }: Comparison): Findings {
  return {
    kept: [
      `${events.written - events.missing} of ${events.written} audit events`,
      `${lines.written - lines.missing} of ${lines.written} log lines in Elasticsearch`,
      `all of it ${(lateMs / 1_000).toFixed(1)} s later`,
    ],
    faults: [
      ...(events.missing > 0 ? [`${events.missing} audit events are not in Elasticsearch in time`] : []),
      ...(events.twice > 0 ? [`${events.twice} audit events are there twice`] : []),
      ...(lines.missing > 0 ? [`${lines.missing} log lines are not in Elasticsearch in time`] : []),
      ...(lines.twice > 0 ? [`${lines.twice} log lines are there twice`] : []),
    ],
  };
}
