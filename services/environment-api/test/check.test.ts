import { type AddressInfo, createServer } from 'node:net';
import {
  demoSeed,
  demoServiceAccount,
  type SimulatorOptions,
  startSimulator,
} from '@gatehouse/config-server-simulator';
import { CfgObjectType } from '@gatehouse/people-directory';
import { createAuthority } from '@gatehouse/testing/keys';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;

beforeAll(async () => {
  api = await startApi({ env: { GATEHOUSE_CHECK_STEP_TIMEOUT_MS: '700' } });
});
afterAll(() => api.close());

async function simulator(options: Partial<SimulatorOptions> = {}) {
  const started = await startSimulator({ port: 0, seed: demoSeed, hash: 'test', ...options });
  onTestFinished(() => started.close());
  return started;
}

/** Accepts connections and never says a word. */
async function blackHole(): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => undefined));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const environment = (ports: number[], fields: Record<string, unknown> = {}) =>
  api.environment({
    username: demoServiceAccount.userName,
    password: demoServiceAccount.password,
    appName: demoServiceAccount.applicationName,
    tlsEnabled: false,
    configServers: ports.map((primaryPort) => ({ primaryAddress: '127.0.0.1', primaryPort })),
    ...fields,
  });

async function check(id: string) {
  const answer = await api.call('POST', `/environments/${id}/check`);
  expect(answer.status).toBe(200);
  expect(answer.text + api.logged()).not.toContain(demoServiceAccount.password);
  return answer.body.data;
}

const logins = (server: { login: { step: string; status: string }[] }) =>
  server.login.map(({ step, status }) => `${step} ${status}`);

const statuses = (server: { steps: { step: string; status: string }[] }) =>
  server.steps.map(({ step, status }) => `${step} ${status}`);

async function failureOf(id: string): Promise<[string, string]> {
  const { ok, servers } = await check(id);
  expect(ok).toBe(false);
  const failed = servers[0].steps.filter(({ status }: { status: string }) => status === 'failed');
  expect(failed).toHaveLength(1);
  return [failed[0].step, failed[0].message];
}

