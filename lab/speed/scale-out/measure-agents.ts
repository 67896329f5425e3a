/** Measures the cost of an agent who signs in and is kept as docs/explain/sizing.md assumes, beside the figures of that page. */
import type { BenchStack } from '../bench-stack.ts';
import { cpuTimes } from '../machine.ts';
import { sampled } from '../samples.ts';
import { applicationCount, createAgents } from './agents.ts';
import { commandsBetween, type KindOfKey, openStores, type Work } from './stores.ts';

export const agentsRowName = 'agents';
export const agentCount = 1_000;

const keepSeconds = 20;
/** Until the hot parts of a login are compiled. */
const warmUpLogins = 300;

/** The figures of the page for a login, a sign-in to a further application, a refresh, and a second of all agents with one replica. */
const page = {
  login: { redis: 68, configServer: 3, postgres: 0.8, authApiCpuMs: 10.4, authUiCpuMs: 5 },
  further: { redis: 18, configServer: 0, postgres: 0.2, authApiCpuMs: 2.7, authUiCpuMs: 0 },
  refresh: { redis: 8, configServer: 2, postgres: 0.1, authApiCpuMs: 1.8, authUiCpuMs: 0 },
  redisBytesOfAgent: 27_300,
  second: { redis: 188, configServer: 5, postgres: 15, authApiCpuMs: 133, authUiCpuMs: 14 },
};
const texts = {
  redis: 'Redis commands',
  configServer: 'requests to the Configuration Server',
  postgres: 'PostgreSQL transactions',
  authApiCpuMs: 'CPU ms of Auth API',
  authUiCpuMs: 'CPU ms of Auth UI',
};
type Costs = Record<keyof typeof texts, number>;

interface Figure {
  figure: string;
  page: number;
  measured: number;
  /** Absent where the page says none. */
  ratio?: number;
}

export interface AgentsResult {
  name: typeof agentsRowName;
  agents: number;
  figures: Figure[];
  kinds: Record<string, KindOfKey>;
}

export async function measureAgents(
  stack: BenchStack,
): Promise<{ result: AgentsResult; disturbedRounds: number }> {
  const stores = await openStores(stack);
  const agents = await createAgents(stack, agentCount);
  const figures: Figure[] = [];
  let disturbedRounds = 0;

  function record(figure: string, said: number, measured: number): void {
    const rounded = Math.round(measured * 100) / 100;
    const compared = said === 0 ? {} : { ratio: Math.round((100 * measured) / said) / 100 };
    figures.push({ figure, page: said, measured: rounded, ...compared });
  }

  async function readAll(): Promise<Costs & { work: Work }> {
    const metrics = await (await fetch(`${stack.managementUrl}/metrics`)).text();
    const work = await stores.work();
    return {
      work,
      redis: 0,
      configServer: sumOf(
        metrics.matchAll(/^gatehouse_config_server_call_duration_seconds_count\S* (\d+)/gm),
      ),
      postgres: work.transactions,
      authApiCpuMs: 10 * (cpuTimes([stack.serverPid])?.ours ?? 0),
      authUiCpuMs: 10 * (cpuTimes([stack.services['auth-ui'].pid])?.ours ?? 0),
    };
  }

  /** `times`: how often `run` does it. */
  async function compare(of: string, said: Costs, times: number, run: () => Promise<void>): Promise<void> {
    console.log(`  ${of} …`);
    const before = await readAll();
    const round = await sampled([...stack.pids, process.pid], async () => {
      await run();
      return {};
    });
    const after = await readAll();
    if (round.isDisturbed) disturbedRounds += 1;
    after.redis = [...commandsBetween(before.work, after.work).values()].reduce((sum, one) => sum + one, 0);
    for (const name of Object.keys(texts) as (keyof Costs)[])
      record(`${texts[name]} of ${of}`, said[name], (after[name] - before[name]) / times);
  }

  try {
    await agents.warmUp(warmUpLogins);
    const emptyBytes = await stores.usedMemory();
    await compare('a login by the pages', page.login, agentCount, agents.signIn);
    await compare(
      'a sign-in to a further application',
      page.further,
      (applicationCount - 1) * agentCount,
      agents.signInFurther,
    );
    await compare('a refresh', page.refresh, applicationCount * agentCount, agents.refresh);
    const kinds = await stores.kinds();
    const bytes = (await stores.usedMemory()) - emptyBytes;
    record('Redis bytes of an agent', page.redisBytesOfAgent, bytes / agentCount);
    await compare('a second of all agents', page.second, keepSeconds, () => agents.keep(keepSeconds));
    return { result: { name: agentsRowName, agents: agentCount, figures, kinds }, disturbedRounds };
  } finally {
    await Promise.all([agents.close(), stores.close()]);
  }
}

export function printAgents({ agents, figures, kinds }: AgentsResult): void {
  console.log(`${agents} agents, one replica of Auth API:`);
  console.table(figures);
  console.log('keys in Redis after the refresh, and the mean bytes of one with its value:');
  console.table(kinds);
}

function sumOf(matches: Iterable<RegExpMatchArray>): number {
  return [...matches].reduce((sum, [, value]) => sum + Number(value), 0);
}
