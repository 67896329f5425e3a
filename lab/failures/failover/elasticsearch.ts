/** Runs the installation with its audit events and log lines in three nodes of Elasticsearch, where a node may be lost. */
import { setTimeout as wait } from 'node:timers/promises';
import type { ChaosStack } from '../../harness/installation.ts';
import { type Comparison, createCopies } from './elasticsearch-copies.ts';
import { startElasticsearchNodes } from './elasticsearch-nodes.ts';
import { createFailOvers } from './nodes.ts';
import type { FailOver, Findings, Store } from './store.ts';

const delayMs = 150;

export async function startElasticsearchStore(closers: AsyncDisposableStack): Promise<Store> {
  const nodes = await startElasticsearchNodes(closers);
  type Node = Awaited<ReturnType<typeof nodes.primary>>;

  async function failOvers(stack: ChaosStack): Promise<FailOver[]> {
    const copies = createCopies(stack, nodes);
    const begun = (find: () => Promise<Node>) => async () => {
      const node = await find();
      copies.begin();
      return node;
    };
    const kill = (node: Node) => node.server.kill();
    const restart = (node: Node) => node.server.restart();
    const { failOver, common } = createFailOvers<Node>({
      ...{ store: 'Elasticsearch', called: 'node', find: begun(nodes.primary), kill, restart, delayMs },
      suspend: (node) => node.server.suspend(),
      resume: (node) => node.server.resume(),
      proxiesOf: ({ http, transport }) => [http, transport],
      untilWhole: nodes.untilWhole,
      allowance: { mayFail: false, inspect: async () => findingsOf(await copies.compare()) },
    });
    while ((await nodes.primary().catch(() => undefined)) === undefined) await wait(250);
    await nodes.untilWhole();
    return [...common, failOver('elected master killed', kill, restart, { findIt: begun(nodes.master) })];
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
