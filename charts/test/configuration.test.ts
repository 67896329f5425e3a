/** The Job and the CronJob that apply documents, and compare them with the installation. */
import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../tools/charts/render.ts';
import { only, useCharts } from './rendering.ts';

const charts = useCharts();
const documents = { existingConfigMap: 'documents' };
const render = (configuration: object = documents, values: object = {}) =>
  charts.objects('environment-api', 'minimal', { configuration, ...values });

const jobOf = (objects: KubernetesObject[]) => only(objects, 'Job', 'environment-api-configuration');
const specOf = (objects: KubernetesObject[]) => jobOf(objects)['spec'].template.spec;
const variablesOf = (objects: KubernetesObject[]): Record<string, string> =>
  Object.fromEntries(
    specOf(objects).containers[0].env.map(({ name, value }: { name: string; value: string }) => [
      name,
      value,
    ]),
  );

test('nothing is applied unless a ConfigMap is named', async () => {
  const objects = await render({});
  expect(objects.filter(({ kind }) => kind === 'CronJob')).toEqual([]);
  expect(only(objects, 'Job').metadata.name).toBe('environment-api-migration');
});

describe('the Job', () => {
  test('runs after an install and each upgrade, and stays there to be looked at', async () => {
    expect(jobOf(await render()).metadata.annotations).toMatchObject({
      'helm.sh/hook': 'post-install,post-upgrade',
      'helm.sh/hook-delete-policy': 'before-hook-creation',
    });
  });

  test('tries again only while the API does not answer, for a bounded time', async () => {
    const { spec } = jobOf(await render()) as unknown as { spec: { podFailurePolicy: { rules: object[] } } };
    expect(spec).toMatchObject({ activeDeadlineSeconds: 900, backoffLimit: 6 });
    expect(spec.podFailurePolicy.rules).toContainEqual({
      action: 'FailJob',
      onExitCodes: { containerName: 'apply', operator: 'In', values: [1, 2, 3, 4, 5] },
    });
  });

  test('applies the documents of the ConfigMap as their owner', async () => {
    const [container] = specOf(await render()).containers;
    expect(container.image).toMatch(/^gatehouse\/cli:\d/);
    expect(container.args).toEqual([
      'apply',
      '--insecure-http',
      '--file=/etc/gatehouse/documents',
      '--owner=platform/helm',
      '--yes',
    ]);
    expect(specOf(await render()).volumes[0]).toEqual({
      name: 'documents',
      configMap: { name: 'documents' },
    });
  });

  test('has the Secrets that documents name, and no others, as files', async () => {
    const objects = await render({ ...documents, secretRefs: ['desktop-client'] });
    const spec = specOf(objects);
    expect(spec.volumes.slice(2)).toEqual([
      { name: 'secret-0', secret: { secretName: 'desktop-client', defaultMode: 440 } },
    ]);
    expect(spec.containers[0].volumeMounts.slice(2)).toEqual([
      { name: 'secret-0', mountPath: '/etc/gatehouse/secrets/desktop-client', readOnly: true },
    ]);
    expect(variablesOf(objects)['GATEHOUSE_SECRETS_FOLDER']).toBe('/etc/gatehouse/secrets');
  });

  test('asks this release as the operator account, whose password is a file', async () => {
    const objects = await render();
    expect(variablesOf(objects)).toMatchObject({
      GATEHOUSE_URL: 'http://environment-api:80',
      GATEHOUSE_ENVIRONMENT_URL: 'http://environment-api:80',
      GATEHOUSE_USERNAME: 'ops',
      GATEHOUSE_PASSWORD_FILE: '/etc/gatehouse/account/secret',
    });
    expect(specOf(objects).volumes[1].secret).toMatchObject({
      secretName: 'gatehouse',
      items: [{ key: 'ops-password', path: 'secret' }],
    });
  });

  test('or as a client, whose token comes from Auth API', async () => {
    const client = { id: 'configuration', existingSecret: 'configuration-client' };
    const objects = await render({ ...documents, client });
    const variables = variablesOf(objects);
    expect(variables).toMatchObject({
      GATEHOUSE_URL: 'http://auth-api',
      GATEHOUSE_ENVIRONMENT_URL: 'http://environment-api:80',
      GATEHOUSE_CLIENT_ID: 'configuration',
      GATEHOUSE_CLIENT_SECRET_FILE: '/etc/gatehouse/account/secret',
    });
    expect(variables).not.toHaveProperty('GATEHOUSE_USERNAME');
    expect(specOf(objects).volumes[1].secret.secretName).toBe('configuration-client');
  });

  test('of a client without a Secret is refused by name', async () => {
    await expect(render({ ...documents, client: { id: 'configuration' } })).rejects.toThrow(
      'configuration.client.existingSecret is missing',
    );
  });

  test('has the rights of the service, no more, and no secret of it but the account', async () => {
    const objects = await render();
    const server = only(objects, 'Deployment')['spec'].template.spec;
    const spec = specOf(objects);
    expect(spec.securityContext).toEqual(server.securityContext);
    expect(spec.containers[0].securityContext).toEqual(server.containers[0].securityContext);
    expect(spec.automountServiceAccountToken).toBe(false);
    expect(spec.volumes.map(({ name }: { name: string }) => name)).toEqual(['documents', 'account']);
  });

  test('is no part of a Service', async () => {
    const objects = await render();
    const { labels } = jobOf(objects)['spec'].template.metadata;
    for (const service of objects.filter(({ kind }) => kind === 'Service'))
      expect(labels).not.toMatchObject(service['spec'].selector);
  });

  test('deletes and takes over only where it is told to', async () => {
    const objects = await charts.objects('environment-api', 'full');
    const job = only(objects, 'Job', 'environment-api-environment-api-demo-configuration');
    const [container] = job['spec'].template.spec.containers;
    expect(container.args.slice(3)).toEqual([
      '--owner=platform/git',
      '--revision=4f2a91c',
      '--prune',
      '--yes',
      '--take-over',
    ]);
  });
});

