/** The value files of a chart's ci folder: each must install, and together they use every key. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { chartsFolder, type ServiceChart, serviceCharts } from './places.ts';

export interface CiCase {
  chart: ServiceChart;
  /** File name without its ending. */
  name: string;
  file: string;
}

export const ciCases: readonly CiCase[] = serviceCharts.flatMap((chart) =>
  readdirSync(path.join(chartsFolder, chart, 'ci')).map((file) => ({
    chart,
    name: path.parse(file).name,
    file: path.join(chartsFolder, chart, 'ci', file),
  })),
);

export function ciFile(chart: ServiceChart, name: string): string {
  return path.join(chartsFolder, chart, 'ci', `${name}.yaml`);
}

export function readYaml(file: string): Record<string, unknown> {
  return parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
}
