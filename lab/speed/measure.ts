/** Measures one kind of request beside its floor, the form post and the peer, and prints the ratios. */
import type { BenchStack } from './bench-stack.ts';
import { fire, type LoadOptions, type LoadPlan } from './load.ts';
import { residentMiB } from './machine.ts';
import { type Contestant, inTurns, rounded } from './rounds.ts';
import type { Row } from './rows/row.ts';

export interface MeasureOptions extends LoadOptions {
  rounds: number;
}

export async function measure(row: Row, stack: BenchStack, options: MeasureOptions) {
  const { serverPid, floorPid, peer, pids } = stack;
  const contestant = (pid: number, plan: LoadPlan): Contestant => ({
    pids: [pid],
    run: () => fire(plan, options),
  });
  const [plan, peerPlan] = [await row.plan(stack), await row.peer?.(stack)];
  await fire(plan, { ...options, seconds: Math.min(2, options.seconds) });
  const { figures, disturbedRounds } = await inTurns(
    {
      form: contestant(floorPid, stack.floor('form')),
      floor: contestant(floorPid, stack.floor(row.floor)),
      peer: peerPlan && contestant(peer.pid, peerPlan),
      product: contestant(serverPid, plan),
    },
    options.rounds,
    [...pids, process.pid],
  );
  const { product, floor, form, peer: theirs } = figures;
  return {
    disturbedRounds,
    result: {
      name: row.name,
      perSecond: Math.round(product.perSecond),
      floorPerSecond: Math.round(floor.perSecond),
      ratioToFloor: rounded(product.perSecond / floor.perSecond, 3),
      formPostPerSecond: Math.round(form.perSecond),
      ratioToFormPost: rounded(product.perSecond / form.perSecond, 3),
      p50Ms: product.p50Ms,
      p99Ms: product.p99Ms,
      rssMiB: residentMiB([serverPid]),
      // Where the load signs each request or other servers work on its core, it alone says what Auth API could do.
      cpuUs: rounded(product.cpuUs, 1),
      formPostCpuUs: rounded(form.cpuUs, 1),
      ratioToFormPostByCpu: rounded(form.cpuUs / product.cpuUs, 3),
      peers: {},
      ...(theirs && {
        peers: { 'oidc-provider': Math.round(theirs.perSecond) },
        ratioToPeer: rounded(product.perSecond / theirs.perSecond, 3),
        peerCpuUs: rounded(theirs.cpuUs, 1),
        ratioToPeerByCpu: rounded(theirs.cpuUs / product.cpuUs, 3),
      }),
    },
  };
}

export type RowResult = Awaited<ReturnType<typeof measure>>['result'];

export function printTable(results: readonly RowResult[], rows: readonly Row[]): void {
  const lines = results.map((result) => {
    const row = rows.find(({ name }) => name === result.name) as Row;
    return {
      row: result.name,
      'per second': result.perSecond,
      'of floor': result.ratioToFloor,
      aim: row.aimToFloor,
      'of form post': result.ratioToFormPost,
      'by CPU': result.ratioToFormPostByCpu,
      must: row.mustToFormPost ?? '',
      'p50 ms': result.p50Ms,
      'p99 ms': result.p99Ms,
      'RSS MiB': result.rssMiB,
      'CPU us': result.cpuUs,
      'form post CPU us': result.formPostCpuUs,
      'times the peer': result.ratioToPeer ?? '',
      'peer by CPU': result.ratioToPeerByCpu ?? '',
    };
  });
  console.table(lines);
}
