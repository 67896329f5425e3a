import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../tools/charts/render.ts';
import { loadAsService } from '../../tools/charts/service-view.ts';
import { only, useCharts } from './rendering.ts';

const charts = useCharts();
const hookOf = ({ metadata }: KubernetesObject) => metadata.annotations?.['helm.sh/hook'];

describe.each(['auth-api', 'environment-api'] as const)('migration of %s', (chart) => {
  test('runs once before an install and before an upgrade, for a bounded time', async () => {
    const job = only(await charts.objects(chart, 'minimal'), 'Job');
    expect(hookOf(job)).toBe('pre-install,pre-upgrade');
    expect(job['spec']).toMatchObject({ activeDeadlineSeconds: 300, backoffLimit: 0 });
    expect(job['spec'].template.spec).toMatchObject({
      restartPolicy: 'Never',
      containers: [{ args: ['migrate'] }],
    });
  });

  test('needs only objects that exist before the release does', async () => {
    for (const ci of ['minimal', 'full', 'existing-secret'] as const) {
      const objects = await charts.objects(chart, ci);
      const early = objects.filter((object) => hookOf(object)?.includes('pre-install'));
      const { spec } = only(early, 'Job')['spec'].template;
      const config = await loadAsService(chart, spec, early);
      expect(config).toHaveProperty('postgres');
      expect(only(early, 'ConfigMap').metadata.name).toBe(spec.volumes[0].configMap.name);
      expect(['default', 'existing-account']).toContain(spec.serviceAccountName);
      const weight = (object: KubernetesObject) =>
        Number(object.metadata.annotations?.['helm.sh/hook-weight']);
      const job = only(early, 'Job');
      expect(early.filter((object) => object !== job && weight(object) >= weight(job))).toEqual([]);
    }
  });

  test('a demo brings its Secret early, and the passwords only there', async () => {
    const objects = await charts.objects(chart, 'full');
    const secrets = objects.filter(({ kind }) => kind === 'Secret');
    expect(secrets.map(hookOf)).toEqual(expect.arrayContaining([undefined, 'pre-install,pre-upgrade']));
  });

  test('may reach the name service and the database, and nothing reaches it', async () => {
    const objects = await charts.objects(chart, 'minimal');
    const job = only(objects, 'Job');
    const spec = only(objects, 'NetworkPolicy', `${chart}-migration`)['spec'];
    expect(spec).toMatchObject({
      podSelector: { matchLabels: job['spec'].template.metadata.labels },
      policyTypes: ['Ingress', 'Egress'],
      egress: [{ ports: [{ port: 53 }, { port: 53 }] }, { ports: [{ port: 5432 }] }],
    });
  });

  test('can be switched off', async () => {
    const objects = await charts.objects(chart, 'minimal', { migration: { enabled: false } });
    expect(objects.filter((object) => hookOf(object)?.includes('pre-install'))).toEqual([]);
  });

  test('has the rights of the service, no more', async () => {
    const objects = await charts.objects(chart, 'minimal');
    const server = only(objects, 'Deployment')['spec'].template.spec;
    const { spec } = only(objects, 'Job')['spec'].template;
    expect(spec.securityContext).toEqual(server.securityContext);
    expect(spec.containers[0].securityContext).toEqual(server.containers[0].securityContext);
    expect(spec.automountServiceAccountToken).toBe(false);
  });
});
