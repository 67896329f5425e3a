import { describe, expect, test } from 'vitest';
import { type ServiceChart, serviceCharts } from '../../tools/charts/places.ts';
import { only, prometheus, useCharts } from './rendering.ts';

const charts = useCharts();

interface EgressRule {
  ports: { port: number; protocol: string }[];
  to?: unknown[];
}

interface IngressRule {
  ports: { port: string }[];
  from: unknown[];
}

/** What callers may, apart from the pod of `helm test`. */
const ofCallers = (rules: IngressRule[]) =>
  rules.filter(({ from }) => !JSON.stringify(from).includes('"app.kubernetes.io/component":"test"'));

const egressPorts = (rules: EgressRule[]) => rules.flatMap(({ ports }) => ports.map(({ port }) => port));

describe.each(serviceCharts)('network policies of %s', (chart) => {
  test('select the pods of the Deployment and refuse what is not listed', async () => {
    const objects = await charts.objects(chart, 'minimal');
    const labels = only(objects, 'Deployment')['spec'].template.metadata.labels;
    for (const [direction, type] of [
      ['ingress', 'Ingress'],
      ['egress', 'Egress'],
    ] as const) {
      const spec = only(objects, 'NetworkPolicy', `${chart}-${direction}`)['spec'];
      expect(spec).toMatchObject({ podSelector: { matchLabels: labels }, policyTypes: [type] });
    }
  });

  test('threats 75: nobody reaches the management port unless named', async () => {
    const rules = async (values?: object) =>
      ofCallers(
        only(await charts.objects(chart, 'minimal', values), 'NetworkPolicy', `${chart}-ingress`)['spec']
          .ingress,
      );
    expect((await rules()).flatMap(({ ports }) => ports.map(({ port }) => port))).toEqual(
      chart === 'auth-ui' ? ['http'] : ['http', 'internal'],
    );
    const monitoring = {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } },
    };
    const open = await rules({ networkPolicy: { ingress: { management: [monitoring] } } });
    expect(open).toContainEqual({ from: [monitoring], ports: [{ port: 'management', protocol: 'TCP' }] });
  });

  test('an empty list of callers closes the API instead of opening it', async () => {
    const closed = chart === 'auth-ui' ? { http: [] } : { http: [], internal: [] };
    const objects = await charts.objects(chart, 'minimal', { networkPolicy: { ingress: closed } });
    const { ingress } = only(objects, 'NetworkPolicy', `${chart}-ingress`)['spec'];
    expect(ofCallers(ingress)).toEqual([]);
  });

  // attack: internal routes from any pod | ASVS 13.2.2, CWE-668 | guard: charts/common/templates/_networkpolicy.tpl
  test('only the services that call it reach the internal listener', async () => {
    const callers = {
      'auth-api': ['auth-ui', 'environment-api'],
      'auth-ui': [],
      'environment-api': ['auth-api'],
    };
    const objects = await charts.objects(chart, 'minimal');
    const rules = only(objects, 'NetworkPolicy', `${chart}-ingress`)['spec'].ingress as IngressRule[];
    const open = rules.filter(({ ports }) => ports.some(({ port }) => port === 'internal'));
    expect(open.flatMap(({ from }) => from)).toEqual(
      callers[chart].map((name) => ({ podSelector: { matchLabels: { 'app.kubernetes.io/name': name } } })),
    );
    for (const caller of callers[chart] as ServiceChart[]) {
      const pod = only(await charts.objects(caller, 'minimal'), 'Deployment')['spec'].template.metadata
        .labels;
      expect(pod).toMatchObject({ 'app.kubernetes.io/name': caller });
    }
  });

  test('can be switched off', async () => {
    const objects = await charts.objects(chart, 'minimal', { networkPolicy: { enabled: false } });
    expect(objects.filter(({ kind }) => kind === 'NetworkPolicy')).toEqual([]);
  });
});

