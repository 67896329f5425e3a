/** Starts two replicas of Auth API and two of Auth UI that have served nothing yet, and reads what they say of themselves. */
import type { BenchStack } from '../bench-stack.ts';
import { type Replica, startReplica } from '../scale-out/replicas.ts';

const replicasOfEach = 2;

/** With the settings of those that the stack has. */
export async function startColdReplicas({ services }: BenchStack) {
  const each = Array.from({ length: replicasOfEach });
  const apis = await Promise.all(each.map(() => startReplica(services['auth-api'].pid)));
  const uis = await Promise.all(
    apis.map(({ url, internalUrl }) =>
      startReplica(services['auth-ui'].pid, {
        GATEHOUSE_AUTH_API_URL: url,
        GATEHOUSE_AUTH_API_INTERNAL_URL: internalUrl,
      }),
    ),
  );
  const named: [string, Replica][] = [
    ...apis.map((replica, index): [string, Replica] => [`Auth API ${index + 1}`, replica]),
    ...uis.map((replica, index): [string, Replica] => [`Auth UI ${index + 1}`, replica]),
  ];
  let turn = 0;

  return {
    pids: named.map(([, { pid }]) => pid),
    secondsToReady: Math.max(...apis.map(({ secondsToReady }) => secondsToReady)),
    /** Of the one whose turn it is, as a load balancer in front of them does. */
    serverOf(path: string): string {
      turn += 1;
      const replicas = path.startsWith('/auth/v3/') ? apis : uis;
      return replicas[turn % replicas.length]?.url ?? '';
    },
    /** Since the last call, because reading it begins anew. */
    async eventLoopP99Ms(): Promise<Record<string, number>> {
      const read = named.map(async ([name, replica]) => {
        const [seconds = Number.NaN] = valuesOf(await metricsOf(replica), 'nodejs_eventloop_lag_p99_seconds');
        return [name, Math.round(seconds * 10_000) / 10] as const;
      });
      return Object.fromEntries(await Promise.all(read));
    },
    /** Attempts that ended in this way. */
    async signIns(outcome: string): Promise<number> {
      const texts = await Promise.all(apis.map(metricsOf));
      return texts
        .flatMap((text) => valuesOf(text, `gatehouse_sign_ins_total{outcome="${outcome}"}`))
        .reduce((sum, value) => sum + value, 0);
    },
    async stop(): Promise<void> {
      await Promise.all(named.map(([, replica]) => replica.stop()));
    },
  };
}

async function metricsOf({ managementUrl }: Replica): Promise<string> {
  return (await fetch(`${managementUrl}/metrics`)).text();
}

function valuesOf(text: string, series: string): number[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${series} `))
    .map((line) => Number(line.slice(series.length)));
}
