import { describe, expect, test } from 'vitest';
import { ciCases } from '../../tools/helm/ci-values.ts';
import { runHelm } from '../../tools/helm/helm.ts';
import { serviceCharts } from '../../tools/helm/places.ts';
import { validateObject } from '../../tools/helm/validate.ts';
import { only, prometheus, useCharts } from './rendering.ts';

const charts = useCharts();

describe.each(ciCases)('$chart with the values $name', ({ chart, name, file }) => {
  test('passes helm lint --strict', async () => {
    const result = await runHelm(['lint', '--strict', charts.folder(chart), '--values', file]);
    expect(result).toMatchObject({ exitCode: 0 });
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
