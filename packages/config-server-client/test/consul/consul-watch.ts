/** Creates a watch of the imitated Consul with a manual clock, and records its lists and log lines. */
import { type ConsulEndpointsOptions, consulEndpoints } from '../../src/consul/consul-endpoints.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { startConsulStandIn, until } from './consul-stand-in.ts';

export async function watchStandIn(options: Partial<ConsulEndpointsOptions> = {}) {
  const consul = await startConsulStandIn();
  const clock = new ManualClock();
  const logged: string[] = [];
  const failures: string[] = [];
  let answers = 0;
  const lists: string[][] = [];
  const record = (level: string) => (fields: object, message: string) => {
    logged.push(`${level} ${message} ${JSON.stringify(fields)}`);
  };
  const source = consulEndpoints({
    url: consul.url,
    service: 'config-server',
    clock,
    random: () => 0.5,
    log: { debug: record('debug'), info: record('info'), warn: record('warn'), error: record('error') },
    metrics: {
      answered: () => {
        answers += 1;
      },
      failed: (reason) => failures.push(reason),
    },
    ...options,
  });
  source.subscribe((endpoints) => lists.push(endpoints.map(({ host }) => host)));
  return {
    consul,
    clock,
    source,
    logged,
    failures,
    /** Every list that was announced. */
    lists,
    hosts: () => source.current().map(({ host }) => host),
    /** So many queries have ended, well or not: only the pause until the next one is left. */
    settled: (queries: number) =>
      until(() => answers + failures.length === queries && clock.pendingTimers === 1),
    async end() {
      await source.close();
      await until(() => consul.openConnections() === 0);
      await consul.close();
      return { timers: clock.pendingTimers };
    },
  };
}

export type Watch = Awaited<ReturnType<typeof watchStandIn>>;
