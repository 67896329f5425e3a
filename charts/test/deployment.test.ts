import { describe, expect, test } from 'vitest';
import { type ServiceChart, serviceCharts } from '../../tools/charts/places.ts';
import { only, useCharts } from './rendering.ts';

const charts = useCharts();

const deploymentOf = async (chart: ServiceChart, values?: object, ci: 'minimal' | 'full' = 'minimal') =>
  only(await charts.objects(chart, ci, values), 'Deployment')['spec'];

describe.each(serviceCharts)('Deployment of %s', (chart) => {
  test('no pod goes before its successor is ready', async () => {
    const { strategy } = await deploymentOf(chart);
    expect(strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } });
  });

  test('threats 75: pods run restricted by default', async () => {
    const { spec } = (await deploymentOf(chart)).template;
    expect(spec).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, runAsUser: 65_532, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(spec.containers).toHaveLength(1);
    expect(spec.containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(spec.hostNetwork ?? spec.hostPID ?? spec.hostIPC).toBeUndefined();
  });

  test('probes ask the port named management', async () => {
    const [container] = (await deploymentOf(chart)).template.spec.containers;
    expect(container.ports).toContainEqual({ name: 'management', containerPort: 8081 });
    expect(container.startupProbe.httpGet).toEqual({ path: '/healthz', port: 'management' });
    expect(container.readinessProbe.httpGet).toEqual({ path: '/readyz', port: 'management' });
    expect(container.livenessProbe.httpGet).toEqual({ path: '/healthz', port: 'management' });
  });
});

describe('every Deployment, here that of the smallest chart', () => {
  const deployment = (values?: object, ci?: 'minimal' | 'full') => deploymentOf('auth-ui', values, ci);

  test('the grace period covers the whole shutdown of the service', async () => {
    const spec = await deployment({ config: { http: { drainDelayMs: 8000, shutdownTimeoutMs: 61_500 } } });
    expect(spec.template.spec.terminationGracePeriodSeconds).toBe(67);
    expect(spec.template.spec.containers[0].lifecycle).toBeUndefined();
  });

  test('a shutdown that ends before the drain is refused', async () => {
    const values = { config: { http: { drainDelayMs: 30_000, shutdownTimeoutMs: 20_000 } } };
    await expect(deployment(values)).rejects.toThrow('config.http.shutdownTimeoutMs');
  });

  test('a null takes a default away, as clusters that assign user ids need it', async () => {
    const { spec } = (
      await deployment({ podSecurityContext: { runAsUser: null, runAsGroup: null, fsGroup: null } })
    ).template;
    expect(spec.securityContext).toEqual({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
  });

  test('replicas are left to the autoscaler when there is one', async () => {
    expect(await deployment()).toHaveProperty('replicas', 2);
    expect(await deployment({ autoscaling: { enabled: true } })).not.toHaveProperty('replicas');
  });

  test('a changed configuration rolls the pods, an upgrade of the chart alone does not', async () => {
    const before = await deployment();
    const after = await deployment({ config: { log: { level: 'warn' } } });
    const checksum = (spec: { template: { metadata: { annotations: Record<string, string> } } }) =>
      spec.template.metadata.annotations['checksum/config'];
    expect(checksum(after)).not.toBe(checksum(before));
    expect(Object.keys(before.template.metadata.labels)).toEqual([
      'app.kubernetes.io/name',
      'app.kubernetes.io/instance',
      'app.kubernetes.io/component',
    ]);
    expect(before.selector.matchLabels).toEqual(before.template.metadata.labels);
  });

  test('a changed demo secret rolls the pods', async () => {
    const checksum = async (secret: string) =>
      (await deployment({ secrets: { values: { serviceClientSecret: secret } } }, 'full')).template.metadata
        .annotations['checksum/secret'];
    expect(await checksum('first-secret')).not.toBe(await checksum('second-secret'));
  });

  test.each([
    ['512Mi', '--max-old-space-size=358'],
    ['2Gi', '--max-old-space-size=1433'],
    ['1G', '--max-old-space-size=667'],
  ])('the heap leaves room below a memory limit of %s', async (memory, options) => {
    const [container] = (await deployment({ resources: { limits: { memory } } })).template.spec.containers;
    expect(container.env).toContainEqual({ name: 'NODE_OPTIONS', value: options });
  });

  test('NODE_OPTIONS of the operator replaces the computed one', async () => {
    const extraEnv = [{ name: 'NODE_OPTIONS', value: '--enable-source-maps' }];
    const [container] = (await deployment({ extraEnv })).template.spec.containers;
    expect(container.env.filter(({ name }: { name: string }) => name === 'NODE_OPTIONS')).toEqual(extraEnv);
  });

  test('pods of one revision spread over nodes and zones', async () => {
    const spec = await deployment();
    const constraints = spec.template.spec.topologySpreadConstraints;
    expect(constraints.map((one: { topologyKey: string }) => one.topologyKey)).toEqual([
      'kubernetes.io/hostname',
      'topology.kubernetes.io/zone',
    ]);
    expect(constraints[0].labelSelector.matchLabels).toEqual(spec.selector.matchLabels);
  });
});

describe('the PodDisruptionBudget', () => {
  const budget = async (values: object) =>
    only(await charts.objects('auth-ui', 'minimal', { podDisruptionBudget: values }), 'PodDisruptionBudget')[
      'spec'
    ];

  test('keeps one pod when nothing is said', async () => {
    expect(await budget({})).toMatchObject({ minAvailable: 1 });
  });

  test('an explicit 0 counts', async () => {
    expect(await budget({ minAvailable: 0 })).toMatchObject({ minAvailable: 0 });
    expect(await budget({ maxUnavailable: 0 })).toMatchObject({ maxUnavailable: 0 });
  });
});
