/** Pages beside bare Fastify and Eta: how many a second, and what one costs Auth UI in CPU time. */
import { fileURLToPath } from 'node:url';
import { type BenchStack, end, start } from '../bench-stack.ts';
import { fire } from '../load.ts';
import { pin, serverCore } from '../machine.ts';
import type { MeasureOptions } from '../measure.ts';
import { disturbedIn, medianOf, rounded, type Sample, sampled } from '../samples.ts';
import { consoleList, type PagePlan, signInPage } from './page-visitors.ts';

export const signInPageRowName = 'sign_in_page';
export const consoleListRowName = 'console_list';

/** What the product aims at, of the bare page. */
const aim = 0.5;

export interface PageResult {
  name: string;
  perSecond: number;
  barePerSecond: number;
  ratioToBare: number;
  /** CPU time of the process for one page; what Auth UI waits for is not in it. */
  cpuUs: number;
  bareCpuUs: number;
  ratioToBareByCpu: number;
  bytes: number;
  bareBytes: number;
}

export const measureSignInPage = measureOf(signInPageRowName, '/form', signInPage);
export const measureConsoleList = measureOf(consoleListRowName, '/list', consoleList);

function measureOf(name: string, barePath: string, planOf: (stack: BenchStack) => Promise<PagePlan>) {
  return async (stack: BenchStack, options: MeasureOptions) => {
    const floor = await start([fileURLToPath(new URL('page-floor-server.ts', import.meta.url))]);
    try {
      const floorPid = floor.process.pid ?? 0;
      pin(floorPid, serverCore);
      const pages = {
        product: { ...(await planOf(stack)), pid: stack.services['auth-ui'].pid },
        bare: { url: `${floor.line}${barePath}`, headers: {}, pid: floorPid },
      };
      const samples = { product: [] as Sample<Round>[], bare: [] as Sample<Round>[] };
      const pids = [...stack.pids, floorPid, process.pid];
      for (const { url, headers } of Object.values(pages))
        await fire({ url, headers }, { ...options, seconds: Math.min(2, options.seconds) });
      for (let round = 0; round < options.rounds; round += 1)
        for (const kind of ['bare', 'product'] as const) {
          const { url, headers, pid } = pages[kind];
          samples[kind].push(await sampled(pids, () => fire({ url, headers }, options), [pid]));
        }
      const product = figuresOf(samples.product, options);
      const bare = figuresOf(samples.bare, options);
      const result: PageResult = {
        name,
        perSecond: product.perSecond,
        barePerSecond: bare.perSecond,
        ratioToBare: rounded(product.perSecond / bare.perSecond),
        cpuUs: product.cpuUs,
        bareCpuUs: bare.cpuUs,
        ratioToBareByCpu: rounded(bare.cpuUs / product.cpuUs),
        bytes: await bytesOf(pages.product),
        bareBytes: await bytesOf(pages.bare),
      };
      return { result, disturbedRounds: disturbedIn([...samples.product, ...samples.bare]) };
    } finally {
      await end(floor.process);
    }
  };
}

type Round = Awaited<ReturnType<typeof fire>>;

function figuresOf(rounds: readonly Sample<Round>[], { seconds }: MeasureOptions) {
  const { perSecond, cpuSeconds } = medianOf(rounds, (round) => round.perSecond);
  return {
    perSecond: Math.round(perSecond),
    cpuUs: Math.round((cpuSeconds * 1e6) / (perSecond * seconds)),
  };
}

async function bytesOf({ url, headers }: PagePlan): Promise<number> {
  return (await (await fetch(url, { headers })).arrayBuffer()).byteLength;
}

export function printPage({ name, ...figures }: PageResult): void {
  console.table([{ row: name, aim, ...figures }]);
}
