/** `helm test` of the chart of the whole installation: the pod of `gatehouse doctor --installation`. */
import path from 'node:path';
import { expect, test } from 'vitest';
import { chartsFolder, umbrellaChart } from '../../tools/charts/places.ts';
import { type KubernetesObject, renderChart } from '../../tools/charts/render.ts';
import { only, useCharts } from './rendering.ts';

const charts = useCharts();
const valuesOf = (name: string) => path.join(chartsFolder, umbrellaChart, 'ci', `${name}.yaml`);

const render = (values: object = {}, name = 'minimal') =>
  renderChart(charts.folder(umbrellaChart), { valuesFiles: [valuesOf(name)], values });

const podOf = (objects: KubernetesObject[]) => only(objects, 'Pod', 'doctor')['spec'];
const variablesOf = (objects: KubernetesObject[]): Record<string, string> =>
  Object.fromEntries(
    podOf(objects).containers[0].env.map(({ name, value }: { name: string; value: string }) => [name, value]),
  );

test('asks both APIs in the cluster as the operator account, whose password is a file', async () => {
  const objects = await render();
  const [container] = podOf(objects).containers;
  expect(container.args).toEqual(['doctor', '--installation', '--insecure-http']);
  expect(container.image).toMatch(/^gatehouse\/cli:\d/);
  expect(variablesOf(objects)).toEqual({
    GATEHOUSE_URL: 'http://auth-api:80',
    GATEHOUSE_ENVIRONMENT_URL: 'http://environment-api:80',
    GATEHOUSE_USERNAME: 'ops',
    GATEHOUSE_PASSWORD_FILE: '/etc/gatehouse/secrets/ops-password',
  });
  const { sources } = podOf(objects).volumes[0].projected;
  expect(sources).toEqual([
    { secret: { name: 'gatehouse', items: [{ key: 'ops-password', path: 'ops-password' }] } },
  ]);
});

test('is a test alone, with no more rights than a service', async () => {
  const objects = await render();
  const { metadata } = only(objects, 'Pod', 'doctor');
  expect(metadata.annotations?.['helm.sh/hook']).toBe('test');
  const server = only(objects, 'Deployment', 'auth-api')['spec'].template.spec;
  const pod = podOf(objects);
  expect(pod.automountServiceAccountToken).toBe(false);
  expect(pod.securityContext).toEqual(server.securityContext);
  expect(pod.securityContext).toMatchObject({
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  });
  expect(pod.containers[0].securityContext).toEqual(server.containers[0].securityContext);
  expect(pod.containers[0].securityContext).toMatchObject({
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
  });
  for (const service of objects.filter(({ kind }) => kind === 'Service'))
    expect(metadata.labels).not.toMatchObject(service['spec'].selector);
});

test('may ask every address, and nothing reaches it', async () => {
  const objects = await render();
  const policy = only(objects, 'NetworkPolicy', 'doctor')['spec'];
  expect(only(objects, 'Pod', 'doctor').metadata.labels).toMatchObject(policy.podSelector.matchLabels);
  expect(policy).toMatchObject({ policyTypes: ['Ingress', 'Egress'], egress: [{}] });
  expect(policy.ingress).toBeUndefined();
});

test('signs in where a Secret has an account, at the address that is given', async () => {
  const signIn = { username: 'demo\\agent', existingSecret: 'accounts', passwordKey: 'agent-password' };
  const doctor = { signIn, publicAt: 'http://public-host.gatehouse.svc' };
  const objects = await render({ doctor });
  expect(podOf(objects).containers[0].args.slice(3)).toEqual([
    '--public-at',
    'http://public-host.gatehouse.svc',
  ]);
  expect(variablesOf(objects)).toMatchObject({
    GATEHOUSE_SIGN_IN_USERNAME: 'demo\\agent',
    GATEHOUSE_SIGN_IN_PASSWORD_FILE: '/etc/gatehouse/secrets/sign-in-password',
  });
  expect(podOf(objects).volumes[0].projected.sources[1]).toEqual({
    secret: { name: 'accounts', items: [{ key: 'agent-password', path: 'sign-in-password' }] },
  });
  await expect(render({ doctor: { signIn: { username: 'demo\\agent' } } })).rejects.toThrow(
    'doctor.signIn.existingSecret is missing',
  );
});

test('signs the first administrator of an evaluation in, at its own public host', async () => {
  const objects = await render({}, 'evaluation');
  expect(podOf(objects).containers[0].args.slice(3)).toEqual([
    '--public-at',
    'http://evaluation-public-host',
  ]);
  expect(variablesOf(objects)['GATEHOUSE_SIGN_IN_USERNAME']).toBe('evaluation\\administrator');
  const { sources } = podOf(objects).volumes[0].projected;
  expect(sources[1].secret).toEqual({
    name: 'evaluation',
    items: [{ key: 'administrator-password', path: 'sign-in-password' }],
  });

  const withTls = await render({ global: { publicUrl: 'https://login.test' } }, 'evaluation');
  expect(podOf(withTls).containers[0].args.slice(4)).toEqual(['https://evaluation-public-host']);
  const { GATEHOUSE_CA_FILE: authority } = variablesOf(withTls);
  const certificate = podOf(withTls).volumes[0].projected.sources[2].secret.items[0];
  expect(certificate.key).toBe('tls.crt');
  expect(authority).toBe(`/etc/gatehouse/secrets/${certificate.path}`);
});

test('has the image, the Secret, the names and the authorities that the values give', async () => {
  const objects = await render(
    {
      global: { secrets: { existingSecret: 'one' } },
      'auth-api': {
        service: { name: 'gauth-auth', port: 443 },
        config: { ops: { username: 'root' }, http: { tls: { certFile: '/tls/crt', keyFile: '/tls/key' } } },
        extraVolumes: [{ name: 'company-ca', configMap: { name: 'company-ca' } }],
        extraVolumeMounts: [{ name: 'company-ca', mountPath: '/etc/company-ca', readOnly: true }],
        extraEnv: [{ name: 'NODE_EXTRA_CA_CERTS', value: '/etc/company-ca/ca.crt' }],
      },
    },
    'full',
  );
  expect(variablesOf(objects)).toMatchObject({
    GATEHOUSE_URL: 'https://gauth-auth:443',
    GATEHOUSE_USERNAME: 'root',
    NODE_EXTRA_CA_CERTS: '/etc/company-ca/ca.crt',
  });
  const pod = podOf(objects);
  expect(pod.containers[0].image).toBe('registry.example.com/gatehouse/cli:0.1.0-test');
  expect(pod.imagePullSecrets).toEqual([{ name: 'registry-login' }]);
  expect(pod.volumes[0].projected.sources[0].secret.name).toBe('one');
  expect(pod.containers[0].volumeMounts[1].mountPath).toBe('/etc/company-ca');
  const digest = `sha256:${'a'.repeat(64)}`;
  const pinned = await render({ doctor: { image: { digest } } });
  expect(podOf(pinned).containers[0].image).toBe(`gatehouse/cli@${digest}`);
});

test('can be left out, and a misspelt key is refused', async () => {
  const without = await render({ doctor: { enabled: false } });
  expect(without.filter(({ metadata }) => metadata.name === 'doctor')).toEqual([]);
  await expect(render({ doctor: { signin: {} } })).rejects.toThrow('signin');
  await expect(render({ doctor: { publicAt: 'http://host/path' } })).rejects.toThrow(/publicAt/);
});
