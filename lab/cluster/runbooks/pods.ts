/** Incidents of pods: one that cannot start, one that does not answer, one that is overloaded. */
import { until } from '../../../tools/programs/execute.ts';
import { podsOf, processOf, settled } from '../disturbances/pods.ts';
import { becomes, mustBe } from '../step.ts';
import { halting } from './faults.ts';
import { readManagement, seriesOf } from './metrics.ts';
import { type Operator, runbook, service } from './operator.ts';
import { printedCommand } from './page.ts';

const doesNotAnswer = 'A pod does not answer';
const lag = 'nodejs_eventloop_lag_p99_seconds';

export const podIncidents = [
  runbook(
    doesNotAnswer,
    async (operator) => `${await withMistake(operator)}; ${await whileHalted(operator)}`,
  ),

  runbook('A pod is overloaded', async ({ cluster, highest }) => {
    const { namespace } = cluster;
    const [pod] = await podsOf(cluster, service);
    const pid = await processOf(pod);
    const late = await halting(pid, 400, () =>
      until('the event loop of a pod is late', async () => {
        const worst = await highest(lag);
        return worst > 0.25 ? worst : undefined;
      }),
    );
    const scale = (replicas: number) =>
      cluster.kubectl(['scale', `deployment/${service}`, `--replicas=${replicas}`, '--namespace', namespace]);
    await scale(3);
    await settled(cluster, service);
    await becomes('no event loop is late', async () => {
      const lags = await seriesOf(cluster, service, lag);
      return lags.length === 3 && Math.max(...lags) < 0.25;
    });
    await scale(2);
    return `${lag} ${late.toFixed(2)}; below 0.25 with a third pod`;
  }),
];

/** A variable that the service refuses: the new pod does not start, the others go on. */
async function withMistake({ cluster }: Operator): Promise<string> {
  const { namespace, kubectl, tryKubectl } = cluster;
  const variable = 'GATEHOUSE_REDIS_COMMAND_TIMEOUT_MS';
  const deployment = [`deployment/${service}`, '--namespace', namespace];
  const printed = (command: string, fill?: Record<string, string>) =>
    kubectl(printedCommand(doesNotAnswer, command, fill).split(' ').slice(1));
  await kubectl(['set', 'env', ...deployment, `${variable}=soon`]);
  try {
    const { metadata, status } = await until('a pod starts again and again', async () =>
      (await podsOf(cluster, service)).find(
        (pod) => pod.status.containerStatuses?.[0]?.lastState?.terminated !== undefined,
      ),
    );
    const exitCode = status.containerStatuses?.[0]?.lastState?.terminated?.exitCode;
    mustBe(exitCode === 78, `the exit code is ${exitCode}`);
    mustBe((await readManagement(status.podIP ?? '', '/metrics')) === undefined, 'the pod is scraped');
    const list = await printed('kubectl --namespace gatehouse get pods');
    mustBe(list.includes(metadata.name), 'the list of pods does not have it');
    // Between two containers there is none to read for a moment.
    await becomes('the log names the variable', async () => {
      const fill = { '<pod>': metadata.name };
      return (await printed('kubectl --namespace gatehouse logs --previous <pod>', fill)).includes(variable);
    });
    return 'exit code 78, the log names the variable';
  } finally {
    await tryKubectl(['rollout', 'undo', ...deployment]);
    await settled(cluster, service);
  }
}

async function whileHalted({ cluster }: Operator): Promise<string> {
  const [pod] = await podsOf(cluster, service);
  const address = pod?.status.podIP ?? '';
  const pid = await processOf(pod);
  process.kill(pid, 'SIGSTOP');
  try {
    mustBe((await readManagement(address, '/healthz')) === undefined, '/healthz answers');
    await becomes('the pod gets no requests', async () => {
      const all = await podsOf(cluster, service);
      const again = all.find(({ metadata }) => metadata.name === pod?.metadata.name);
      return (again?.status.conditions ?? []).some(
        ({ type, status }) => type === 'Ready' && status === 'False',
      );
    });
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await until('/healthz answers again', () => readManagement(address, '/healthz'));
  return '/healthz of a halted pod does not answer, and the pod gets no requests';
}
