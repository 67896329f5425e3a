import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { repository, type ServiceChart, serviceCharts } from '../../tools/charts/places.ts';
import { loadAsService } from '../../tools/charts/service-view.ts';
import { only, useCharts } from './rendering.ts';

const charts = useCharts();

const paths: Record<ServiceChart, string[]> = {
  'auth-api': [
    '/auth/v3/.well-known',
    '/auth/v3/approvals',
    '/auth/v3/branding/images',
    '/auth/v3/auth-scheme',
    '/auth/v3/change-password',
    '/auth/v3/consents',
    '/auth/v3/factors',
    '/auth/v3/first-password',
    '/auth/v3/jwt-userinfo',
    '/auth/v3/oauth',
    '/auth/v3/openapi.json',
    '/auth/v3/openid',
    '/auth/v3/passkey-sign-in',
    '/auth/v3/ping',
    '/auth/v3/saml',
    '/auth/v3/second-step',
    '/auth/v3/sessions',
    '/auth/v3/sign-in',
    '/auth/v3/sign-out',
    '/auth/v3/sso',
    '/auth/v3/userinfo',
    '/.well-known/openid-configuration/auth/v3',
    '/.well-known/oauth-authorization-server/auth/v3',
    '/.well-known/oauth-protected-resource/auth/v3',
  ],
  'auth-ui': ['/auth'],
  'environment-api': ['/environment/v3', '/.well-known/oauth-protected-resource/environment/v3'],
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
    expect(new Set(services.map((service) => service['spec'].type))).toEqual(new Set(['ClusterIP']));
  });

  test('the public and the internal Ingress send exactly the paths of this service to its API port', async () => {
    const objects = await charts.objects(chart, 'full');
    const ingresses = objects.filter(({ kind }) => kind === 'Ingress');
    expect(ingresses).toHaveLength(2);
    for (const ingress of ingresses) {
      for (const rule of ingress['spec'].rules) {
        const prefixes = rule.http.paths.filter(
          ({ pathType }: { pathType: string }) => pathType === 'Prefix',
        );
        expect(prefixes.map(({ path }: { path: string }) => path)).toEqual(paths[chart]);
        const { service } = rule.http.paths[0].backend;
        const target = only(objects, 'Service', service.name)['spec'];
        expect(target.ports.map(({ name }: { name: string }) => name)).toEqual([service.port.name]);
      }
    }
  });

  test('the route of a gateway has the paths and the target of the public Ingress', async () => {
    const values = { ingress: { publishOps: true } };
    const objects = await charts.objects(chart, 'full', chart === 'auth-api' ? values : undefined);
    const [ingress] = objects.filter(({ kind }) => kind === 'Ingress');
    const [rule, ...others] = only(objects, 'HTTPRoute')['spec'].rules;
    expect(others).toEqual([]);
    const published = ingress?.['spec'].rules[0].http.paths.map(
      ({ path, pathType }: { path: string; pathType: string }) => [path, pathType],
    );
    const routed = rule.matches.map(({ path }: { path: { value: string; type: string } }) => [
      path.value,
      path.type.replace('PathPrefix', 'Prefix'),
    ]);
    expect(routed).toEqual(published);
    const [{ name, port }] = rule.backendRefs;
    expect(only(objects, 'Service', name)['spec'].ports).toMatchObject([{ name: 'http', port }]);
  });

  test('a route joins the gateways that are named, for the public host', async () => {
    const parentRefs = [{ name: 'public', namespace: 'gateways' }];
    const host = { config: { publicUrl: 'https://sso.example.net:8443' } };
    const routed = await charts.objects(chart, 'minimal', {
      ...host,
      gateway: { enabled: true, parentRefs },
    });
    expect(only(routed, 'HTTPRoute')['spec']).toMatchObject({ parentRefs, hostnames: ['sso.example.net'] });
    expect(JSON.stringify(only(routed, 'HTTPRoute'))).not.toContain('/auth/v3/ops');
    await expect(charts.objects(chart, 'minimal', { ...host, gateway: { enabled: true } })).rejects.toThrow(
      'gateway.parentRefs is missing',
    );
  });

  test('its Services say that the pods speak HTTPS where they do', async () => {
    const tls = { certFile: '/etc/tls/tls.crt', keyFile: '/etc/tls/tls.key' };
    const protocols = async (values?: object) =>
      (await charts.objects(chart, 'minimal', values))
        .filter(({ kind, metadata }) => kind === 'Service' && !metadata.name.endsWith('-management'))
        .map(({ spec }) => spec.ports[0].appProtocol);
    const listeners = chart === 'auth-ui' ? 1 : 2;
    expect(await protocols()).toEqual(Array(listeners).fill('http'));
    expect(await protocols({ config: { http: { tls } } })).toEqual(Array(listeners).fill('https'));
  });

  test('the front page takes the address of the public host alone, and can be left to another application', async () => {
    const exact = async (values: object) =>
      (await charts.objects(chart, 'full', values))
        .filter(({ kind }) => kind === 'Ingress')
        .map(({ spec }) =>
          spec.rules[0].http.paths
            .filter(({ pathType }: { pathType: string }) => pathType !== 'Prefix')
            .map(({ path: own, pathType }: { path: string; pathType: string }) => [own, pathType]),
        );
    if (chart !== 'auth-ui') return expect(await exact({})).toEqual([[], []]);
    expect(await exact({})).toEqual([[['/', 'Exact']], []]);
    expect(await exact({ ingress: { publishFrontPage: false } })).toEqual([[], []]);
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

  // attack: internal routes through a published Service | ASVS 4.1.4, CWE-668 | guard: charts/common/templates/_service.tpl
  test('the internal listener has a Service of its own that stays inside', async () => {
    const objects = await charts.objects(chart, 'full');
    const pod = only(objects, 'Deployment')['spec'].template.spec.containers[0];
    const listens = pod.ports.some(({ name }: { name: string }) => name === 'internal');
    expect(listens).toBe(chart !== 'auth-ui');
    const named = objects.filter(
      ({ kind, metadata }) => kind === 'Service' && metadata.name.endsWith('-internal'),
    );
    expect(named.map(({ spec }) => [spec.type, spec.ports])).toEqual(
      listens
        ? [['ClusterIP', [{ name: 'internal', port: 80, targetPort: 'internal', appProtocol: 'http' }]]]
        : [],
    );
    const others = objects.filter(
      ({ kind, metadata }) => /^(Service|Ingress)$/.test(kind) && metadata !== named[0]?.metadata,
    );
    expect(JSON.stringify(others.map(({ spec }) => spec))).not.toMatch(
      /"(?:name|targetPort)":"internal"|8082/,
    );
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

const described = JSON.parse(readFileSync(path.join(repository, 'services/auth-api/openapi.json'), 'utf8'));
const routes = Object.keys(described.paths);

async function publishedRoutes(
  values: object,
): Promise<{ [kind in 'ingress' | 'internalIngress']: string[] }> {
  const objects = await charts.objects('auth-api', 'full', values);
  const [ingress = [], internalIngress = []] = objects
    .filter(({ kind }) => kind === 'Ingress')
    .map(({ spec }) => {
      const prefixes = spec.rules[0].http.paths.map(
        ({ path: prefix }: { path: string }) => prefix,
      ) as string[];
      return routes.filter((route) =>
        prefixes.some((prefix) => route === prefix || route.startsWith(`${prefix}/`)),
      );
    });
  return { ingress, internalIngress };
}

// attack: the operator's calls on the public host | ASVS 13.2.2, CWE-668 | guard: charts/common/templates/_ingress.tpl
test('Auth API publishes every route but those of the operator and of the services', async () => {
  const published = await publishedRoutes({});
  const open = routes.filter((route) => !/^\/auth\/v3\/(ops|internal)\//.test(route));
  expect(published).toEqual({ ingress: open, internalIngress: open });
});

test.each(['ingress', 'internalIngress'] as const)(
  'the calls of the operator are published by %s.publishOps alone',
  async (section) => {
    const other = section === 'ingress' ? 'internalIngress' : 'ingress';
    const published = await publishedRoutes({ [section]: { publishOps: true } });
    const ops = routes.filter((route) => route.startsWith('/auth/v3/ops/'));
    expect(ops.length).toBeGreaterThan(5);
    expect(published[section]).toEqual(expect.arrayContaining(ops));
    expect(published[other].filter((route) => ops.includes(route))).toEqual([]);
    expect(published[section].filter((route) => route.startsWith('/auth/v3/internal'))).toEqual([]);
  },
);

const calls = [
  ['auth-ui', 'authApi', 'auth-api'],
  ['environment-api', 'authApi', 'auth-api'],
  ['auth-api', 'environmentApi', 'environment-api'],
] as const;

async function internalUrlOf([caller, setting]: (typeof calls)[number], values?: object): Promise<string> {
  const objects = await charts.objects(caller, 'minimal', values);
  const config = await loadAsService(caller, only(objects, 'Deployment')['spec'].template.spec, objects);
  return (config as Record<string, { internalUrl?: string }>)[setting]?.internalUrl ?? '';
}

test('pods that speak HTTPS call each other by HTTPS, unless an address was set', async () => {
  const http = { tls: { certFile: '/etc/tls/tls.crt', keyFile: '/etc/tls/tls.key' } };
  const own = { internalUrl: 'http://mesh.example.com' };
  for (const call of calls) {
    const [, setting, called] = call;
    expect(await internalUrlOf(call, { config: { http } })).toBe(`https://${called}-internal:80`);
    expect(await internalUrlOf(call, { config: { http, [setting]: own } })).toBe(own.internalUrl);
  }
});

test('the services find each other at their internal Services by default', async () => {
  for (const call of calls) {
    const [, , called] = call;
    const internalUrl = await internalUrlOf(call);
    const service = only(await charts.objects(called, 'minimal'), 'Service', new URL(internalUrl).hostname);
    expect(service['spec'].ports).toMatchObject([{ port: 80, targetPort: 'internal' }]);
  }
});
