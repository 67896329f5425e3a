import { describe, expect, test } from 'vitest';
import { ciCases } from '../../tools/charts/ci-values.ts';
import { serviceCharts } from '../../tools/charts/places.ts';
import { renderManifest } from '../../tools/charts/render.ts';
import { loadAsService, secretVariables } from '../../tools/charts/service-view.ts';
import { only, useCharts } from './rendering.ts';

const charts = useCharts();

describe.each(serviceCharts)('secrets of %s', (chart) => {
  test('without a Secret the chart refuses to render and says what to set', async () => {
    await expect(charts.objects(chart, 'minimal', { secrets: { existingSecret: '' } })).rejects.toThrow(
      'secrets.existingSecret is missing',
    );
  });

  test('a demo without one of its secrets is refused by name', async () => {
    const values = { secrets: { values: { serviceClientSecret: '' } } };
    await expect(charts.objects(chart, 'full', values)).rejects.toThrow('secrets.values.serviceClientSecret');
  });

  test('by default the chart makes no Secret', async () => {
    const objects = await charts.objects(chart, 'minimal');
    expect(objects.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });

  test('threats 75: a secret stands in Secrets only, never in a ConfigMap or a variable', async () => {
    const objects = await charts.objects(chart, 'full');
    const made = objects.filter(({ kind }) => kind === 'Secret');
    const values = made.flatMap(({ stringData }) => Object.values(stringData as Record<string, string>));
    expect(values.length).toBeGreaterThan(0);
    const others = JSON.stringify(objects.filter(({ kind }) => kind !== 'Secret'));
    expect(values.filter((value) => others.includes(value))).toEqual([]);
    const [container] = only(objects, 'Deployment')['spec'].template.spec.containers;
    for (const variable of await secretVariables(chart)) {
      expect(container.env.map(({ name }: { name: string }) => name)).not.toContain(variable);
    }
  });

  test('every secret setting of the service can be given by the chart', async () => {
    const variablesOf = async (name: 'full' | 'existing-secret') => {
      const { spec } = only(await charts.objects(chart, name), 'Deployment')['spec'].template;
      return spec.containers[0].env.map((variable: { name: string }) => variable.name.replace(/_FILE$/, ''));
    };
    // A user of Elasticsearch in the one, its API key in the other: they exclude each other.
    const given: string[] = [...(await variablesOf('full')), ...(await variablesOf('existing-secret'))];
    // The connection string holds what host, user name and password say one by one.
    const needed = (await secretVariables(chart)).filter((name) => name !== 'GATEHOUSE_POSTGRES_URL');
    expect(needed.filter((name) => !given.includes(name))).toEqual([]);
  });
});

describe.each(ciCases)('$chart with the values $name', ({ chart, name }) => {
  test('the service starts with the files and variables of its pod', async () => {
    const objects = await charts.objects(chart, name as 'full');
    const { spec } = only(objects, 'Deployment')['spec'].template;
    const config = await loadAsService(chart, spec, objects);
    expect(config).toMatchObject({ http: { port: 8080, managementPort: 8081, host: '0.0.0.0' } });
  });
});

describe.each(['auth-api', 'environment-api'] as const)('passwords of %s', (chart) => {
  test('may stand in the Secret of whoever owns the database or the Redis', async () => {
    const { volumes } = only(await charts.objects(chart, 'existing-secret'), 'Deployment')['spec'].template
      .spec;
    const { sources } = volumes.find(({ name }: { name: string }) => name === 'secrets').projected;
    const files = Object.fromEntries(
      sources.flatMap(({ secret }: { secret: { name: string; items: { key: string; path: string }[] } }) =>
        secret.items.map(({ key, path }) => [path, `${secret.name}/${key}`]),
      ),
    );
    expect(files).toMatchObject({
      opsPassword: 'gatehouse/ops',
      encryptionKeys: 'gatehouse/keys',
      serviceClientSecret: 'gatehouse/client',
      postgresPassword: 'postgres-app/pgpass',
      redisPassword: 'redis-users/gatehouse',
    });
  });

  test('a Redis without a password: an empty key name leaves the setting out', async () => {
    const values = { secrets: { keys: { redisPassword: '' } } };
    const manifest = await renderManifest(charts.folder(chart), {
      valuesFiles: [ciCases.find((ci) => ci.chart === chart && ci.name === 'minimal')?.file ?? ''],
      values,
    });
    expect(manifest).not.toContain('GATEHOUSE_REDIS_PASSWORD');
    expect(manifest).toContain('GATEHOUSE_POSTGRES_PASSWORD_FILE');
  });

  test('the database and Redis have no default host: a pod has neither beside it', async () => {
    await expect(charts.objects(chart, 'minimal', { postgres: { host: '' } })).rejects.toThrow(
      'postgres.host is missing',
    );
    await expect(charts.objects(chart, 'minimal', { redis: { url: '' } })).rejects.toThrow(
      'redis.url is missing',
    );
  });
});
