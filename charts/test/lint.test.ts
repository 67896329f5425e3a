import { mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ciCases, ciFile, readYaml } from '../../tools/charts/ci-values.ts';
import { runHelm } from '../../tools/charts/helm.ts';
import { repository, serviceCharts } from '../../tools/charts/places.ts';
import { renderChart, renderManifest } from '../../tools/charts/render.ts';
import { validateObject } from '../../tools/charts/validate.ts';
import { versionOf } from '../../tools/generate/versions.ts';
import { only, prometheus, useCharts } from './rendering.ts';

const charts = useCharts();

describe.each(ciCases)('$chart with the values $name', ({ chart, name, file }) => {
  test.each([3, 4] as const)('passes helm lint --strict of Helm %i', async (major) => {
    const result = await runHelm(['lint', '--strict', charts.folder(chart), '--values', file], '', major);
    expect(result).toMatchObject({ exitCode: 0 });
  });

  test('renders the same with Helm 3 and Helm 4', async () => {
    const options = { valuesFiles: [file], apiVersions: [prometheus] };
    const [three, four] = await Promise.all(
      ([3, 4] as const).map((helm) => renderManifest(charts.folder(chart), { ...options, helm })),
    );
    expect(three).toBe(four);
  });

  test('renders only objects that Kubernetes knows, field by field', async () => {
    const objects = await charts.objects(chart, name as 'full', undefined, { apiVersions: [prometheus] });
    expect(objects.flatMap(validateObject)).toEqual([]);
    expect(objects.map((object) => object.metadata.namespace ?? 'gatehouse')).not.toContain('default');
  });
});

describe.each(serviceCharts)('%s', (chart) => {
  test('ships as an archive with the library inside', async () => {
    const shown = await runHelm(['show', 'chart', charts.folder(chart)]);
    expect(shown.stdout).toContain('name: common');
    const listed = await runHelm(['dependency', 'list', charts.folder(chart)]);
    expect(listed.stdout).toMatch(/common\s+\S+\s+file:\/\/\.\.\/common\s+ok/);
  });

  test('a part of a larger chart keeps its schema: Helm adds common and global by itself', async () => {
    const objects = await charts.objects(chart, 'minimal', { common: {}, global: { anything: true } });
    expect(objects.length).toBeGreaterThan(5);
  });
});

test("the three are parts of one larger chart: the library and the names do not get in each other's way", async () => {
  const umbrella = mkdtempSync(path.join(path.dirname(charts.folder('auth-ui')), 'gatehouse-'));
  const dependencies = serviceCharts.map((name) => ({
    name,
    version: versionOf(repository),
    repository: `file://../${name}`,
  }));
  const manifest = { apiVersion: 'v2', name: 'gatehouse', version: '1.0.0', dependencies };
  writeFileSync(path.join(umbrella, 'Chart.yaml'), JSON.stringify(manifest));
  const values = Object.fromEntries(
    serviceCharts.map((chart) => [chart, readYaml(ciFile(chart, 'minimal'))]),
  );
  expect(await runHelm(['dependency', 'build', umbrella])).toMatchObject({ exitCode: 0 });
  const objects = await renderChart(umbrella, {
    release: 'live',
    values: { ...values, global: { imageRegistry: 'mirror.example.com' } },
  });
  const deployments = objects.filter(({ kind }) => kind === 'Deployment');
  expect(deployments.map(({ metadata }) => metadata.name).sort()).toEqual([
    'live-auth-api',
    'live-auth-ui',
    'live-environment-api',
  ]);
  for (const { spec } of deployments) {
    expect(spec.template.spec.containers[0].image).toMatch(/^mirror\.example\.com\/gatehouse\//);
  }
  const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  expect(new Set(names).size).toBe(names.length);
});

describe('the validator', () => {
  test('reports a misspelt field of a rendered object', async () => {
    const deployment = only(await charts.objects('auth-api', 'minimal'), 'Deployment');
    deployment['spec'].template.spec.containers[0].resources.limit = { memory: '1Gi' };
    deployment['spec'].replica = 3;
    expect(validateObject(deployment).join('\n')).toMatch(
      /resources\.limit is not a field[\s\S]*spec\.replica is not a field/,
    );
  });

  test('reports a wrong type', async () => {
    const deployment = only(await charts.objects('auth-api', 'minimal'), 'Deployment');
    deployment['spec'].replicas = 'two';
    expect(validateObject(deployment)).toEqual([expect.stringContaining('spec/replicas')]);
  });

  test('reports a kind it has no schema for, so that nothing passes unseen', () => {
    const object = { apiVersion: 'v2', kind: 'Wish', metadata: { name: 'one' } };
    expect(validateObject(object)).toEqual([expect.stringContaining('v2 Wish')]);
  });
});