describe('a check', () => {
  it('passes every step at a server that is well, and leaves no session there', async () => {
    const server = await simulator();
    const result = await check(await environment([server.port]));
    expect(result.ok).toBe(true);
    expect(statuses(result.servers[0])).toEqual([
      'resolve ok',
      'tcp ok',
      'tls skipped',
      'register ok',
      'read ok',
    ]);
    expect(logins(result.servers[0])).toEqual(['tenant ok', 'application ok', 'people ok']);
    const { steps, login } = result.servers[0];
    const keys = [...steps, ...login].flatMap(({ sentences }: { sentences?: { key: string }[] }) =>
      sentences?.map(({ key }) => key),
    );
    expect(keys).toEqual([
      'check.isAddress',
      'check.accepts',
      'check.tls.off',
      'check.server.registered',
      'check.server.read',
      'check.login.tenantInOtherCase',
      'check.login.application',
      'check.login.people',
    ]);
    await expect.poll(() => server.sessionCount()).toBe(0);
  });

  it('tells of each server and each backup apart', async () => {
    const server = await simulator();
    const id = await environment([], {
      configServers: [
        {
          primaryAddress: '127.0.0.1',
          primaryPort: server.port,
          backupAddress: '127.0.0.1',
          backupPort: await blackHole(),
        },
        { primaryAddress: 'no-such-host.invalid', primaryPort: 1 },
      ],
    });
    const { ok, servers } = await check(id);
    expect(ok).toBe(false);
    expect(servers.map((one: { role: string; ok: boolean }) => [one.role, one.ok])).toEqual([
      ['primary', true],
      ['backup', false],
      ['primary', false],
    ]);
    expect(statuses(servers[2])[0]).toBe('resolve failed');
  });

  it.each([
    ['a wrong password', { password: 'wrong' }, 'register', /correct username, password/],
    ['an unknown application', { appName: 'nobody' }, 'register', /appName/],
  ])('names %s', async (_name, fields, step, advice) => {
    const server = await simulator();
    const [failed, message] = await failureOf(await environment([server.port], fields));
    expect([failed, message]).toEqual([step, expect.stringMatching(advice)]);
  });

  it('names a port at which nothing listens', async () => {
    const server = await simulator();
    const id = await environment([server.port]);
    await server.close();
    expect(await failureOf(id)).toEqual(['tcp', expect.stringMatching(/Nothing listens/)]);
  });

  it('names a black hole, within its time', async () => {
    const id = await environment([await blackHole()]);
    const startedMs = performance.now();
    expect(await failureOf(id)).toEqual(['register', expect.stringMatching(/does not answer/)]);
    expect(performance.now() - startedMs).toBeLessThan(5000);
  });

  it('names TLS that is on at one side only, and a certificate that nobody vouches for', async () => {
    const plain = await simulator();
    const encrypted = await simulator({ tls: createAuthority('unknown authority').issue() });
    const [off, on, unknown] = [
      await failureOf(await environment([plain.port], { tlsEnabled: true })),
      await failureOf(await environment([encrypted.port], { tlsEnabled: false })),
      await failureOf(await environment([encrypted.port], { tlsEnabled: true })),
    ];
    expect(off).toEqual(['tls', expect.stringMatching(/tlsEnabled to false/)]);
    expect(on).toEqual(['tls', expect.stringMatching(/tlsEnabled to true/)]);
    expect(unknown).toEqual(['tls', expect.stringMatching(/authority that is not trusted/)]);
  });

  it('trusts the authority of the environment, shows its client certificate, and takes its server name', async () => {
    const authority = createAuthority();
    const server = await simulator({
      tls: { ...authority.issue({ names: ['config.example.com'] }), clientCa: authority.cert },
    });
    const mutual = authority.issue({ names: ['gatehouse'] });
    const tls = { ca: authority.cert, serverName: 'config.example.com', mutual };
    const id = await environment([server.port], { tlsEnabled: true, tls });
    const result = await check(id);
    expect([result.ok, statuses(result.servers[0])[2]]).toEqual([true, 'tls ok']);

    const change = (fields: object) =>
      api.call('PATCH', `/environments/${id}`, {
        payload: { data: { tls: fields, password: demoServiceAccount.password } },
      });
    await change({ mutual: createAuthority('another').issue({ names: ['gatehouse'] }) });
    expect(await failureOf(id)).toEqual([
      'register',
      expect.stringMatching(/not accept the client cert.*tls\.mutual/),
    ]);
    await change({ mutual: null });
    expect(await failureOf(id)).toEqual([
      'register',
      expect.stringMatching(/ask for a client cert.*tls\.mutual/),
    ]);
    await change({ serverName: null });
    expect(await failureOf(id)).toEqual(['tls', expect.stringMatching(/for another name.*tls\.serverName/)]);
    await change({ ca: createAuthority('another').cert, serverName: 'config.example.com' });
    expect(await failureOf(id)).toEqual(['tls', expect.stringMatching(/not trusted.*tls\.ca/)]);
  });

  it.each([
    [
      'a tenant that the server does not have',
      'no-such-tenant',
      'tenant',
      /no tenant named "no-such-tenant".*correct tenant/,
    ],
    ['a tenant without people', 'empty', 'people', /nobody of the tenant.*read permission/],
  ])('fails for %s, in which no login can succeed', async (_name, tenant, step, advice) => {
    const seed = { ...demoSeed, tenants: [...(demoSeed.tenants ?? []), { name: 'empty' }] };
    const server = await simulator({ seed });
    const { ok, servers } = await check(await environment([server.port], { tenant }));
    expect(ok).toBe(false);
    expect(servers[0].ok).toBe(false);
    expect(statuses(servers[0])).not.toContainEqual(expect.stringContaining('failed'));
    const failed = servers[0].login.filter(({ status }: { status: string }) => status === 'failed');
    expect(failed).toEqual([expect.objectContaining({ step, message: expect.stringMatching(advice) })]);
    await expect.poll(() => server.sessionCount()).toBe(0);
  });

  it('takes a tenant that is spelled in another case, as logins do', async () => {
    const server = await simulator();
    const result = await check(await environment([server.port], { tenant: 'DEMO' }));
    expect([result.ok, ...logins(result.servers[0])]).toEqual([
      true,
      'tenant ok',
      'application ok',
      'people ok',
    ]);
  });

  it('fails where the service account may read no people, and shows nobody', async () => {
    const server = await simulator();
    const refused = new Set<number>();
    server.faults.onAnswer = (answer, refId, send) => {
      if (answer.name === 'EventObjectsRead' && answer.body.objectType === CfgObjectType.person) {
        refused.add(refId);
        const body = { error: 'AccessDenied', description: 'no permission', retryable: false };
        send({ name: 'EventError', body }, refId);
      } else if (!refused.has(refId)) send(answer, refId);
    };
    const { ok, servers } = await check(await environment([server.port], { tenant: 'demo' }));
    expect(ok).toBe(false);
    expect(servers[0].login.at(-1)).toMatchObject({
      step: 'people',
      status: 'failed',
      message: expect.stringContaining('not read people'),
    });
    expect(JSON.stringify(servers)).not.toContain('agent');
  });

  it('runs once at a time for an environment', async () => {
    const id = await environment([await blackHole()]);
    const answers = await Promise.all([1, 2].map(() => api.call('POST', `/environments/${id}/check`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await failureOf(id)).toBeDefined();
  });

  it('says what to send again where the stored password does not open, as after the loss of a key', async () => {
    const id = await environment([1]);
    await api.pool.query('UPDATE environment.environments SET password = $2 WHERE id = $1', [
      id,
      `v1.lost-key.${'A'.repeat(16)}.${'A'.repeat(22)}`,
    ]);
    const { status, text } = await api.call('POST', `/environments/${id}/check`);
    expect(status).toBe(409);
    expect(text).toContain('send the password again');
  });

  it('is for those who may write', async () => {
    const id = await environment([1]);
    const as = (fields: object) =>
      api.call('POST', `/environments/${id}/check`, {
        headers: { authorization: api.authApi.token(fields) },
      });
    expect((await as({ internal_client: true })).status).toBe(403);
    expect(
      (await as({ contact_center_ids: ['x'], authorities: ['ROLE_MANAGEMENT_APPLICATION'] })).status,
    ).toBe(404);
  });
});
