import { describe, expect, test } from 'vitest';
import { type ServiceChart, serviceCharts } from '../../tools/charts/places.ts';
import type { KubernetesObject } from '../../tools/charts/render.ts';
import { loadAsService } from '../../tools/charts/service-view.ts';
import { only, useCharts } from './rendering.ts';

const charts = useCharts();
const tls = {
  service: { port: 443 },
  config: { http: { tls: { certFile: '/etc/tls/tls.crt', keyFile: '/etc/tls/tls.key' } } },
};

/** Whether a policy rule with these peers lets the pod in; peers of other namespaces play no part here. */
const admits = (peers: { podSelector?: { matchLabels: Record<string, string> } }[], pod: KubernetesObject) =>
  peers.some(
    ({ podSelector }) =>
      podSelector &&
      Object.entries(podSelector.matchLabels).every(([key, value]) => pod.metadata.labels?.[key] === value),
  );

async function openPorts(of: ServiceChart, pod: KubernetesObject): Promise<string[]> {
  const objects = await charts.objects(of, 'minimal', { networkPolicy: { ingress: { http: [] } } });
  const { ingress } = only(objects, 'NetworkPolicy', `${of}-ingress`)['spec'];
  return ingress
    .filter(({ from }: { from: [] }) => admits(from, pod))
    .flatMap(({ ports }: { ports: { port: string }[] }) => ports.map(({ port }) => port));
}

const testPod = async (chart: ServiceChart, values?: object) =>
  only(await charts.objects(chart, 'minimal', values), 'Pod');

describe.each(serviceCharts)('helm test of %s', (chart) => {
  const asked = async (values?: object) => {
    const [container] = (await testPod(chart, values))['spec'].containers;
    return container.args;
  };

  test('asks the API and the management port of the release', async () => {
    expect(await asked()).toEqual(['check-release', `http://${chart}:80`, `http://${chart}-management:8081`]);
  });

  test('asks by HTTPS where the pods speak HTTPS; the management port stays HTTP', async () => {
    expect(await asked(tls)).toEqual([
      'check-release',
      `https://${chart}:443`,
      `http://${chart}-management:8081`,
    ]);
  });

  test('has the configuration, the secrets and the authorities of the service, and no more rights', async () => {
    const objects = await charts.objects(chart, 'full');
    const server = only(objects, 'Deployment')['spec'].template.spec;
    const { spec } = only(objects, 'Pod');
    expect(await loadAsService(chart, spec, objects)).toEqual(await loadAsService(chart, server, objects));
    const [own, others] = [spec.containers[0], server.containers[0]];
    expect(own.volumeMounts).toEqual(others.volumeMounts);
    expect(own.env).toContainEqual({ name: 'NODE_EXTRA_CA_CERTS', value: '/etc/company-ca/ca.crt' });
    expect(own.securityContext).toEqual(others.securityContext);
    expect(spec.securityContext).toEqual(server.securityContext);
    expect(spec.automountServiceAccountToken).toBe(false);
  });

  test('may reach the release, whatever callers may, and its pod is no part of a Service', async () => {
    const pod = await testPod(chart);
    expect(await openPorts(chart, pod)).toEqual(['http', 'management']);
    for (const service of (await charts.objects(chart, 'minimal')).filter(({ kind }) => kind === 'Service'))
      expect(pod.metadata.labels).not.toMatchObject(service['spec'].selector);
  });

  test('may reach nothing else, and nothing reaches it', async () => {
    const objects = await charts.objects(chart, 'minimal');
    const policy = only(objects, 'NetworkPolicy', `${chart}-test`)['spec'];
    expect(only(objects, 'Pod').metadata.labels).toMatchObject(policy.podSelector.matchLabels);
    expect(policy.policyTypes).toEqual(['Ingress', 'Egress']);
    expect(policy.ingress).toBeUndefined();
    const server = only(objects, 'Deployment')['spec'].template.metadata.labels;
    const [names, release, ...others] = policy.egress;
    expect(names.ports.map(({ port }: { port: number }) => port)).toEqual([53, 53]);
    expect(release).toMatchObject({
      ports: [{ port: 8080 }, { port: 8081 }],
      to: [{ podSelector: { matchLabels: server } }],
    });
    const authApi = { podSelector: { matchLabels: { 'app.kubernetes.io/name': 'auth-api' } } };
    expect(others).toEqual(
      chart === 'environment-api' ? [{ ports: [{ port: 8080, protocol: 'TCP' }], to: [authApi] }] : [],
    );
  });
});

test('Auth API lets the test of Environment API fetch its token, and no test reach its management port', async () => {
  const pod = await testPod('environment-api');
  expect(await openPorts('auth-api', pod)).toContain('http');
  expect(await openPorts('auth-api', pod)).not.toContain('management');
  expect(await openPorts('environment-api', await testPod('auth-api'))).not.toContain('management');
});
