import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ciFile } from '../../tools/charts/ci-values.ts';
import { repository, serviceCharts } from '../../tools/charts/places.ts';
import { type KubernetesObject, parseManifest, renderChart } from '../../tools/charts/render.ts';
import { validateObject } from '../../tools/charts/validate.ts';
import { only, useCharts } from './rendering.ts';

const charts = useCharts();
const exampleFile = (name: string) => path.join(repository, 'docs/examples', name);
const example = (name: string) => parseManifest(readFileSync(exampleFile(name), 'utf8'));

describe('docs/examples/cert-manager.yaml', () => {
  const objects = example('cert-manager.yaml');

  test('has objects that cert-manager knows, field by field', () => {
    expect(objects.flatMap(validateObject)).toEqual([]);
  });

  test.each(serviceCharts)('makes a certificate of %s for each name that callers use', async (chart) => {
    const rendered = await charts.objects(chart, 'minimal');
    const names = rendered
      .filter(({ kind, metadata }) => kind === 'Service' && !metadata.name.endsWith('-management'))
      .map(({ metadata }) => metadata.name);
    const { secretName, dnsNames } = only(objects, 'Certificate', chart)['spec'];
    expect(dnsNames).toEqual(expect.arrayContaining(names));
    expect(secretName).toBe(`${chart}-tls`);
  });

  test('makes the certificate that the public Ingress names', () => {
    expect(only(objects, 'Certificate', 'login-example-com')['spec'].dnsNames).toEqual(['login.example.com']);
  });
});

describe('docs/examples/external-secrets.yaml', () => {
  const objects = example('external-secrets.yaml');

  test('has objects that the operator knows, field by field', () => {
    expect(objects.flatMap(validateObject)).toEqual([]);
  });

  test.each(serviceCharts)('makes each Secret with each key that %s mounts', async (chart) => {
    const owners = {
      'auth-api': 'gatehouse-auth-postgres',
      'environment-api': 'gatehouse-environment-postgres',
    };
    const values = chart === 'auth-ui' ? {} : { postgres: { existingSecret: owners[chart] } };
    const pod = only(await charts.objects(chart, 'minimal', values), 'Deployment')['spec'].template.spec;
    const { sources } = pod.volumes.find(({ name }: { name: string }) => name === 'secrets').projected;
    for (const { secret } of sources) {
      const { target, data } = only(objects, 'ExternalSecret', secret.name)['spec'];
      expect(target.name).toBe(secret.name);
      const made = data.map(({ secretKey }: { secretKey: string }) => secretKey);
      expect(made).toEqual(expect.arrayContaining(secret.items.map(({ key }: { key: string }) => key)));
    }
  });
});

test('docs/examples/gateway-api.yaml makes a route, and objects that the Gateway API knows', async () => {
  const valuesFiles = [ciFile('auth-api', 'minimal'), exampleFile('gateway-api.yaml')];
  const objects = await renderChart(charts.folder('auth-api'), { valuesFiles });
  expect(objects.flatMap(validateObject)).toEqual([]);
  const { parentRefs, hostnames } = only(objects, 'HTTPRoute')['spec'];
  expect([parentRefs[0].name, hostnames]).toEqual(['public', ['login.example.com']]);
  const [target] = only(objects, 'BackendTLSPolicy')['spec'].targetRefs;
  only(objects, 'Service', target.name);
});

describe.each(['argo-cd.yaml', 'flux.yaml'])('docs/examples/%s', (name) => {
  const objects = example(name);

  test('has objects that the controller knows, field by field', () => {
    // Of values the controller knows no field: they are the chart's.
    const bare = objects.map(({ spec: { values: _values, sources, ...spec }, ...object }) => ({
      ...object,
      spec: {
        ...spec,
        ...(sources && { sources: sources.map(({ helm: _helm, ...source }: { helm?: object }) => source) }),
      },
    }));
    expect(bare.flatMap((object) => validateObject(object as KubernetesObject))).toEqual([]);
  });

  test('gives the chart values by which it applies documents and compares them', async () => {
    const [values] = objects.flatMap(
      ({ spec }) => spec.values ?? spec.sources?.at(-1).helm.valuesObject ?? [],
    );
    const folder = charts.folder('environment-api');
    const rendered = await renderChart(folder, { values, release: 'environment-api' });
    only(rendered, 'CronJob');
    const [container] = only(rendered, 'Job', 'environment-api-configuration')['spec'].template.spec
      .containers;
    expect(container.args).toEqual(expect.arrayContaining(['--owner=platform/git', '--prune', '--yes']));
  });
});
