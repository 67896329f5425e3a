/** Copies the charts with the library inside, as `helm dependency build` makes them, and leaves the sources alone. */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { runHelm } from './helm.ts';
import { chartsFolder, serviceCharts, stateFolder, umbrellaChart } from './places.ts';

export interface AssembledCharts {
  /** Folder of one chart, ready for Helm. */
  folder(chart: string): string;
  remove(): void;
}

/** `edit` changes the copies before one is packed into another. @throws Error with Helm's own words */
export async function assembleCharts(
  edit: (folder: string) => void = () => undefined,
): Promise<AssembledCharts> {
  const parent = path.join(stateFolder, 'helm');
  mkdirSync(parent, { recursive: true });
  const target = mkdtempSync(path.join(parent, 'charts-'));
  cpSync(chartsFolder, target, { recursive: true, filter: (source) => !isBuilt(source) });
  edit(target);
  const build = async (chart: string) => {
    const built = await runHelm(['dependency', 'build', path.join(target, chart)]);
    if (built.exitCode !== 0) throw new Error(`helm dependency build ${chart}: ${built.stderr}`);
  };
  // First the umbrella: it packs the others as they are in a checkout.
  await build(umbrellaChart);
  await Promise.all(serviceCharts.map(build));
  return {
    folder: (chart) => path.join(target, chart),
    remove: () => rmSync(target, { recursive: true, force: true }),
  };
}

function isBuilt(source: string): boolean {
  const [, inside] = path.relative(chartsFolder, source).split(path.sep);
  return inside === 'charts' || inside === 'Chart.lock' || inside === 'node_modules';
}
