/** The files of a chart that are made from others: its schema and its README. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { serviceConfiguration } from './configuration-shape.ts';
import type { JsonSchema } from './kubernetes-shapes.ts';
import { chartsFolder, type ServiceChart, serviceCharts, umbrellaChart } from './places.ts';
import { type ChartManifest, chartReadme, umbrellaReadme } from './readme.ts';
import { readValuesDocument, type ValuesKey } from './values-document.ts';
import { buildUmbrellaSchema, buildValuesSchema } from './values-schema.ts';

type Chart = ServiceChart | typeof umbrellaChart;

/** Each with its path from the root of the repository and how it is made. */
export const chartFiles = [
  ...serviceCharts.flatMap((chart) => [
    { path: `charts/${chart}/values.schema.json`, produce: () => valuesSchema(chart) },
    {
      path: `charts/${chart}/README.md`,
      produce: async () => chartReadme(readManifest(chart), readValues(chart)),
    },
  ]),
  { path: `charts/${umbrellaChart}/values.schema.json`, produce: umbrellaSchema },
  {
    path: `charts/${umbrellaChart}/README.md`,
    produce: async () => umbrellaReadme(readManifest(umbrellaChart), readValues(umbrellaChart)),
  },
];

export function readValues(chart: Chart): ValuesKey[] {
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

async function umbrellaSchema(): Promise<string> {
  const service = JSON.parse(await valuesSchema('auth-api')) as JsonSchema;
  const schema = buildUmbrellaSchema('Values of gatehouse', readValues(umbrellaChart), service);
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function readManifest(chart: Chart): ChartManifest {
  return parse(readFileSync(path.join(chartsFolder, chart, 'Chart.yaml'), 'utf8')) as ChartManifest;
}
