/** `npm run soak -- trio`: keeps the three services under a steady load, and prints what became of their memory, handles and delays. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ServiceName, serviceNames } from '../../../tools/stack/services.ts';
import { experiment } from '../../harness/experiment.ts';
import { type BenchStack, startBenchStack } from '../bench-stack.ts';
import { pin, serverCore } from '../machine.ts';
import { rowOf } from './figures.ts';
import { observe, type Plan } from './observe.ts';
import { measureStart, type StartFigures } from './starts.ts';

/** An hour; ten minutes (`SOAK_SECONDS=600`) are the short form. */
const seconds = Number(process.env['SOAK_SECONDS'] ?? 3_600);

export const trio = experiment({
  usage: 'Usage: SOAK_SECONDS=3600 npm run soak -- trio\n',
  options: {},
  async run(_values, closers) {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-soak-'));
    closers.defer(() => rmSync(folder, { recursive: true }));
    const plan: Plan = { seconds, sampleSeconds: seconds / 36, people: 1_000, folder };
    // Every process of the stack inherits them.
    const probe = fileURLToPath(new URL('probe.mjs', import.meta.url));
    process.env['NODE_OPTIONS'] = `${process.env['NODE_OPTIONS'] ?? ''} --import=${probe}`;
    process.env['GATEHOUSE_BENCH_PROBE_FOLDER'] = folder;
    process.env['GATEHOUSE_BENCH_PROBE_EVERY_MS'] = String(plan.sampleSeconds * 1_000);
    const stack = await startBenchStack(0, plan.people);
    closers.defer(() => stack.stop());
    return soak(stack, plan);
  },
});

async function soak(stack: BenchStack, plan: Plan): Promise<boolean> {
  pin(stack.services['environment-api'].pid, serverCore);
  const starts = new Map<ServiceName, StartFigures>();
  for (const name of serviceNames) starts.set(name, await measureStart(stack, name));
  console.log(`${seconds} s under load …`);
  const run = await observe(stack, plan);
  const observed = serviceNames.map((service) => ({
    service,
    start: starts.get(service) as StartFigures,
    ...run.of(service),
  }));
  const rows = observed.map(rowOf);
  console.table(rows);
  for (const [failure, count] of observed.flatMap(({ failures }) => [...failures]))
    console.log(`${count} × ${failure}`);
  console.log(`Other processes took ${Math.round(100 * run.foreignShare)} % of a core meanwhile.`);
  return rows.every((row) => row['must not be'] === 'none');
}
