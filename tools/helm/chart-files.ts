/** The files of a chart that are made from others: its schema and its README. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { serviceConfiguration } from './configuration-shape.ts';
import { chartsFolder, type ServiceChart } from './places.ts';
import { type ChartManifest, chartReadme } from './readme.ts';
import { readValuesDocument, type ValuesKey } from './values-document.ts';
import { buildValuesSchema } from './values-schema.ts';

export interface GeneratedFile {
  path: string;
  content: string;
}

export function readValues(chart: ServiceChart): ValuesKey[] {
  return readValuesDocument(readFileSync(path.join(chartsFolder, chart, 'values.yaml'), 'utf8'));
}

export async function generateChartFiles(chart: ServiceChart): Promise<GeneratedFile[]> {
  const folder = path.join(chartsFolder, chart);
  const manifest = parse(readFileSync(path.join(folder, 'Chart.yaml'), 'utf8')) as ChartManifest;
  const keys = readValues(chart);
  const schema = buildValuesSchema(`Values of ${chart}`, keys, await serviceConfiguration(chart));
  return [
    { path: path.join(folder, 'values.schema.json'), content: `${JSON.stringify(schema, null, 2)}\n` },
    { path: path.join(folder, 'README.md'), content: chartReadme(manifest, keys) },
  ];
}
