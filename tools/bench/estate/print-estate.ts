/** The figures of the estate for people. */
import { type EstateResult, estateAim, propagationMustMs } from './measure-estate.ts';

export function printEstate({ sizes, propagation }: EstateResult): void {
  const [small] = sizes;
  console.table(
    sizes.flatMap(({ contactCenters, rows }) =>
      Object.entries(rows).map(([row, figures]) => ({
        'contact centres': contactCenters,
        row,
        'per second': figures.perSecond,
        'p50 ms': figures.p50Ms,
        'p99 ms': figures.p99Ms,
        'p99 grew by': round2(figures.p99Ms / (small?.rows[row]?.p99Ms ?? Number.NaN)),
      })),
    ),
  );
  console.table(
    sizes.map(
      ({ contactCenters, floorPerSecond, ratioToFloor, cpuUs, floorCpuUs, export: exported, rssMiB }) => ({
        'contact centres': contactCenters,
        'floor per second': floorPerSecond,
        'single read of floor': ratioToFloor,
        aim: estateAim,
        'CPU us': cpuUs,
        'floor CPU us': floorCpuUs,
        'export JSON ms': exported.json.tookMs,
        'export YAML ms': exported.yaml.tookMs,
        'YAML MiB': exported.yaml.mebibytes,
        'RSS MiB': rssMiB,
      }),
    ),
  );
  const { changes, replicas, p50Ms, p99Ms, maxMs } = propagation;
  console.log(
    `${changes} changes reached ${replicas} replicas of Auth API: p50 ${p50Ms} ms, p99 ${p99Ms} ms (must ${propagationMustMs}), at most ${maxMs} ms after the answer to the write`,
  );
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
