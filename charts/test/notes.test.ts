import { expect, test } from 'vitest';
import { ciFile } from '../../tools/charts/ci-values.ts';
import { runHelm } from '../../tools/charts/helm.ts';
import { type ServiceChart, serviceCharts } from '../../tools/charts/places.ts';
import { useCharts } from './rendering.ts';

const charts = useCharts();

async function notesOf(chart: ServiceChart, values: object): Promise<string> {
  const args = ['install', chart, charts.folder(chart), '--dry-run=client'];
  const files = ['--values', ciFile(chart, 'minimal'), '--values', '-'];
  const { stdout, stderr } = await runHelm([...args, ...files], JSON.stringify(values));
  const [, notes] = stdout.split(/^NOTES:$/m);
  if (notes === undefined) throw new Error(`no notes: ${stderr}`);
  return notes;
}

test.each(serviceCharts)('the notes of %s say where it is reached, and how', async (chart) => {
  const tls = { certFile: '/etc/tls/tls.crt', keyFile: '/etc/tls/tls.key' };
  const hosts = ['login.example.com'];
  const plain = await notesOf(chart, {});
  expect(plain).toContain(`In the cluster:   http://${chart}.default:80/`);
  expect(plain).toContain(
    'not published: neither an Ingress (ingress.enabled) nor a route (gateway.enabled)',
  );
  expect(plain).toContain(`helm test ${chart}`);
  const secure = await notesOf(chart, { config: { http: { tls } }, service: { port: 443 } });
  expect(secure).toContain(`In the cluster:   https://${chart}.default:443/`);
  const published = await notesOf(chart, {
    ingress: { enabled: true, hosts },
    internalIngress: { enabled: true, hosts: ['apis.corp.example.com'], tls: { enabled: false } },
    gateway: { enabled: true, hosts, parentRefs: [{ name: 'public' }] },
  });
  expect(published).not.toContain('not published');
  expect(published).toMatch(/^From outside: {5}https:\/\/login\.example\.com\/\S+ \(Ingress\)$/m);
  expect(published).toMatch(/^From outside: .* where the gateway public accepts the route/m);
  expect(published).toMatch(/^In the company: {3}http:\/\/apis\.corp\.example\.com\/\S+ \(Ingress\)$/m);
});

// attack: limits shared behind an ingress, unnoticed at the installation | CWE-348 | guard: charts/common/templates/_notes.tpl
test.each(serviceCharts)(
  'the notes of %s warn about an ingress whose callers share one address',
  async (chart) => {
    const warning = 'config.http.trustedProxies is empty';
    const ingress = { enabled: true, hosts: ['login.example.com'] };
    expect(await notesOf(chart, {})).not.toContain(warning);
    expect(await notesOf(chart, { ingress })).toContain(warning);
    expect(await notesOf(chart, { internalIngress: ingress })).toContain(warning);
    expect(await notesOf(chart, { gateway: { ...ingress, parentRefs: [{ name: 'public' }] } })).toContain(
      warning,
    );
    const trusting = { ingress, config: { http: { trustedProxies: ['10.0.0.0/8'] } } };
    expect(await notesOf(chart, trusting)).not.toContain(warning);
  },
);
