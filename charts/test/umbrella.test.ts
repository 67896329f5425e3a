/** The chart of the whole installation: what it says once reaches every service, and each service stays what it is alone. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readValues } from '../../tools/charts/chart-files.ts';
import { readYaml } from '../../tools/charts/ci-values.ts';
import { runHelm } from '../../tools/charts/helm.ts';
import { chartsFolder, type ServiceChart, serviceCharts, umbrellaChart } from '../../tools/charts/places.ts';
import { type KubernetesObject, renderChart, renderManifest } from '../../tools/charts/render.ts';
import { loadAsService } from '../../tools/charts/service-view.ts';
import { validateObject } from '../../tools/charts/validate.ts';
import { only, useCharts } from './rendering.ts';

const charts = useCharts();
const ciFile = (name: string) => path.join(chartsFolder, umbrellaChart, 'ci', name);
const minimal = ciFile('minimal.yaml');

const render = (values?: object, options: object = {}) =>
  renderChart(charts.folder(umbrellaChart), {
    valuesFiles: [minimal],
    ...(values && { values }),
    ...options,
  });

const refusalOf = (values: object) =>
  render(values).then(
    () => 'accepted',
    (error: Error) => error.message.replaceAll('/', '.'),
  );

const podOf = (objects: KubernetesObject[], chart: ServiceChart) =>
  only(objects, 'Deployment', chart)['spec'].template.spec;

const configOf = (objects: KubernetesObject[], chart: ServiceChart) =>
  loadAsService(chart, podOf(objects, chart), objects);

describe.each(readdirSync(path.join(chartsFolder, umbrellaChart, 'ci')))('with the values %s', (name) => {
  const valuesFiles = [ciFile(name)];

  test.each([3, 4] as const)('Helm %i finds nothing to complain of', async (major) => {
    const folder = charts.folder(umbrellaChart);
    const args = ['lint', '--strict', folder, '--values', ciFile(name)];
    expect(await runHelm(args, '', major)).toMatchObject({ exitCode: 0 });
  });

  test('Helm 3 and Helm 4 render the same objects, which Kubernetes knows field by field', async () => {
    const [three, four] = await Promise.all(
      ([3, 4] as const).map((helm) => renderManifest(charts.folder(umbrellaChart), { valuesFiles, helm })),
    );
    // An evaluation makes its secrets anew at each rendering.
    const known = (manifest = '') => manifest.replace(/^ {2}[-a-z.]+: \S{24,}$/gm, '');
    expect(known(three)).toBe(known(four));
    const objects = await renderChart(charts.folder(umbrellaChart), { valuesFiles });
    expect(objects.flatMap(validateObject)).toEqual([]);
    const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  test.each(serviceCharts)('%s starts with the files and variables of its pod', async (chart) => {
    const objects = await renderChart(charts.folder(umbrellaChart), { valuesFiles });
    expect(await configOf(objects, chart)).toMatchObject({ http: { port: 8080 } });
  });
});

test('needs one `helm dependency build` and no network', () => {
  const built = readdirSync(path.join(charts.folder(umbrellaChart), 'charts'));
  expect(built.map((file) => file.replace(/-[\d.]+\.tgz$/, '')).sort()).toEqual(
    ['common', 'evaluation-values', ...serviceCharts].sort(),
  );
});

test('every key has a comment', () => {
  const silent = readValues(umbrellaChart).filter(({ comment }) => comment === '');
  expect(silent.map(({ path }) => path.join('.'))).toEqual([]);
});

describe.each(serviceCharts)('%s in one release', (chart) => {
  test('has the objects, names and labels of a release of its own, so that one becomes the other in place', async () => {
    const global = readYaml(minimal)['global'];
    const { secrets } = readYaml(path.join(charts.folder(umbrellaChart), 'values.yaml'))[chart] as {
      secrets?: object;
    };
    const alone = await renderChart(charts.folder(chart), {
      values: { global, ...(secrets && { secrets }) },
    });
    const objects = await render();
    const inOne = alone.map(({ kind, metadata }) => only(objects, kind, metadata.name));
    expect(inOne).toEqual(alone);
  });

  test('gets what is said once: image, public address, proxies and Secret', async () => {
    const objects = await render({
      global: {
        imageRegistry: 'mirror.example.com',
        imageTag: '9.9.9',
        imagePullSecrets: [{ name: 'login' }],
        publicUrl: 'https://one.example.com',
        trustedProxies: ['10.1.0.0/16'],
        secrets: { existingSecret: 'one-secret' },
      },
    });
    const pod = podOf(objects, chart);
    expect(pod.containers[0].image).toBe(`mirror.example.com/gatehouse/${chart}:9.9.9`);
    expect(pod.imagePullSecrets).toEqual([{ name: 'login' }]);
    const { sources } = pod.volumes.find(({ name }: { name: string }) => name === 'secrets').projected;
    expect(sources.map(({ secret }: { secret: { name: string } }) => secret.name)).toEqual(['one-secret']);
    const configMap = only(objects, 'ConfigMap', chart)['data']['config.yaml'];
    expect(configMap).toContain('publicUrl: https://one.example.com');
    expect(configMap).toContain('10.1.0.0/16');
  });

  test('keeps a value of its own', async () => {
    const objects = await render({
      global: { imageTag: '9.9.9', trustedProxies: ['10.1.0.0/16'] },
      [chart]: {
        image: { tag: '1.2.3' },
        config: { publicUrl: 'https://own.example.com', http: { trustedProxies: ['10.2.0.0/16'] } },
        secrets: { existingSecret: 'own-secret' },
      },
    });
    const pod = podOf(objects, chart);
    expect(pod.containers[0].image).toMatch(/:1\.2\.3$/);
    expect(JSON.stringify(pod.volumes)).toContain('own-secret');
    const configMap = only(objects, 'ConfigMap', chart)['data']['config.yaml'];
    expect(configMap).toContain('publicUrl: https://own.example.com');
    expect(configMap).toContain('10.2.0.0/16');
    expect(configMap).not.toContain('10.1.0.0/16');
  });
});

describe.each(['auth-api', 'environment-api'] as const)('the stores of %s', (chart) => {
  const global = {
    postgres: { host: 'shared-postgres', port: 5433, database: 'shared', ssl: 'verify' },
    redis: { url: 'rediss://shared-redis:6390', keyPrefix: 'shared:' },
  };

  test('are those that are said once; the policies open their ports, and the role stays its own', async () => {
    const objects = await render({ global });
    expect(await configOf(objects, chart)).toMatchObject({
      postgres: { ...global.postgres, username: `gatehouse_${chart.replace('-api', '')}`, poolSize: 10 },
      redis: { keyPrefix: 'shared:' },
    });
    const egress = JSON.stringify(only(objects, 'NetworkPolicy', `${chart}-egress`));
    expect(egress).toContain('"port":5433');
    expect(egress).toContain('"port":6390');
  });

  test('are wholly its own where it names a server: no setting of the shared one goes there', async () => {
    const own = { postgres: { host: 'own-postgres', allowPlaintext: true }, redis: { url: 'rediss://own' } };
    expect(await configOf(await render({ global, [chart]: own }), chart)).toMatchObject({
      postgres: { host: 'own-postgres', port: 5432, database: 'gatehouse', ssl: 'off' },
      redis: { url: 'rediss://own', keyPrefix: 'gatehouse:' },
    });
  });

  test('have each a password of the one Secret', async () => {
    const keys = JSON.stringify(podOf(await render(), chart).volumes);
    expect(keys).toContain(`"key":"${chart.replace('-api', '')}-postgres-password"`);
    expect(keys).toContain('"key":"redis-password"');
  });
});

describe('what is missing or misspelt is named', () => {
  test.each([
    [{ publicUrl: '' }, 'global.publicUrl'],
    [{ secrets: { existingSecret: '' } }, 'global.secrets.existingSecret'],
    [{ postgres: { host: '' } }, 'global.postgres.host'],
    [{ redis: { url: '' } }, 'global.redis'],
  ])('%j: the message says where it is given for all services', async (global, name) => {
    expect(await refusalOf({ global })).toContain(name);
  });

  test.each([
    [{ global: { publicURL: 'https://x.example' } }, 'publicURL'],
    [{ global: { postgres: { hots: 'x' } } }, 'hots'],
    [{ global: { postgres: { port: 'many' } } }, 'global.postgres.port'],
    [{ global: { redis: { url: 'redis.databases.svc' } } }, 'global.redis.url'],
    [{ global: { trustedProxies: '10.0.0.0.8' } }, 'global.trustedProxies'],
    [{ 'auth-api': { replicaCounts: 2 } }, 'replicaCounts'],
    [{ 'auth-ui': { service: { port: 70_000 } } }, 'service.port'],
    [{ authApi: {} }, 'authApi'],
  ])('%j', async (values, name) => {
    expect(await refusalOf(values)).toContain(name);
  });
});

test('the notes say the address, how to wait and how to check, and warn of proxies that nobody trusts', async () => {
  const notesOf = async (values: object) => {
    const args = ['install', 'gatehouse', charts.folder(umbrellaChart), '--dry-run=client'];
    const { stdout } = await runHelm([...args, '--values', minimal, '--values', '-'], JSON.stringify(values));
    return stdout.split(/^NOTES:$/m)[1] ?? '';
  };
  const warning = 'global.trustedProxies is empty';
  const plain = await notesOf({});
  expect(plain).toContain('Operator console: https://login.example.com/auth/console');
  expect(plain).toContain('rollout status deployment/auth-api deployment/auth-ui deployment/environment-api');
  expect(plain).toContain('helm test gatehouse --namespace default');
  expect(plain).not.toContain(warning);
  expect(await notesOf({ 'auth-ui': { ingress: { enabled: true } } })).toContain(warning);
});
