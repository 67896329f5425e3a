import { describe, expect, test } from 'vitest';
import { type ServiceChart, serviceCharts } from '../../tools/helm/places.ts';
import { only, useCharts } from './rendering.ts';

const charts = useCharts();

const paths: Record<ServiceChart, string[]> = {
  'auth-api': [
    '/auth/v3',
    '/.well-known/openid-configuration/auth/v3',
    '/.well-known/oauth-authorization-server/auth/v3',
  ],
  'auth-ui': ['/auth'],
  'environment-api': ['/environment/v3'],
};

const classicNames: Record<ServiceChart, string> = {
  'auth-api': 'gauth-auth',
  'auth-ui': 'gauth-auth-ui',
  'environment-api': 'gauth-environment',
};

describe.each(serviceCharts)('routes of %s', (chart) => {
  test('nothing is published by default', async () => {
    const objects = await charts.objects(chart, 'minimal');
    expect(objects.filter(({ kind }) => kind === 'Ingress')).toEqual([]);
    const services = objects.filter(({ kind }) => kind === 'Service');
    expect(services.map((service) => service['spec'].type)).toEqual(['ClusterIP', 'ClusterIP']);
  });

  test('the public and the internal Ingress send exactly the paths of this service to its API port', async () => {
    const objects = await charts.objects(chart, 'full');
    const ingresses = objects.filter(({ kind }) => kind === 'Ingress');
    expect(ingresses).toHaveLength(2);
    for (const ingress of ingresses) {
      for (const rule of ingress['spec'].rules) {
        expect(rule.http.paths.map(({ path }: { path: string }) => path)).toEqual(paths[chart]);
        const { service } = rule.http.paths[0].backend;
        const target = only(objects, 'Service', service.name)['spec'];
        expect(target.ports.map(({ name }: { name: string }) => name)).toEqual([service.port.name]);
      }
    }
  });

  test('the Services find the pods and no Job', async () => {
    const objects = await charts.objects(chart, 'minimal');
    const pod = only(objects, 'Deployment')['spec'].template.metadata.labels;
    for (const service of objects.filter(({ kind }) => kind === 'Service')) {
      expect(pod).toMatchObject(service['spec'].selector);
      for (const job of objects.filter(({ kind }) => kind === 'Job')) {
        expect(job['spec'].template.metadata.labels).not.toMatchObject(service['spec'].selector);
      }
    }
  });

  test('threats 75: the management port has a Service of its own that stays inside', async () => {
    const objects = await charts.objects(chart, 'full');
    const management = objects.find(({ metadata }) => metadata.name.endsWith('-management'));
    expect(management?.['spec']).toMatchObject({
      type: 'ClusterIP',
      ports: [{ name: 'management', port: 8081 }],
    });
    const published = objects.filter(
      ({ kind, metadata }) => kind === 'Service' && metadata !== management?.metadata,
    );
    expect(JSON.stringify(published.map(({ spec }) => spec.ports))).not.toContain('management');
  });

  test('existing applications find it under its classic name on port 80', async () => {
    const objects = await charts.objects(chart, 'existing-secret');
    expect(only(objects, 'Service', classicNames[chart])['spec'].ports).toEqual([
      { name: 'http', port: 80, targetPort: 'http', appProtocol: 'http' },
    ]);
  });

  test('an Ingress without a host is refused instead of taking every host', async () => {
    await expect(charts.objects(chart, 'minimal', { internalIngress: { enabled: true } })).rejects.toThrow(
      'internalIngress.hosts is missing',
    );
  });
});

test.each(['auth-api', 'auth-ui'] as const)('%s takes its public host from the public URL', async (chart) => {
  const values = { config: { publicUrl: 'https://sso.example.net:8443' }, ingress: { enabled: true } };
  const spec = only(await charts.objects(chart, 'minimal', values), 'Ingress')['spec'];
  expect(spec).toMatchObject({ rules: [{ host: 'sso.example.net' }], tls: [{ hosts: ['sso.example.net'] }] });
});
