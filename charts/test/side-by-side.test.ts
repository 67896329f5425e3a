/** Renders what docs/guides/operations.md prints for two sets of releases in one namespace. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { blocksOf } from '../../tools/charts/page-blocks.ts';
import { repository, type ServiceChart, serviceCharts } from '../../tools/charts/places.ts';
import { type KubernetesObject, parseManifest, renderChart } from '../../tools/charts/render.ts';
import { loadAsService } from '../../tools/charts/service-view.ts';
import { validateObject } from '../../tools/charts/validate.ts';
import { only, useCharts } from './rendering.ts';

const charts = useCharts();
const blocksOfPage = (name: string) => blocksOf(readFileSync(path.join(repository, 'docs', name), 'utf8'));
const blocks = [...blocksOfPage('guides/deployment.md'), ...blocksOfPage('guides/operations.md')];
const printed = (file: string) => blocks.find((block) => block.file === file)?.text ?? '';
const own = blocksOfPage('guides/operations.md').filter(({ text }) => /green|gauth/.test(text));
const lines = own.filter(({ language }) => language === 'sh').map(({ text }) => text);
const linesWith = (text: string) => lines.find((block) => block.includes(text)) ?? '';
const services = parseManifest(printed('services.yaml'));

/** With the files of values that the pages print. */
function render(chart: ServiceChart, release: string, files: string[], values?: object) {
  const valuesFiles = files.map((name) => {
    const file = path.join(charts.folder(chart), `${release}-${name}`);
    writeFileSync(file, printed(name));
    return file;
  });
  return renderChart(charts.folder(chart), { release, valuesFiles, ...(values && { values }) });
}

const blue = (chart: ServiceChart, values?: object) => render(chart, chart, [`${chart}.yaml`], values);
const green = (chart: ServiceChart) =>
  render(chart, `${chart}-green`, [`${chart}.yaml`, `${chart}-green.yaml`]);

const labelsOfPods = (objects: KubernetesObject[]): Record<string, string> =>
  only(objects, 'Deployment')['spec'].template.metadata.labels;

/** The pairs `service=classic name` of a loop. */
const pairsIn = (block: string) =>
  Object.fromEntries(
    [...block.matchAll(/([\w-]+)=(gauth-[\w-]+)/g)].map(([, chart, name]) => [chart, name]),
  ) as Partial<Record<ServiceChart, string>>;

describe.each(serviceCharts)('two releases of %s', (chart) => {
  test('in one namespace share no object, and the second starts with the printed values', async () => {
    const objects = await green(chart);
    const names = (of: KubernetesObject[]) => of.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    const taken = names(await blue(chart));
    expect(names(objects).filter((name) => taken.includes(name))).toEqual([]);
    expect(objects.flatMap(validateObject)).toEqual([]);
    expect(objects.filter(({ kind }) => kind === 'Ingress')).toEqual([]);
    const config = await loadAsService(chart, only(objects, 'Deployment')['spec'].template.spec, objects);
    const [setting, called] =
      chart === 'auth-api' ? ['environmentApi', 'environment-api'] : ['authApi', 'auth-api'];
    const addresses = { url: `http://${called}-green`, internalUrl: `http://${called}-green-internal` };
    expect(config).toHaveProperty(setting, expect.objectContaining(addresses));
  });

  test('are chosen by the Service with the classic name, the first at the beginning and the second by the switch', async () => {
    const name = pairsIn(linesWith('patch service'))[chart];
    const { selector } = only(services, 'Service', name)['spec'];
    const [first, second] = [labelsOfPods(await blue(chart)), labelsOfPods(await green(chart))];
    expect(first).toMatchObject(selector);
    expect(second).not.toMatchObject(selector);
    const switched = { ...selector, 'app.kubernetes.io/instance': `${chart}-green` };
    expect(second).toMatchObject(switched);
    expect(first).not.toMatchObject(switched);
  });
});

test.each(['auth-api', 'auth-ui'] as const)(
  'the Ingress of %s stays in its place and leads to the Service with the classic name',
  async (chart) => {
    const name = pairsIn(linesWith('show-only'))[chart];
    const before = only(await blue(chart), 'Ingress');
    const after = only(await blue(chart, { ingress: { enabled: true }, service: { name } }), 'Ingress');
    expect(after.metadata.name).toBe(before.metadata.name);
    const backends = after['spec'].rules.flatMap(
      ({ http }: { http: { paths: { backend: { service: unknown } }[] } }) =>
        http.paths.map(({ backend }) => backend.service),
    );
    const [port] = only(services, 'Service', name)['spec'].ports;
    expect(backends).toEqual(backends.map(() => ({ name, port: { name: port.name } })));
    expect(backends.length).toBeGreaterThan(0);
  },
);

test('the printed Services and lines can be read', () => {
  expect(services.flatMap(validateObject)).toEqual([]);
  expect(services).toHaveLength(3);
  expect(lines).toHaveLength(4);
  for (const input of lines) expect(spawnSync('bash', ['-n'], { input }).stderr.toString()).toBe('');
});
