/** Lists what is done to the installation under load; each step prints how the requests fared meanwhile. */
import type { Cluster } from '../cluster.ts';
import { type Figures, mustNotFail, textOf } from '../load/figures.ts';
import { underLoad } from '../load/load.ts';
import { stepsOfPage } from '../page/steps.ts';
import { mustBe, type Step } from '../step.ts';
import { renewCertificates } from './certificates.ts';
import { deleteOneOfEach, evictAll, killOneOfEach } from './deletion.ts';
import { services } from './pods.ts';
import { rollBackAll, scaleDown, scaleUp, upgradeAll } from './releases.ts';
import { replaceDatabaseRoles, replaceRedisPassword, sharedSecretRounds } from './secrets.ts';

/** A text that it returns goes into the table. */
type Act = (cluster: Cluster) => Promise<unknown>;

/** Nobody has to repeat a request. */
const smooth = (what: string, act: Act) => disturbance(what, act, { repeats: false });
/** A pod that dies without notice is an address of its Service for a moment: a caller who repeats notices nothing. */
const abrupt = (what: string, act: Act) => disturbance(what, act, { repeats: true });

function disturbance(what: string, act: Act, { repeats }: { repeats: boolean }): Step {
  return {
    name: `under load: ${what}`,
    async run(cluster) {
      let said: unknown;
      const figures = await underLoad(cluster, async () => {
        said = await act(cluster);
      });
      return judged(figures, repeats, typeof said === 'string' ? said : '');
    },
  };
}

function judged(figures: Figures, repeats: boolean, said = ''): string {
  mustNotFail(figures, repeats);
  return [said, textOf(figures)].filter((text) => text !== '').join(': ');
}

export const disturbanceSteps: Step[] = [
  smooth('helm upgrade of all three', upgradeAll),
  smooth('helm rollback of all three', rollBackAll),
  smooth('a pod of each deleted', (cluster) => deleteOneOfEach(cluster)),
  abrupt('a pod of each deleted by force', (cluster) =>
    deleteOneOfEach(cluster, '--force', '--grace-period=0'),
  ),
  abrupt('the process of a pod of each killed', killOneOfEach),
  smooth('every pod evicted in turn', async (cluster) => {
    const { evicted, refused } = await evictAll(cluster);
    return `${evicted} evicted, ${refused} times not yet`;
  }),
  smooth('scaled up by load', async (cluster) => `2 to 4 pods in ${seconds(await scaleUp(cluster))}`),
  smooth('scaled down', async (cluster) => `4 to 2 pods in ${seconds(await scaleDown(cluster))}`),
  {
    name: 'under load: service secret, encryption keys and operator password replaced',
    async run(cluster) {
      const lines: string[] = [];
      for (const { operatorPassword, run } of await sharedSecretRounds(cluster)) {
        const operator = { username: 'ops', password: operatorPassword };
        lines.push(judged(await underLoad(cluster, run, { operator }), false));
      }
      return lines.map((line, index) => `round ${index + 1}: ${line}`).join('; ');
    },
  },
  smooth('password of Redis replaced', replaceRedisPassword),
  // The page changes the pods to HTTPS; what follows is under load over HTTPS.
  ...stepsOfPage('guides/tls.md', undefined).map((step) => ({ ...step, isNeeded: false })),
  smooth('certificates of the pods renewed', async (cluster) => {
    const { seconds: taken, restarted } = await renewCertificates(cluster);
    mustBe(!restarted, 'a pod was restarted');
    return `every pod shows its new one after ${taken} s, none restarted`;
  }),
  smooth('roles of PostgreSQL replaced', replaceDatabaseRoles),
];

/** No pod of the three may start after it. */
export const removeCertificates: Step = {
  name: 'remove the certificates of the pods',
  async run({ kubectl, namespace }) {
    const names = services.map((service) => `secret/${service}-tls`);
    await kubectl(['delete', '--namespace', namespace, '--ignore-not-found', ...names]);
    return '';
  },
};

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`;
}