describe('the CronJob', () => {
  const cronOf = (objects: KubernetesObject[]) => only(objects, 'CronJob')['spec'];

  test('compares what the Job applies, and fails once while there is drift', async () => {
    const objects = await render();
    const { schedule, concurrencyPolicy, jobTemplate } = cronOf(objects);
    expect({ schedule, concurrencyPolicy }).toEqual({ schedule: '23 * * * *', concurrencyPolicy: 'Forbid' });
    const { args, ...container } = jobTemplate.spec.template.spec.containers[0];
    const { args: applied, ...ofJob } = specOf(objects).containers[0];
    expect(container).toEqual(ofJob);
    expect(args).toEqual([...applied.slice(0, -1), '--check']);
    expect(jobTemplate.spec.podFailurePolicy).toEqual(jobOf(objects)['spec'].podFailurePolicy);
  });

  test('can be switched off', async () => {
    const objects = await render({ ...documents, check: { enabled: false } });
    expect(objects.filter(({ kind }) => kind === 'CronJob')).toEqual([]);
  });
});

describe('network policies', () => {
  test('let its pods reach this release and the name service alone', async () => {
    const objects = await render();
    const { labels } = jobOf(objects)['spec'].template.metadata;
    const server = only(objects, 'Deployment')['spec'].template.metadata.labels;
    expect(only(objects, 'NetworkPolicy', 'environment-api-configuration')['spec']).toMatchObject({
      podSelector: { matchLabels: labels },
      policyTypes: ['Ingress', 'Egress'],
      egress: [
        { ports: [{ port: 53 }, { port: 53 }] },
        { ports: [{ port: 8080 }], to: [{ podSelector: { matchLabels: server } }] },
      ],
    });
    const { ingress } = only(objects, 'NetworkPolicy', 'environment-api-ingress')['spec'];
    expect(ingress).toContainEqual({
      from: [{ podSelector: { matchLabels: labels } }],
      ports: [{ port: 'http', protocol: 'TCP' }],
    });
  });

  test('and Auth API where a client applies, but not its internal listener', async () => {
    const client = { id: 'configuration', existingSecret: 'configuration-client' };
    const objects = await render({ ...documents, client });
    const { egress } = only(objects, 'NetworkPolicy', 'environment-api-configuration')['spec'];
    expect(egress.at(-1)).toEqual({
      ports: [{ port: 8080, protocol: 'TCP' }],
      to: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'auth-api' } } }],
    });
  });

  test('are unchanged where nothing is applied', async () => {
    const policies = (objects: KubernetesObject[]) => objects.filter(({ kind }) => kind === 'NetworkPolicy');
    const names = policies(await render({})).map(({ metadata }) => metadata.name);
    expect(names).not.toContain('environment-api-configuration');
  });
});
