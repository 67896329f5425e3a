/** Incidents of pods: one that cannot start, one that does not answer, one that is overloaded. */

import { until } from '../../../tools/programs/execute.ts';
import { podNamesOf, podsOf, selectorOf, settled } from '../disturbances/pods.ts';
import { mustBe } from '../step.ts';
import { halting, processOf } from './faults.ts';
import { readManagement, seriesOf } from './metrics.ts';
import { type Operator, runbook } from './operator.ts';
import { printedCommand } from './page.ts';

const service = 'auth-api';
const doesNotAnswer = 'A pod does not answer';

export const podIncidents = [
  runbook(doesNotAnswer, async (operator) => {
    const mistake = await withMistake(operator);
    const halted = await whileHalted(operator);
    return `${mistake}; ${halted}`;
  }),

  runbook('A pod is overloaded', async ({ cluster }) => {
    const { namespace } = cluster;
    const pid = await processOf(cluster, namespace, selectorOf(service));
    const late = await halting(pid, 400, () =>
      until('the event loop of a pod is late', async () => {
        const worst = Math.max(...(await seriesOf(cluster, service, 'nodejs_eventloop_lag_p99_seconds')));
        return worst > 0.25 ? worst : undefined;
      }),
    );
    const scale = (replicas: number) =>
      cluster.kubectl(['scale', `deployment/${service}`, `--replicas=${replicas}`, '--namespace', namespace]);
    await scale(3);
    await settled(cluster, service);
    await until('no event loop is late', async () => {
      const lags = await seriesOf(cluster, service, 'nodejs_eventloop_lag_p99_seconds');
      return (lags.length === 3 && Math.max(...lags) < 0.25) || undefined;
    });
    await scale(2);
    return `nodejs_eventloop_lag_p99_seconds ${late.toFixed(2)}; below 0.25 with a third pod`;
  }),
];

/** A variable that the service refuses: the new pod does not start, the others go on. */
async function withMistake({ cluster }: Operator): Promise<string> {
  const { namespace, kubectl, tryKubectl } = cluster;
  const deployment = [`deployment/${service}`, '--namespace', namespace];
  await kubectl(['set', 'env', ...deployment, 'GATEHOUSE_REDIS_COMMAND_TIMEOUT_MS=soon']);
  try {
    const pod = await until('a pod starts again and again', async () =>
      (await podsOf(cluster, service)).find(
        ({ status }) => (status.containerStatuses?.[0]?.restartCount ?? 0) > 0,
      ),
    );
    const { status } = await cluster.get<{
      status: { containerStatuses: { lastState: { terminated?: { exitCode: number } } }[] };
    }>(`pod/${pod.metadata.name}`, '--namespace', namespace);
    const exitCode = status.containerStatuses[0]?.lastState.terminated?.exitCode;
    mustBe(exitCode === 78, `the exit code is ${exitCode}`);
    mustBe((await readManagement(pod.status.podIP ?? '', '/metrics')) === undefined, 'the pod is scraped');
    const [, ...list] = printedCommand(doesNotAnswer, 'kubectl --namespace gatehouse get pods').split(' ');
    mustBe((await kubectl(list)).includes(pod.metadata.name), 'the list of pods does not have it');
    const [, ...logs] = printedCommand(doesNotAnswer, 'kubectl --namespace gatehouse logs --previous <pod>', {
      '<pod>': pod.metadata.name,
    }).split(' ');
    // Between two containers there is none to read for a moment.
    await until(
      'the log names the variable',
      async () => (await kubectl(logs)).includes('GATEHOUSE_REDIS_COMMAND_TIMEOUT_MS') || undefined,
    );
    return 'exit code 78, the log names the variable';
  } finally {
    await tryKubectl(['rollout', 'undo', ...deployment]);
    await settled(cluster, service);
  }
}

async function whileHalted({ cluster }: Operator): Promise<string> {
  const [name] = await podNamesOf(cluster, service);
  const pod = (await podsOf(cluster, service)).find(({ metadata }) => metadata.name === name);
  const address = pod?.status.podIP ?? '';
  const pid = await processOf(cluster, cluster.namespace, selectorOf(service));
  process.kill(pid, 'SIGSTOP');
  try {
    mustBe((await readManagement(address, '/healthz')) === undefined, '/healthz answers');
    await until('the pod gets no requests', async () => {
      const state = JSON.parse(
        await cluster.kubectl(['get', 'pod', name ?? '', '--namespace', cluster.namespace, '--output=json']),
      ) as typeof pod;
      return (
        state?.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'False') ||
        undefined
      );
    });
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await until('/healthz answers again', () => readManagement(address, '/healthz'));
  return '/healthz of a halted pod does not answer, and the pod gets no requests';
}
