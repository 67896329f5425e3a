import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { valuesSchema } from '../../tools/helm/chart-files.ts';
import { repository, type ServiceChart, serviceCharts } from '../../tools/helm/places.ts';
import { renderChart } from '../../tools/helm/render.ts';
import { loadAsService } from '../../tools/helm/service-view.ts';
import { validateObject } from '../../tools/helm/validate.ts';
import { only, useCharts } from './rendering.ts';

const charts = useCharts();
const page = (name: string) => readFileSync(path.join(repository, 'docs', name), 'utf8');

interface Schema {
  properties?: Record<string, Schema>;
  $ref?: string;
  definitions?: Record<string, Schema>;
}

describe.each(serviceCharts)('docs/deployment.md on %s', (chart) => {
  test('its example values install, and the service starts with them', async () => {
    const [, values] =
      new RegExp(`\`${chart}\\.yaml\`\\n\\n\`\`\`yaml\\n([\\s\\S]*?)\`\`\``).exec(page('deployment.md')) ??
      [];
    const file = path.join(charts.folder(chart), 'from-the-docs.yaml');
    writeFileSync(file, values ?? '');
    const objects = await renderChart(charts.folder(chart), { valuesFiles: [file] });
    expect(objects.flatMap(validateObject)).toEqual([]);
    await loadAsService(chart, only(objects, 'Deployment')['spec'].template.spec, objects);
  });
});

describe('keys that the documentation names', () => {
  const mentioned = (text: string) =>
    [...text.matchAll(/`([a-z][A-Za-z]*(?:\.[A-Za-z{},]+)+)`/g)].flatMap(([, key]) =>
      expandBraces(key ?? ''),
    );
  const groups =
    /^(image|global|config|secrets|postgres|redis|consul|elasticsearch|migration|service|ingress|internalIngress|autoscaling|networkPolicy|serviceMonitor|podDisruptionBudget|podSecurityContext|resources|probes)\./;

  test.each(['deployment.md', 'migration.md', 'architecture.md'])(
    'docs/%s: each exists in a chart',
    async (name) => {
      const schemas = await Promise.all(
        serviceCharts.map(async (chart) => JSON.parse(await valuesSchema(chart)) as Schema),
      );
      // The first column of the migration table holds the former names.
      const text = page(name).replaceAll(/^\|[^|]*\|/gm, name === 'migration.md' ? '|' : '$&');
      const keys = mentioned(text).filter((key) => groups.test(key));
      expect(keys.length).toBeGreaterThan(20);
      expect(keys.filter((key) => !schemas.some((schema) => knows(schema, key.split('.'))))).toEqual([]);
    },
  );

  test('docs/deployment.md names every key of the Secret', () => {
    const needed = new Set(serviceCharts.flatMap((chart) => secretKeysOf(chart)));
    for (const key of needed) expect(page('deployment.md')).toContain(`\`${key}\``);
  });
});

function knows(root: Schema, keys: readonly string[]): boolean {
  let node: Schema | undefined = root;
  for (const key of keys) {
    node = node?.properties?.[key];
    const name: string | undefined = node?.$ref?.split('/').at(-1);
    if (name) node = root.definitions?.[name];
  }
  return node !== undefined;
}

function expandBraces(key: string): string[] {
  const [, before, inside] = /^(.*)\{(.*)\}$/.exec(key) ?? [];
  return inside === undefined ? [key] : inside.split(',').map((part) => `${before}${part}`);
}

function secretKeysOf(chart: ServiceChart): string[] {
  const text = readFileSync(path.join(repository, 'charts', chart, 'values.yaml'), 'utf8');
  const [, keys = ''] = /\n {2}keys:\n((?: {4}.*\n)+)/.exec(text) ?? [];
  return [...keys.matchAll(/: (\S+)$/gm)].map(([, key]) => key ?? '').filter((key) => /^[a-z-]+$/.test(key));
}