describe('egress follows the connections', () => {
  const egress = async (
    chart: ServiceChart,
    ci: 'minimal' | 'existing-secret',
    name: string,
    values?: object,
  ) => only(await charts.objects(chart, ci, values), 'NetworkPolicy', name)['spec'].egress as EgressRule[];

  test('Auth API: names, Configuration Server, Environment API, Redis, PostgreSQL, addresses of clients', async () => {
    expect(egressPorts(await egress('auth-api', 'minimal', 'auth-api-egress'))).toEqual([
      53, 53, 8888, 389, 636, 8080, 8082, 6379, 5432, 443,
    ]);
  });

  test.each(['auth-api', 'environment-api'] as const)(
    '%s reaches Consul only where there is one, on the port of its address',
    async (chart) => {
      const at = async (url: string) =>
        egressPorts(await egress(chart, 'minimal', `${chart}-egress`, { consul: { url } }));
      const outbound = chart === 'auth-api' ? [443] : [];
      expect(await at('')).toEqual([53, 53, 8888, 389, 636, 8080, 8082, 6379, 5432, ...outbound]);
      expect(await at('https://consul.example.com:8501')).toEqual([
        ...[53, 53, 8888, 389, 636, 8080, 8082, 8501, 6379, 5432],
        ...outbound,
      ]);
      expect(await at('https://consul.example.com/gateway')).toEqual([
        ...[53, 53, 8888, 389, 636, 8080, 8082, 443, 6379, 5432],
        ...outbound,
      ]);
      expect(await at('http://consul.example.com')).toContain(80);
    },
  );

  test.each(['auth-api', 'environment-api'] as const)(
    '%s reaches Elasticsearch only where there is one, on the ports of its nodes',
    async (chart) => {
      const at = async (...nodes: string[]) =>
        egressPorts(await egress(chart, 'minimal', `${chart}-egress`, { elasticsearch: { nodes } }));
      expect(await at()).not.toContain(9200);
      expect(await at('https://es-0.example.com:9200', 'https://es-1.example.com:9201')).toEqual(
        expect.arrayContaining([9200, 9201]),
      );
      expect(await at('http://es.example.com')).toContain(80);
    },
  );

  test.each(['auth-api', 'environment-api'] as const)(
    '%s reaches a second destination of audit events only where there is one, on its port',
    async (chart) => {
      const at = async (url: string) =>
        egressPorts(await egress(chart, 'minimal', `${chart}-egress`, { auditForward: { url } }));
      expect(await at('')).not.toContain(6514);
      expect(await at('syslog+tls://siem.example.com')).toContain(6514);
      expect(await at('syslog+tls://siem.example.com:7000')).toContain(7000);
      expect(await at('https://siem.example.com:8443/hooks')).toContain(8443);
    },
  );

  test('Auth API reaches a webhook and a mail server for alerts only where there is one, on its port', async () => {
    const at = async (alerts: object) =>
      egressPorts(await egress('auth-api', 'minimal', 'auth-api-egress', { alerts }));
    const without = await at({});
    expect(without).not.toContain(587);
    expect(await at({ webhookUrl: 'https://alerts.example.com:8443/hook' })).toEqual(
      expect.arrayContaining([...without, 8443]),
    );
    for (const [mailServer, port] of [
      ['smtp://mail.example.com', 587],
      ['smtps://mail.example.com', 465],
      ['smtp://mail.example.com:2525', 2525],
    ] as const)
      expect((await at({ mailServer })).filter((one) => !without.includes(one))).toEqual([port]);
  });

  test.each(['auth-api', 'environment-api'] as const)(
    '%s reaches LDAP directories on the ports that are named, and on none where none is',
    async (chart) => {
      const to = [{ ipBlock: { cidr: '10.9.0.0/24' } }];
      const at = (ldap: object) =>
        egress(chart, 'minimal', `${chart}-egress`, { networkPolicy: { egress: { ldap } } });
      expect(await at({ to, ports: [3269] })).toContainEqual({
        ports: [{ port: 3269, protocol: 'TCP' }],
        to,
      });
      expect(egressPorts(await at({ ports: [] }))).toEqual(
        egressPorts(await at({})).filter((port) => port !== 389 && port !== 636),
      );
    },
  );

  test('Environment API reaches the primary of another region', async () => {
    const postgres = { primaryHost: 'postgres.usw1.example', primaryPort: 6543 };
    const rules = await egress('environment-api', 'minimal', 'environment-api-egress', { postgres });
    expect(egressPorts(rules)).toContain(6543);
  });

  test('Environment API: names, Configuration Server (checks), Auth API, Redis, PostgreSQL', async () => {
    expect(egressPorts(await egress('environment-api', 'minimal', 'environment-api-egress'))).toEqual([
      53, 53, 8888, 389, 636, 8080, 8082, 6379, 5432,
    ]);
  });

  test('Auth UI: names, Auth API and Environment API, no store', async () => {
    const rules = await egress('auth-ui', 'minimal', 'auth-ui-egress');
    expect(egressPorts(rules)).toEqual([53, 53, 8080, 8082, 8080]);
    expect(rules.at(-1)?.to).toEqual([
      { podSelector: { matchLabels: { 'app.kubernetes.io/name': 'environment-api' } } },
    ]);
  });

  test('Auth UI reaches Environment API only where there is a console', async () => {
    const config = { environmentApi: { url: '' } };
    expect(egressPorts(await egress('auth-ui', 'minimal', 'auth-ui-egress', { config }))).toEqual([
      53, 53, 8080, 8082,
    ]);
    const objects = await charts.objects('auth-ui', 'minimal', { config });
    expect(only(objects, 'ConfigMap')['data']['config.yaml']).not.toContain('environmentApi');
  });

  test('ports come from the connection itself, so that they are written once', async () => {
    const rules = await egress('auth-api', 'existing-secret', 'auth-api-blue-egress', {
      postgres: { port: 6432 },
    });
    expect(egressPorts(rules)).toEqual([
      53, 53, 8888, 389, 636, 8080, 8082, 9200, 443, 443, 6379, 7000, 6432, 443,
    ]);
    const tls = await egress('auth-api', 'minimal', 'auth-api-egress', {
      redis: { url: 'rediss://redis.example.com:6380' },
    });
    expect(egressPorts(tls)).toContain(6380);
    const byDefault = await egress('auth-api', 'minimal', 'auth-api-egress', {
      redis: { url: 'redis://redis.example.com' },
    });
    expect(egressPorts(byDefault)).toContain(6379);
    const sentinels = ['sentinel-0.example.com:26379', 'sentinel-1.example.com:26380'];
    const bySentinel = (ports: number[]) =>
      egress('auth-api', 'minimal', 'auth-api-egress', {
        redis: { url: '', sentinels },
        networkPolicy: { egress: { redis: { ports } } },
      });
    expect(egressPorts(await bySentinel([]))).toEqual(expect.arrayContaining([6379, 26379, 26380]));
    expect(egressPorts(await bySentinel([6380]))).toEqual(expect.arrayContaining([6380, 26379, 26380]));
  });
});

describe.each(serviceCharts)('monitoring of %s', (chart) => {
  test('a ServiceMonitor only where the cluster knows the kind', async () => {
    const values = { serviceMonitor: { enabled: true } };
    const without = await charts.objects(chart, 'minimal', values);
    expect(without.filter(({ kind }) => kind === 'ServiceMonitor')).toEqual([]);
    const objects = await charts.objects(chart, 'minimal', values, { apiVersions: [prometheus] });
    const monitor = only(objects, 'ServiceMonitor')['spec'];
    const service = only(objects, 'Service', `${chart}-management`);
    expect(service.metadata.labels).toMatchObject(monitor.selector.matchLabels);
    expect(service['spec'].ports.map(({ name }: { name: string }) => name)).toContain(
      monitor.endpoints[0].port,
    );
    expect(only(objects, 'Service', chart).metadata.labels).not.toMatchObject(monitor.selector.matchLabels);
  });
});
