import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { valuesSchema } from '../../tools/charts/chart-files.ts';
import { type Block, blocksOf } from '../../tools/charts/page-blocks.ts';
import { repository, type ServiceChart, serviceCharts, umbrellaChart } from '../../tools/charts/places.ts';
import { type KubernetesObject, parseManifest, renderChart } from '../../tools/charts/render.ts';
import { loadAsService } from '../../tools/charts/service-view.ts';
import { validateObject } from '../../tools/charts/validate.ts';
import { only, prometheus, useCharts } from './rendering.ts';

const charts = useCharts();
const page = (name: string) => readFileSync(path.join(repository, 'docs', name), 'utf8');

interface Schema {
  properties?: Record<string, Schema>;
  $ref?: string;
  definitions?: Record<string, Schema>;
}

const deployment = blocksOf(page('guides/deployment.md'));
const tls = blocksOf(page('guides/tls.md'));
const login = blocksOf(page('start/first-login.md'));

/** Renders a chart with files of values as the pages print them. */
async function renderPrinted(chart: ServiceChart, blocks: (Block | undefined)[], apiVersions: string[] = []) {
  const valuesFiles = blocks.map((block, index) => {
    const file = path.join(charts.folder(chart), `printed-${blocks.length}-${index}.yaml`);
    writeFileSync(file, block?.text ?? 'not: printed');
    return file;
  });
  return renderChart(charts.folder(chart), { valuesFiles, apiVersions });
}

const fileNamed = (blocks: readonly Block[], name: string) => blocks.find(({ file }) => file === name);

describe.each(serviceCharts)('the values that the pages print for %s', (chart) => {
  const values = fileNamed(deployment, `${chart}.yaml`);

  test('install, and the service starts with them', async () => {
    const objects = await renderPrinted(chart, [values]);
    expect(objects.flatMap(validateObject)).toEqual([]);
    await loadAsService(chart, only(objects, 'Deployment')['spec'].template.spec, objects);
  });

  test('take the image that the page builds and pushes', async () => {
    const [build] = deployment;
    const names = /--tag (\S+)/.exec(build?.text ?? '')?.[1] ?? '';
    expect(build?.text).toContain(`docker push ${names}\n`);
    const objects = await renderPrinted(chart, [values]);
    const containers = objects.flatMap(
      ({ spec }) => spec?.template?.spec.containers ?? spec?.containers ?? [],
    );
    expect(containers.length).toBeGreaterThan(1);
    expect(new Set(containers.map(({ image }) => image))).toEqual(new Set([names.replace('$image', chart)]));
  });

  test('install with HTTPS between the pods, and the service starts with them', async () => {
    const objects = await renderPrinted(chart, [values, fileNamed(tls, `${chart}-tls.yaml`)]);
    expect(objects.flatMap(validateObject)).toEqual([]);
    const config = await loadAsService(chart, only(objects, 'Deployment')['spec'].template.spec, objects);
    expect(JSON.stringify(config)).not.toMatch(/http:\/\/(?:auth|environment)-api/);
    expect(config).toHaveProperty('http.tls.certFile', '/etc/gatehouse/tls/tls.crt');
  });
});

test.each(serviceCharts)(
  'the values for monitoring let Prometheus reach the management port of %s, and bring its rules',
  async (chart) => {
    const block = blocksOf(page('guides/operations.md')).find(({ text }) =>
      text.startsWith('serviceMonitor:'),
    );
    const objects = await renderPrinted(chart, [fileNamed(deployment, `${chart}.yaml`), block], [prometheus]);
    expect(objects.flatMap(validateObject)).toEqual([]);
    for (const kind of ['ServiceMonitor', 'PrometheusRule'])
      expect(only(objects, kind).metadata.labels).toMatchObject({ release: 'prometheus' });
    const rules = only(objects, 'NetworkPolicy', `${chart}-ingress`)['spec'].ingress;
    const peer = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } };
    expect(rules).toContainEqual({ from: [peer], ports: [{ port: 'management', protocol: 'TCP' }] });
  },
);

test('the one release of the page has the objects of its three', async () => {
  const file = path.join(charts.folder(umbrellaChart), 'printed.yaml');
  writeFileSync(file, fileNamed(deployment, 'gatehouse.yaml')?.text ?? 'not: printed');
  const inOne = await renderChart(charts.folder(umbrellaChart), { valuesFiles: [file] });
  expect(inOne.flatMap(validateObject)).toEqual([]);
  // Environment API has no Ingress, so its own page needs no proxies.
  const proxies = { text: 'config: { http: { trustedProxies: [10.0.0.0/8] } }' } as Block;
  const alone = await Promise.all(
    serviceCharts.map((chart) => renderPrinted(chart, [fileNamed(deployment, `${chart}.yaml`), proxies])),
  );
  const byName = (objects: KubernetesObject[]) =>
    Object.fromEntries(objects.map((object) => [`${object.kind} ${object.metadata.name}`, object]));
  // The check of the whole is of no service.
  const ofServices = inOne.filter(({ metadata }) => metadata.name !== 'doctor');
  expect(byName(ofServices)).toEqual(byName(alone.flat()));
});

describe('the blocks of the pages', () => {
  const blocks = [...deployment, ...tls, ...login].filter(({ language }) => language !== 'text');

  test('are lines that a shell can read, without a place left to fill in', () => {
    for (const { language, text } of blocks) {
      expect(text).not.toMatch(/…|<[a-z ]+>|:PASSWORD/);
      if (language === 'sh') expect(spawnSync('bash', ['-n'], { input: text }).stderr.toString()).toBe('');
    }
    expect(blocks.length).toBeGreaterThan(20);
  });

  test('are either lines for the shell or the content of a file with a name', () => {
    expect(blocks.filter(({ language, file }) => language !== 'sh' && !file)).toEqual([]);
  });

  test('of the simulator are objects that Kubernetes knows', () => {
    const objects = parseManifest(fileNamed(login, 'config-server.yaml')?.text ?? '');
    expect(objects.flatMap(validateObject)).toEqual([]);
    expect(objects).toHaveLength(2);
  });
});

describe('keys that the documentation names', () => {
  const mentioned = (text: string) =>
    [...text.matchAll(/`([a-z][A-Za-z]*(?:\.[A-Za-z{},]+)+)`/g)].flatMap(([, key]) =>
      expandBraces(key ?? ''),
    );
  const groups =
    /^(image|global|config|secrets|postgres|redis|consul|elasticsearch|auditForward|alerts|migration|service|ingress|internalIngress|autoscaling|networkPolicy|serviceMonitor|podDisruptionBudget|podSecurityContext|resources|probes)\./;

  test.each(['guides/deployment.md', 'guides/migration.md', 'explain/architecture.md'])(
    'docs/%s: each exists in a chart',
    async (name) => {
      const schemas = await Promise.all(
        serviceCharts.map(async (chart) => JSON.parse(await valuesSchema(chart)) as Schema),
      );
      // The first column of the migration table holds the former names.
      const text = page(name).replaceAll(/^\|[^|]*\|/gm, name === 'guides/migration.md' ? '|' : '$&');
      const keys = mentioned(text).filter((key) => groups.test(key));
      expect(keys.length).toBeGreaterThan(20);
      expect(keys.filter((key) => !schemas.some((schema) => knows(schema, key.split('.'))))).toEqual([]);
    },
  );

  test('docs/guides/deployment.md names every key of the Secret', () => {
    const needed = new Set(serviceCharts.flatMap((chart) => secretKeysOf(chart)));
    for (const key of needed) expect(page('guides/deployment.md')).toContain(`\`${key}\``);
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
