/** The release before and this one on the same stores, side by side and then one in place of the other. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Cluster } from '../cluster.ts';
import { settled } from '../disturbances/pods.ts';
import { rollBackAll } from '../disturbances/releases.ts';
import { attempt, run } from '../execute.ts';
import { addressesOf, operatorOf } from '../load/addresses.ts';
import { mustNotFail, textOf } from '../load/figures.ts';
import { simulator, underLoad } from '../load/load.ts';
import { inNetwork } from '../node/network.ts';
import { repository } from '../places.ts';
import { mustBe, Skipped, type Step } from '../step.ts';
import { workplace } from '../workplace.ts';
import { makeImages, tagOf } from './images.ts';
import {
  besideValues,
  firstRound,
  install,
  namespace,
  newPrefix,
  order,
  prepareStores,
  publicUrl,
  treeOf,
  valuesOf,
} from './install.ts';
import type { Outcome, TraderPlan } from './trader.ts';

/** The full hash of the commit that the file names. @throws Skipped where this clone does not have it */
async function previousCommit(): Promise<string> {
  const commit = readFileSync(path.join(repository, 'tools/cluster/previous-release'), 'utf8').trim();
  const { exitCode } = await attempt('git', ['-C', repository, 'cat-file', '-e', `${commit}^{commit}`]);
  if (exitCode !== 0)
    throw new Skipped(`this clone does not have the commit ${commit.slice(0, 12)}: fetch the whole history`);
  return commit;
}

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
      const tree = await treeOf(commit);
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
      const refused = outcomes.filter(({ refusal }) => refusal !== undefined);
      const sentences = refused.map(
        ({ what, issuer, refusal }) =>
          `${what} of ${issuer === 'now' ? 'N is refused by N−1' : 'N−1 is refused by N'}: ${refusal}`,
      );
      mustBe(refused.length === 0, sentences.join('\n'));
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
          const values = firstRound(valuesOf(service), service);
          await install(cluster, { tree: workplace, release: service, service, values });
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
