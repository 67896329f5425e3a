/** The files of a chart that are made from others: its schema and its README. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { serviceConfiguration } from './configuration-shape.ts';
import { chartsFolder, type ServiceChart, serviceCharts } from './places.ts';
import { type ChartManifest, chartReadme } from './readme.ts';
import { readValuesDocument, type ValuesKey } from './values-document.ts';
import { buildValuesSchema } from './values-schema.ts';

/** Each with its path from the root of the repository and how it is made. */
export const chartFiles = serviceCharts.flatMap((chart) => [
  { path: `charts/${chart}/values.schema.json`, produce: () => valuesSchema(chart) },
  {
    path: `charts/${chart}/README.md`,
    produce: async () => chartReadme(readManifest(chart), readValues(chart)),
  },
]);

export function readValues(chart: ServiceChart): ValuesKey[] {
  return readValuesDocument(readFileSync(path.join(chartsFolder, chart, 'values.yaml'), 'utf8'));
}

export async function valuesSchema(chart: ServiceChart): Promise<string> {
  const schema = buildValuesSchema(
    `Values of ${chart}`,
    readValues(chart),
    await serviceConfiguration(chart),
  );
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function readManifest(chart: ServiceChart): ChartManifest {
  return parse(readFileSync(path.join(chartsFolder, chart, 'Chart.yaml'), 'utf8')) as ChartManifest;
}
