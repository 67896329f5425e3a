/** Pages beside the same pages by bare Fastify and Eta: how many a second, and what one costs Auth UI in CPU time. */
import { fileURLToPath } from 'node:url';
import { type BenchStack, end, start } from '../bench-stack.ts';
import { fire } from '../load.ts';
import { pin, serverCore } from '../machine.ts';
import type { MeasureOptions } from '../measure.ts';
import { disturbedIn, medianOf, rounded, type Sample, sampled } from '../samples.ts';
import { consoleList, type PagePlan, signInPage } from './page-visitors.ts';

export const signInPageRowName = 'sign_in_page';
export const consoleListRowName = 'console_list';

/** What the product aims at, of the CPU time of the bare page that asks another service too. */
const aim = 0.5;

interface PageFigures {
  perSecond: number;
  /** Of the process that renders; what it waits for is not in it. */
  cpuUs: number;
  bytes: number;
}

export interface PageResult {
  name: string;
  product: PageFigures;
  /** Has what it shows in memory. */
  bare: PageFigures;
  /** Asks another service for it. */
  bareAsking: PageFigures;
  ratioToBare: number;
  ratioToBareAsking: number;
}

export const measureSignInPage = measureOf(signInPageRowName, signInPage);
export const measureConsoleList = measureOf(consoleListRowName, consoleList);

const floorProgram = fileURLToPath(new URL('page-floor-server.ts', import.meta.url));

function measureOf(name: string, planOf: (stack: BenchStack) => Promise<PagePlan>) {
  return async (stack: BenchStack, options: MeasureOptions) => {
    const plan = await planOf(stack);
    const other = await start([floorProgram, JSON.stringify(plan)]);
    const floor = await start([floorProgram, JSON.stringify(plan), other.line]);
    try {
      const [otherPid = 0, floorPid = 0] = [other.process.pid, floor.process.pid];
      for (const pid of [otherPid, floorPid]) pin(pid, serverCore);
      const pages = {
        bare: { url: `${floor.line}/held`, headers: {}, pid: floorPid },
        bareAsking: { url: `${floor.line}/asked`, headers: {}, pid: floorPid },
        product: { ...plan, pid: stack.services['auth-ui'].pid },
      };
      const samples = { bare: [], bareAsking: [], product: [] } as Record<
        keyof typeof pages,
        Sample<Round>[]
      >;
      const pids = [...stack.pids, otherPid, floorPid, process.pid];
      for (const { url, headers } of Object.values(pages))
        await fire({ url, headers }, { ...options, seconds: Math.min(2, options.seconds) });
      for (let round = 0; round < options.rounds; round += 1)
        for (const kind of Object.keys(pages) as (keyof typeof pages)[]) {
          const { url, headers, pid } = pages[kind];
          samples[kind].push(await sampled(pids, () => fire({ url, headers }, options), [pid]));
        }
      const figures = async (kind: keyof typeof pages) => ({
        ...speedOf(samples[kind], options),
        bytes: await bytesOf(pages[kind]),
      });
      const [product, bare, bareAsking] = [
        await figures('product'),
        await figures('bare'),
        await figures('bareAsking'),
      ];
      const result: PageResult = {
        name,
        product,
        bare,
        bareAsking,
        ratioToBare: rounded(bare.cpuUs / product.cpuUs),
        ratioToBareAsking: rounded(bareAsking.cpuUs / product.cpuUs),
      };
      return { result, disturbedRounds: disturbedIn(Object.values(samples).flat()) };
    } finally {
      await Promise.all([end(floor.process), end(other.process)]);
    }
  };
}

type Round = Awaited<ReturnType<typeof fire>>;

function speedOf(rounds: readonly Sample<Round>[], { seconds }: MeasureOptions) {
  const { perSecond, cpuSeconds } = medianOf(rounds, (round) => round.perSecond);
  return {
    perSecond: Math.round(perSecond),
    cpuUs: Math.round((cpuSeconds * 1e6) / (perSecond * seconds)),
  };
}

async function bytesOf({ url, headers }: PagePlan): Promise<number> {
  return (await (await fetch(url, { headers })).arrayBuffer()).byteLength;
}

export function printPage({ name, product, bare, bareAsking, ...ratios }: PageResult): void {
  console.log(name);
  console.table({ product, 'bare page': bare, 'bare page that asks': bareAsking });
  console.table([{ aim, ...ratios }]);
}
