/** Installs the release out of its registry: the chart by its digest, the images by the digests in it. */
import { freePort } from '@gatehouse/testing/network';
import { attempt } from '../../tools/programs/execute.ts';
import { chartOf, imageOf, readRelease } from '../../tools/release/release.ts';
import { inNetwork } from '../cluster/node/network.ts';
import { mustBe, type Step } from '../cluster/step.ts';
import { installEvaluation, signInByNotes } from '../cluster/umbrella/evaluation.ts';
import { registry } from './registry.ts';
import { folder } from './steps.ts';

interface Pods {
  items: { spec: { containers: { image: string }[] } }[];
}

const namespace = 'trial';
let notes = '';

export const installSteps: Step[] = [
  {
    name: 'install',
    isNeeded: true,
    async run(cluster) {
      const release = readRelease(folder);
      const plan = {
        chart: `oci://${chartOf(registry, 'gatehouse')}@${release.charts['gatehouse']}`,
        args: ['--plain-http'],
        namespace,
        port: await freePort(),
      };
      const helm = (args: readonly string[]) =>
        attempt(...inNetwork('helm', ...args), { env: cluster.environment });
      const evaluation = await installEvaluation({ ...cluster, helm }, plan);
      notes = evaluation.notes;
      const pods = await cluster.get<Pods>('pods', '--namespace', namespace);
      const images = pods.items.flatMap(({ spec }) => spec.containers.map(({ image }) => image));
      const services = ['auth-api', 'auth-ui', 'environment-api'];
      const released = services.map((name) => `${imageOf(registry, name)}@${release.images[name]?.digest}`);
      const absent = released.filter((image) => !images.includes(image));
      mustBe(absent.length === 0, `no pod runs ${absent.join(', ')}; there are ${images.join(', ')}`);
      const unpinned = images.filter((image) => !/^127\.0\.0\.1:5000\/.+@sha256:[0-9a-f]{64}$/.test(image));
      mustBe(unpinned.length === 0, `not by digest from the registry: ${unpinned.join(', ')}`);
      return `${images.length} pods, every image by digest; ready after ${evaluation.seconds.toFixed(0)} s with the images pulled`;
    },
  },
  {
    name: 'sign-in',
    run: async (cluster) => `a browser sees "${await signInByNotes(cluster, notes)}"`,
  },
  {
    name: 'helm test',
    async run(cluster) {
      const { exitCode, stdout, stderr } = await cluster.helm([
        'test',
        'gatehouse',
        '--namespace',
        namespace,
      ]);
      mustBe(exitCode === 0, `helm test failed:\n${stdout}${stderr}`);
      const suites = [...stdout.matchAll(/^TEST SUITE: +(\S+)$.*?^Phase: +(\w+)$/gms)];
      return suites.map(([, suite, phase]) => `${suite} ${phase?.toLowerCase()}`).join(', ');
    },
  },
];
