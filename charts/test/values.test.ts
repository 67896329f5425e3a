import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { chartFiles, readValues, valuesSchema } from '../../tools/charts/chart-files.ts';
import { ciFile } from '../../tools/charts/ci-values.ts';
import { findDeadValues } from '../../tools/charts/dead-values.ts';
import { repository, type ServiceChart, serviceCharts } from '../../tools/charts/places.ts';
import { prometheus, useCharts } from './rendering.ts';

const charts = useCharts();

const addressesOf: Record<ServiceChart, [string, string | string[]][]> = {
  'auth-api': [
    ['config.publicUrl', 'login.example.com'],
    ['redis.url', 'redis.databases.svc:6380'],
    ['elasticsearch.nodes', ['https://elasticsearch-1.example:9200', 'elasticsearch-2.example:9200']],
  ],
  'auth-ui': [['config.publicUrl', 'login.example.com:443']],
  'environment-api': [
    ['config.authApi.url', 'auth-api'],
    ['redis.url', 'redis.databases.svc'],
    ['elasticsearch.nodes', ['elasticsearch.example:9200']],
  ],
};

const refusalOf = (chart: ServiceChart, values: object): Promise<string> =>
  charts.objects(chart, 'minimal', values).then(
    () => 'accepted',
    (error: Error) => error.message,
  );

test.each(chartFiles)('$path is up to date', async (file) => {
  const current = readFileSync(path.join(repository, file.path), 'utf8');
  expect(current === (await file.produce()), 'run npm run generate').toBe(true);
});

describe.each(serviceCharts)('values of %s', (chart) => {
  test('every key has a comment', () => {
    const silent = readValues(chart).filter(({ comment }) => comment === '');
    expect(silent.map(({ path }) => path.join('.'))).toEqual([]);
  });

  test('every key is used by a template', async () => {
    const keys = readValues(chart);
    const unused = {
      path: ['unused'],
      default: 'never read',
      comment: '',
      isGroup: false,
      isOptional: false,
    };
    const scenarios = ['full', 'existing-secret', 'minimal', 'global'].map((name) => ciFile(chart, name));
    const dead = await findDeadValues(charts.folder(chart), [...keys, unused], scenarios, [prometheus]);
    expect(dead).toEqual(['unused']);
  });

  test('the schema is closed everywhere except where Kubernetes checks by itself, and refers to nothing outside', async () => {
    const open: string[] = [];
    visit(JSON.parse(await valuesSchema(chart)), '', (node, at) => {
      expect(node['$ref'] ?? '#/').toMatch(/^#\//);
      if (node['type'] === 'object' && node['additionalProperties'] === undefined) open.push(at);
    });
    const known =
      /\.(common|global|nodeAffinity|podAffinity|podAntiAffinity)$|(extraMetrics|extraVolumes|extraObjects)\b/;
    expect(open.filter((at) => !known.test(at))).toEqual([]);
  });

  test('misspelt keys are refused by name, at every depth', async () => {
    const misspelt = {
      replicaCounts: 3,
      image: { repositry: 'x' },
      config: { http: { drainDelay: 5 } },
      secrets: { keys: { opsPasword: 'x' } },
      resources: { limit: { memory: '1Gi' } },
      networkPolicy: { ingress: { http: [{ nameSpaceSelector: {} }] } },
      serviceMonitor: { intervall: '1s' },
      podDisruptionBudget: { minAvailabel: 1 },
      topologySpreadConstraints: [{ maxSkew: 1, topologykey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }],
    };
    const refusal = await refusalOf(chart, misspelt);
    const names =
      /replicaCounts|repositry|drainDelay|opsPasword|limit|nameSpaceSelector|intervall|minAvailabel|topologykey/g;
    expect(new Set(refusal.match(names)).size).toBe(9);
  });

  test('values that cannot be right are refused by path', async () => {
    const wrong = {
      replicaCount: 'two',
      service: { port: 70_000 },
      image: { pullPolicy: 'Sometimes' },
      config: { log: { level: 'loud' } },
      resources: { limits: { memory: '512 megabytes' } },
    };
    // Helm 4 writes a path with slashes, Helm 3 with dots.
    const refusal = (await refusalOf(chart, wrong)).replaceAll('/', '.');
    for (const at of [
      'replicaCount',
      'service.port',
      'image.pullPolicy',
      'config.log.level',
      'resources.limits.memory',
    ]) {
      expect(refusal).toContain(at);
    }
  });

  test.each(addressesOf[chart])('an address without its scheme is refused: %s', async (name, address) => {
    const values = name.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), address);
    const refusal = (await refusalOf(chart, values as object)).replaceAll('/', '.');
    expect(refusal).toContain(name);
    expect(refusal).toMatch(/match pattern '\^\(https\|http\):\.\.|match pattern '\^\(rediss\|redis\):\.\./);
  });

  test('the listening addresses belong to the chart: config.http.port is refused', async () => {
    await expect(charts.objects(chart, 'minimal', { config: { http: { port: 9000 } } })).rejects.toThrow(
      'port',
    );
  });
});

function visit(node: unknown, at: string, see: (node: Record<string, unknown>, at: string) => void): void {
  if (typeof node !== 'object' || node === null) return;
  if (!Array.isArray(node)) see(node as Record<string, unknown>, at);
  for (const [key, child] of Object.entries(node)) visit(child, `${at}.${key}`, see);
}
