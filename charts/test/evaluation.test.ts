/** Evaluation mode of the chart of the whole installation: what it brings, what it keeps secret, and where it is refused. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect } from 'node:tls';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { readValues } from '../../tools/charts/chart-files.ts';
import { findDeadValues } from '../../tools/charts/dead-values.ts';
import { runHelm } from '../../tools/charts/helm.ts';
import { chartsFolder, serviceCharts, umbrellaChart } from '../../tools/charts/places.ts';
import { type KubernetesObject, type RenderOptions, renderChart } from '../../tools/charts/render.ts';
import { loadAsService } from '../../tools/charts/service-view.ts';
import { only, useCharts } from './rendering.ts';

const charts = useCharts();
const evaluation = { enabled: true };

const render = (values: object = {}, options: RenderOptions = {}) =>
  renderChart(charts.folder(umbrellaChart), {
    values: { global: { publicUrl: 'http://localhost:8080' }, evaluation, ...values },
    ...options,
  });

const refusalOf = (values: object, options: RenderOptions = {}) =>
  render(values, options).then(
    () => 'accepted',
    (error: Error) => error.message,
  );

const ownObjects = (objects: KubernetesObject[]) =>
  objects.filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] === 'evaluation');

const podsOf = (objects: KubernetesObject[]) =>
  ownObjects(objects).filter(({ kind }) => kind === 'Deployment' || kind === 'Job');

const secretOf = (objects: KubernetesObject[]): Record<string, string> =>
  Object.fromEntries(
    Object.entries(only(objects, 'Secret', 'evaluation')['data'] as Record<string, string>).map(
      ([key, value]) => [key, Buffer.from(value, 'base64').toString()],
    ),
  );

describe('an evaluation', () => {
  test('needs the public address alone, and brings stores, a public host and a first administrator', async () => {
    expect(
      ownObjects(await render())
        .filter(({ kind }) => kind !== 'NetworkPolicy')
        .map(({ kind, metadata }) => `${kind} ${metadata.name}`)
        .sort(),
    ).toEqual([
      'ConfigMap evaluation-scripts',
      'Deployment evaluation-postgres',
      'Deployment evaluation-public-host',
      'Deployment evaluation-redis',
      'Job evaluation-bootstrap',
      'Secret evaluation',
      'Service evaluation-postgres',
      'Service evaluation-public-host',
      'Service evaluation-redis',
    ]);
  });

  test.each(serviceCharts)('%s starts with its stores and secrets, as one pod', async (chart) => {
    const objects = await render();
    const { spec } = only(objects, 'Deployment', chart);
    expect(spec.replicas).toBe(1);
    const config = await loadAsService(chart, spec.template.spec, objects);
    if (chart !== 'auth-ui')
      expect(config).toMatchObject({
        postgres: { host: 'evaluation-postgres', database: 'gatehouse' },
        redis: { url: 'redis://evaluation-redis:6379' },
      });
    expect(objects.filter(({ kind }) => kind === 'PodDisruptionBudget')).toEqual([]);
  });

  test('reads every secret out of the one Secret that it makes', async () => {
    const objects = await render();
    const made = Object.keys(secretOf(objects));
    const volumes = objects.flatMap(({ spec }) => spec?.template?.spec.volumes ?? spec?.volumes ?? []);
    const read = volumes.flatMap(({ projected, secret }) => [
      ...(secret ? [secret] : []),
      ...(projected?.sources ?? []).map((source: { secret: object }) => source.secret),
    ]) as { name?: string; secretName?: string; items: { key: string }[] }[];
    expect(new Set(read.map(({ name, secretName }) => name ?? secretName))).toEqual(new Set(['evaluation']));
    expect([...new Set(read.flatMap(({ items }) => items.map(({ key }) => key)))].sort()).toEqual(
      made.sort(),
    );
  });

  test('migrates in the pods of the services: before the release there is no database', async () => {
    const objects = await render();
    expect(
      objects.filter(({ metadata }) => metadata.annotations?.['helm.sh/hook']?.includes('pre-')),
    ).toEqual([]);
    for (const chart of ['auth-api', 'environment-api']) {
      const { spec } = only(objects, 'Deployment', chart)['spec'].template;
      expect(spec.initContainers).toMatchObject([{ name: 'migrate', args: ['migrate'] }]);
      expect(spec.initContainers[0].image).toBe(spec.containers[0].image);
    }
  });

  test('has other secrets each time it is installed anew, and none of them outside the Secret', async () => {
    const [one, other] = [await render(), await render()].map(secretOf);
    for (const [key, value] of Object.entries(one ?? {})) {
      expect(value.length).toBeGreaterThanOrEqual(24);
      expect(other?.[key]).not.toBe(value);
    }
    expect(one?.['encryption-keys']).toMatch(/^k1:[A-Za-z0-9+/]{43}=$/);
    const objects = await render();
    const rest = JSON.stringify(objects.filter(({ kind }) => kind !== 'Secret'));
    for (const value of Object.values(secretOf(objects))) expect(rest).not.toContain(value);
  });

  test('runs under the restricted Pod Security Standard, and no pod of it has an account of the cluster', async () => {
    const pods = podsOf(await render());
    expect(pods).toHaveLength(4);
    for (const { spec } of pods) {
      const pod = spec.template.spec;
      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      });
      for (const { securityContext } of pod.containers)
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
    }
  });

  test('lets the APIs alone reach the stores, and the stores nothing', async () => {
    const objects = await render();
    for (const store of ['evaluation-postgres', 'evaluation-redis']) {
      const { spec } = only(objects, 'NetworkPolicy', store);
      expect(spec.podSelector.matchLabels).toEqual(
        only(objects, 'Deployment', store)['spec'].selector.matchLabels,
      );
      expect(spec.policyTypes).toEqual(['Ingress', 'Egress']);
      expect(spec.egress).toBeUndefined();
      expect(JSON.stringify(spec.ingress)).toContain('"values":["auth-api","environment-api"]');
    }
    expect(only(objects, 'NetworkPolicy', 'evaluation-bootstrap')['spec'].ingress).toBeUndefined();
  });

  test('takes the image of Auth UI for its two programs, by its digest too', async () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    const objects = await render({ 'auth-ui': { image: { registry: 'one.example', digest } } });
    const image = `one.example/gatehouse/auth-ui@${digest}`;
    for (const [kind, name] of [
      ['Deployment', 'evaluation-public-host'],
      ['Job', 'evaluation-bootstrap'],
    ] as const)
      expect(only(objects, kind, name)['spec'].template.spec.containers[0].image).toBe(image);
  });

  test('keeps the data of PostgreSQL in a volume claim where one is asked for', async () => {
    const volumeOf = async (postgres: object) => {
      const objects = await render({ evaluation: { ...evaluation, postgres } });
      const claims = objects.filter(({ kind }) => kind === 'PersistentVolumeClaim');
      const { volumes } = only(objects, 'Deployment', 'evaluation-postgres')['spec'].template.spec;
      return [volumes[0], claims.map(({ spec }) => spec)];
    };
    expect(await volumeOf({})).toEqual([{ name: 'data', emptyDir: {} }, []]);
    expect(await volumeOf({ storage: '2Gi', storageClass: 'fast' })).toEqual([
      { name: 'data', persistentVolumeClaim: { claimName: 'evaluation-postgres' } },
      [
        {
          accessModes: ['ReadWriteOnce'],
          storageClassName: 'fast',
          resources: { requests: { storage: '2Gi' } },
        },
      ],
    ]);
  });

  test('serves HTTPS by a certificate for its host where the address is HTTPS', async () => {
    const objects = await render({ global: { publicUrl: 'https://login.test:8443' } });
    const { 'tls.crt': certificate = '' } = secretOf(objects);
    expect(certificate).toMatch(/^-----BEGIN CERTIFICATE-----/);
    const [container] = only(objects, 'Deployment', 'evaluation-public-host')['spec'].template.spec
      .containers;
    expect(container.env).toContainEqual({ name: 'TLS_FOLDER', value: '/secrets' });
    expect(only(objects, 'Service', 'evaluation-public-host')['spec'].ports[0].port).toBe(443);
  });

  test('every value of it is used by a template', async () => {
    const keys = readValues(umbrellaChart).filter(({ path: [first] }) => first === 'evaluation');
    const file = path.join(chartsFolder, umbrellaChart, 'ci/evaluation.yaml');
    const digests = path.join(charts.folder(umbrellaChart), 'digests.yaml');
    const images = Object.fromEntries(
      ['postgres', 'redis'].map((store) => [store, { image: { digest: 'sha256:0', registry: 'one' } }]),
    );
    const values = {
      global: { publicUrl: 'http://localhost:8080' },
      evaluation: { ...evaluation, ...images },
    };
    writeFileSync(digests, JSON.stringify(values));
    expect(await findDeadValues(charts.folder(umbrellaChart), keys, [file, digests], [])).toEqual([]);
  });
});

describe('an evaluation is refused', () => {
  test.each([
    'https://login.example.com',
    'http://localhost.example.com',
    'http://notlocalhost',
    'https://internal',
    'http://127.0.0.1:8080',
  ])('at %s, and the sentence says which hosts would be right', async (publicUrl) => {
    const refusal = await refusalOf({ global: { publicUrl } });
    expect(refusal).toContain(`evaluation.enabled is refused for global.publicUrl ${publicUrl}`);
    expect(refusal).toContain('.localhost, .test or .internal, such as http://localhost:8080');
  });

  test.each([
    'http://localhost:8080',
    'http://gatehouse.localhost',
    'https://a.test:8443',
    'https://b.c.internal',
  ])('not at %s', async (publicUrl) => {
    expect(await refusalOf({ global: { publicUrl } })).toBe('accepted');
  });

  test.each(serviceCharts)('with two pods of %s, by number or by autoscaling', async (chart) => {
    expect(await refusalOf({ [chart]: { replicaCount: 2 } })).toContain(
      `evaluation.enabled is refused with ${chart}.replicaCount 2: leave it at 1`,
    );
    expect(await refusalOf({ [chart]: { autoscaling: { enabled: true } } })).toContain(
      `evaluation.enabled is refused with ${chart}.autoscaling.enabled: leave it false`,
    );
    expect(await refusalOf({ [chart]: { replicaCount: 1 } })).toBe('accepted');
  });

  test.each([
    [{ postgres: { host: 'postgres.databases.svc' } }, 'global.postgres.host'],
    [{ redis: { url: 'rediss://redis.databases.svc' } }, 'global.redis.url'],
    [{ secrets: { existingSecret: 'gatehouse' } }, 'global.secrets.existingSecret'],
  ])('with stores or secrets that exist: %j', async (global, name) => {
    const refusal = await refusalOf({ global: { publicUrl: 'http://localhost:8080', ...global } });
    expect(refusal).toContain(`evaluation.enabled is refused with ${name}`);
  });

  test('for the upgrade of a release that was installed without it', async () => {
    expect(await refusalOf({}, { isUpgrade: true })).toContain(
      'evaluation.enabled is refused for an upgrade of the release gatehouse, which was installed without it',
    );
  });

  test.each([
    [{ evaluation: { enable: true } }, 'enable'],
    [{ evaluation: { ...evaluation, postgres: { storage: 'much' } } }, 'storage'],
    [{ evaluation: { ...evaluation, redis: { image: { digest: 'sha256:1' } } } }, 'digest'],
    [
      { evaluation: { enabled: false }, global: { evaluation: true, ...settled() } },
      'set evaluation.enabled',
    ],
  ])('with a value that cannot be right: %j', async (values, name) => {
    expect(await refusalOf(values)).toContain(name);
  });

  function settled() {
    return {
      publicUrl: 'https://login.example.com',
      secrets: { existingSecret: 'gatehouse' },
      postgres: { host: 'postgres', ssl: 'verify' },
      redis: { url: 'rediss://redis' },
    };
  }
});

test('the notes print the one line that leads the address to it, and the command that reads the password', async () => {
  const notesOf = async (publicUrl: string) => {
    const args = [
      'install',
      'trial',
      charts.folder(umbrellaChart),
      '--dry-run=client',
      '--namespace',
      'mine',
    ];
    const { stdout } = await runHelm(
      [...args, '--values', '-'],
      JSON.stringify({ global: { publicUrl }, evaluation }),
    );
    return stdout.split(/^NOTES:$/m)[1] ?? '';
  };
  const notes = await notesOf('http://localhost:8080');
  expect(notes).toContain('kubectl -n mine port-forward service/evaluation-public-host 8080:80\n');
  expect(notes).toContain(
    'http://localhost:8080/auth/console and sign in as administrator, tenant evaluation',
  );
  expect(notes).toContain(
    "kubectl -n mine get secret evaluation --output jsonpath='{.data.administrator-password}' | base64 --decode",
  );
  expect(notes).not.toContain('gatehouse administrators add');
  expect(notes).not.toMatch(/file of hosts|certificate/);
  const secure = await notesOf('https://login.test');
  expect(secure).toContain('port-forward service/evaluation-public-host 443:443\n');
  expect(secure).toContain('127.0.0.1 login.test in its file of hosts');
  expect(secure).toContain('The certificate was made with the release');
});

describe('its programs', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'evaluation-'));
  const servers: Server[] = [];
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill();
    for (const server of servers.splice(0)) server.close();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  type Answer = { status: number; text?: string };
  async function service(answer: (request: IncomingMessage, body: string) => Answer): Promise<string> {
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const { status, text = '' } = answer(request, body);
      response.writeHead(status).end(text);
    });
    servers.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  function start(file: string, env: Record<string, string>) {
    const script = path.join(chartsFolder, umbrellaChart, 'files', file);
    const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
    return { child, output: () => output };
  }

  async function publicHost(env: Record<string, string> = {}) {
    const named = (name: string) =>
      service(({ url, headers, method }, body) => ({
        status: 200,
        text: JSON.stringify({
          name,
          url,
          method,
          body,
          host: headers.host,
          from: headers['x-forwarded-for'],
        }),
      }));
    const AUTH_API = await named('auth-api');
    const AUTH_UI = await named('auth-ui');
    const services = { AUTH_API, AUTH_UI, ENVIRONMENT_API: 'http://127.0.0.1:1' };
    const { child } = start('public-host.mjs', { ...services, PORT: '0', ...env });
    const [said] = await once(child.stdout, 'data');
    return `localhost:${/\d+/.exec(String(said))?.[0]}`;
  }

  test.each([
    ['/auth/v3/oauth/token?x=1', 'auth-api'],
    ['/.well-known/openid-configuration/auth/v3', 'auth-api'],
    ['/.well-known/oauth-protected-resource/auth/v3/ops', 'auth-api'],
    ['/auth/console', 'auth-ui'],
    ['/', 'auth-ui'],
    ['/?ui_locales=de', 'auth-ui'],
  ])('lead %s to %s', async (target, name) => {
    const host = await publicHost();
    const answer = await fetch(`http://${host}${target}`, {
      method: 'POST',
      body: 'some body',
      headers: { 'x-forwarded-for': '192.0.2.1' },
    });
    const { from, ...rest } = (await answer.json()) as { from?: string };
    expect(rest).toEqual({ name, url: target, method: 'POST', body: 'some body', host });
    expect(from).toBeUndefined();
  });

  test.each(['/auth/v3/ops', '/auth/v3/ops/clients', '/auth/v3/ops?x', '/metrics', '/healthz'])(
    'lead %s nowhere',
    async (target) => {
      expect((await fetch(`http://${await publicHost()}${target}`)).status).toBe(404);
    },
  );

  test('say that a service does not answer', async () => {
    expect((await fetch(`http://${await publicHost()}/environment/v3/environments`)).status).toBe(503);
  });

  test('serve HTTPS with the certificate of the Secret', async () => {
    const secret = secretOf(await render({ global: { publicUrl: 'https://localhost:8443' } }));
    for (const name of ['tls.crt', 'tls.key']) writeFileSync(path.join(folder, name), secret[name] ?? '');
    const host = await publicHost({ TLS_FOLDER: folder });
    await expect(fetch(`http://${host}/`)).rejects.toThrow();
    const socket = connect({ host: 'localhost', port: Number(host.split(':')[1]), ca: secret['tls.crt'] });
    await once(socket, 'secureConnect');
    expect(socket.authorized).toBe(true);
    socket.destroy();
  });

  async function bootstrap(answer: (url: string, body: string) => Answer) {
    writeFileSync(path.join(folder, 'ops-password'), 'the-ops-password');
    writeFileSync(path.join(folder, 'administrator-password'), 'the-first-password');
    const asked: string[] = [];
    const url = await service(({ url = '', headers }, body) => {
      expect(headers.authorization).toBe(`Basic ${Buffer.from('ops:the-ops-password').toString('base64')}`);
      asked.push(url);
      return answer(url, body);
    });
    const program = start('bootstrap.mjs', { AUTH_API: url, ENVIRONMENT_API: url, SECRETS_FOLDER: folder });
    const [code] = await once(program.child, 'close');
    expect(program.output()).not.toMatch(/the-(ops|first)-password/);
    return { code, asked, output: program.output() };
  }

  test('make people store, contact centre, person and administrator, and wait for a service that starts', async () => {
    let refusals = 1;
    const { code, asked } = await bootstrap(() => ({ status: refusals-- > 0 ? 503 : 201 }));
    expect(code).toBe(0);
    const centre = '/environment/v3/contact-centers';
    expect(asked).toEqual([
      '/environment/v3/environments',
      '/environment/v3/environments',
      centre,
      expect.stringMatching(new RegExp(`^${centre}/[0-9a-f-]{36}/scim/v2/Users$`)),
      '/auth/v3/ops/administrators',
    ]);
  });

  test('leave as it is what is there, such as a password that was changed', async () => {
    const { code, asked, output } = await bootstrap(() => ({ status: 409 }));
    expect([code, asked.length]).toEqual([0, 4]);
    expect(output).toContain('Found the person.');
  });

  test('end with the words of the service that refuses', async () => {
    const { code, output } = await bootstrap(() => ({ status: 400, text: 'no such directory' }));
    expect(code).toBe(1);
    expect(output).toContain('Could not make the people store (400): no such directory');
  });
});
