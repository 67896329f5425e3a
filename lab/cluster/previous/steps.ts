/** The release before and this one on the same stores, side by side and then one in place of the other. */
import path from 'node:path';
import { run } from '../../../tools/programs/execute.ts';
import type { Cluster } from '../cluster.ts';
import { settled } from '../disturbances/pods.ts';
import { rollBackAll } from '../disturbances/releases.ts';
import { addressesOf, operatorOf } from '../load/addresses.ts';
import { mustNotFail, textOf } from '../load/figures.ts';
import { simulator, underLoad } from '../load/load.ts';
import { inNetwork } from '../node/network.ts';
import { mustBe, type Step } from '../step.ts';
import { workplace } from '../workplace.ts';
import { type Outcome, refusalsIn } from './exchanges/trade.ts';
import { makeImages, tagOf } from './images.ts';
import {
  besideValues,
  install,
  namespace,
  newPrefix,
  order,
  prepareStores,
  publicUrl,
  valuesOf,
} from './install.ts';
import { previousCommit, unpackTree } from './release-before.ts';
import type { TraderPlan } from './trader.ts';

/** The releases of the release before, by the names that the documentation gives them. */
const inNamespace = (cluster: Cluster): Cluster => ({ ...cluster, namespace });

const load = async (cluster: Cluster, disturb: () => Promise<unknown>): Promise<string> => {
  const figures = await underLoad(inNamespace(cluster), disturb);
  mustNotFail(figures, false);
  return textOf(figures);
};

export const previousSteps: Step[] = [
  {
    name: 'N−1 beside N: the release before is installed with its own charts',
    async run(cluster) {
      const commit = await previousCommit();
      const tree = path.join(workplace, 'previous');
      await unpackTree(commit, tree);
      const tag = tagOf(commit);
      await makeImages(cluster, tree, tag);
      await prepareStores(cluster);
      for (const service of order)
        await install(cluster, { tree, release: service, service, values: valuesOf(service, tag) });
      return tag;
    },
  },
  {
    name: 'N−1 beside N under load: this release migrates the stores and starts beside it',
    async run(cluster) {
      await previousCommit();
      return await load(cluster, async () => {
        for (const service of order)
          await install(cluster, {
            tree: workplace,
            release: newPrefix + service,
            service,
            values: besideValues(service),
          });
      });
    },
  },
  {
    name: 'N−1 beside N: what one issues the other accepts',
    async run(cluster) {
      await previousCommit();
      const outcomes = await trade(cluster);
      const refusals = refusalsIn(outcomes);
      mustBe(refusals.length === 0, refusals.join('\n'));
      return `${outcomes.length / 2} kinds in both directions, none refused`;
    },
  },
  {
    name: 'N−1 under load: upgraded in place, pod by pod',
    async run(cluster) {
      await previousCommit();
      await cluster.helm([
        'uninstall',
        '--namespace',
        namespace,
        '--wait',
        ...order.map((service) => newPrefix + service),
      ]);
      return await load(cluster, async () => {
        for (const service of order) {
          await install(cluster, { tree: workplace, release: service, service, values: valuesOf(service) });
          await settled(inNamespace(cluster), service);
        }
      });
    },
  },
  {
    name: 'N under load: rolled back to N−1, pod by pod',
    async run(cluster) {
      await previousCommit();
      return await load(cluster, () => rollBackAll(inNamespace(cluster), order.toReversed()));
    },
  },
  {
    name: 'N−1 beside N: remove it',
    // The node has no room for both and for what follows.
    run: ({ kubectl }) => kubectl(['delete', 'namespace', namespace, '--ignore-not-found']),
  },
];

async function trade(cluster: Cluster): Promise<Outcome[]> {
  const plan: TraderPlan = {
    before: await addressesOf(cluster, { namespace }),
    now: await addressesOf(cluster, { namespace, prefix: newPrefix }),
    operator: await operatorOf(cluster, namespace),
    configServer: simulator,
    publicUrl,
  };
  const program = path.join(import.meta.dirname, 'trader.ts');
  const command = [process.execPath, '--conditions=source', program, JSON.stringify(plan)];
  const lines = await run(...inNetwork(...command));
  return lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Outcome);
}
