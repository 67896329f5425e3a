import { describe, expect, test } from 'vitest';
import { useCharts } from './rendering.ts';

const charts = useCharts();

describe.each(['auth-api', 'auth-ui', 'environment-api'] as const)('two releases of %s', (chart) => {
  test('in one namespace share no object, and a Service of the operator selects the pods of one of them', async () => {
    const [blue, green] = await Promise.all(
      ['blue', 'green'].map((colour) =>
        charts.objects(chart, 'minimal', undefined, { release: `${chart}-${colour}` }),
      ),
    );
    const names = (objects: typeof blue = []) =>
      objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(names(blue).filter((name) => names(green).includes(name))).toEqual([]);
    const labels = green?.find(({ kind }) => kind === 'Deployment')?.['spec'].template.metadata.labels;
    expect(labels).toMatchObject({
      'app.kubernetes.io/name': chart,
      'app.kubernetes.io/instance': `${chart}-green`,
      'app.kubernetes.io/component': 'server',
    });
  });
});
