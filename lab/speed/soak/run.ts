/** `npm run soak -- trio`: keeps the three services under a steady load, and prints what became of their memory, handles and delays. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BenchStack, type ServiceName, startBenchStack } from '../bench-stack.ts';
import { pin, serverCore } from '../machine.ts';
import { rowOf } from './figures.ts';
import { observe, type Plan } from './observe.ts';
import { measureStart, type StartFigures } from './starts.ts';

/** An hour; ten minutes (`SOAK_SECONDS=600`) are the short form. */
const seconds = Number(process.env['SOAK_SECONDS'] ?? 3_600);
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-soak-'));
const plan: Plan = { seconds, sampleSeconds: seconds / 36, people: 1_000, folder };

// Every process of the stack inherits them.
const probe = fileURLToPath(new URL('probe.mjs', import.meta.url));
process.env['NODE_OPTIONS'] = `${process.env['NODE_OPTIONS'] ?? ''} --import=${probe}`;
process.env['GATEHOUSE_BENCH_PROBE_FOLDER'] = folder;
process.env['GATEHOUSE_BENCH_PROBE_EVERY_MS'] = String(plan.sampleSeconds * 1_000);

try {
  const stack = await startBenchStack(0, { agents: plan.people });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void stack.stop().finally(() => process.exit(130)));
  try {
    process.exitCode = await soak(stack);
  } finally {
    await stack.stop();
  }
} finally {
  rmSync(folder, { recursive: true });
}

async function soak(stack: BenchStack): Promise<number> {
  const names: readonly ServiceName[] = ['auth-api', 'auth-ui', 'environment-api'];
  pin(stack.services['environment-api'].pid, serverCore);
  const starts = new Map<ServiceName, StartFigures>();
  for (const name of names) starts.set(name, await measureStart(stack, name));
  console.log(`${seconds} s under load …`);
  const run = await observe(stack, plan);
  const observed = names.map((service) => ({
    service,
    start: starts.get(service) as StartFigures,
    ...run.of(service),
  }));
  const rows = observed.map(rowOf);
  console.table(rows);
  for (const [failure, count] of observed.flatMap(({ failures }) => [...failures]))
    console.log(`${count} × ${failure}`);
  console.log(`Other processes took ${Math.round(100 * run.foreignShare)} % of a core meanwhile.`);
  return rows.every((row) => row['must not be'] === 'none') ? 0 : 1;
}
