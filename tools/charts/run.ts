/**
 * Commands for the charts: `lint`, `render CHART [VALUES…]`, `package FOLDER`, `path`.
 * Run with `node --conditions=source tools/charts/run.ts COMMAND`.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { type AssembledCharts, assembleCharts } from './assemble.ts';
import { helmBinary, runHelm } from './helm.ts';
import { serviceCharts, umbrellaChart } from './places.ts';
import { renderChart, renderManifest } from './render.ts';
import { validateObject } from './validate.ts';

const commands: Readonly<Record<string, (args: string[]) => Promise<number>>> = {
  lint: () => withCharts(lint),
  render: ([chart = '', ...files]) => withCharts((charts) => render(charts, chart, files)),
  package: ([folder = '']) => withCharts((charts) => packageCharts(charts, folder)),
  path: async () => {
    console.log(helmBinary());
    return 0;
  },
};

const [name = '', ...args] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (command) {
  process.exitCode = await command(args);
} else {
  console.error(`Commands: ${Object.keys(commands).join(', ')}`);
  process.exitCode = 64;
}

/** Lints and validates every chart with every file of its ci folder. */
async function lint(charts: AssembledCharts): Promise<number> {
  let problems = 0;
  for (const chart of [...serviceCharts, umbrellaChart]) {
    const folder = charts.folder(chart);
    for (const file of readdirSync(path.join(folder, 'ci'))) {
      const valuesFile = path.join(folder, 'ci', file);
      const linted = await runHelm(['lint', '--strict', folder, '--values', valuesFile]);
      const objects = await renderChart(folder, { valuesFiles: [valuesFile] });
      const found = objects.flatMap(validateObject);
      if (linted.exitCode !== 0) found.push(linted.stdout + linted.stderr);
      problems += found.length;
      console.log(
        `${chart} ci/${file}: ${found.length === 0 ? `${objects.length} objects, no problem` : found.join('\n')}`,
      );
    }
  }
  return problems > 0 ? 1 : 0;
}

async function render(charts: AssembledCharts, chart: string, files: readonly string[]): Promise<number> {
  const valuesFiles = files.map((file) => path.resolve(file));
  console.log(await renderManifest(charts.folder(chart), { valuesFiles }));
  return 0;
}

/** Archives with the library inside: what an installer needs when it has no checkout. */
async function packageCharts(charts: AssembledCharts, folder: string): Promise<number> {
  for (const chart of [...serviceCharts, umbrellaChart]) {
    const result = await runHelm(['package', charts.folder(chart), '--destination', path.resolve(folder)]);
    console.log((result.stdout + result.stderr).trim());
    if (result.exitCode !== 0) return 1;
  }
  return 0;
}

async function withCharts(work: (charts: AssembledCharts) => Promise<number>): Promise<number> {
  const charts = await assembleCharts();
  try {
    return await work(charts);
  } finally {
    charts.remove();
  }
}
