/** `gatehouse doctor --installation` against the trio behind one public address, each check also where it must fail. */

import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { request as ask, createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createAuthority, type Identity } from '@gatehouse/testing/keys';
import { temporaryFolder } from '@gatehouse/testing/programs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type CommandRun, runCommand } from '../../../packages/cli/src/run-command.ts';
import { createReplicas } from '../../../packages/service-kit/src/redis/index.ts';
import { environmentFieldsOf, ops } from '../../../services/auth-api/test/stack/auth-api.ts';
import { people, type Stage, startStage } from '../../../services/auth-ui/test/console/stage.ts';

interface Check {
  part: string;
  name: string;
  status: string;
  message: string;
}

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage?.close());

const operator = { GATEHOUSE_USERNAME: ops.username, GATEHOUSE_PASSWORD: ops.password };
const authority = createAuthority();
const caFile = join(await temporaryFolder(), 'ca.crt');
writeFileSync(caFile, authority.cert);
const agent = `demo\\${people.agent.username}`;

function doctor(args: string[] = [], env: Record<string, string> = {}, input = ''): Promise<CommandRun> {
  return runCommand(['doctor', '--installation', ...args], {
    env: { GATEHOUSE_URL: stage.publicUrl, ...operator, ...env },
    input,
  });
}

async function checksOf(...given: Parameters<typeof doctor>) {
  const [args = [], ...rest] = given;
  const { out, error, exitCode } = await doctor([...args, '--json'], ...rest);
  if (out === '') throw new Error(error);
  const { ok, checks } = JSON.parse(out) as { ok: boolean; checks: Check[] };
  expect(exitCode).toBe(ok ? 0 : 1);
  const of = (name: string, part = '') =>
    checks.find((check) => check.name === name && check.part.startsWith(part));
  return { ok, checks, of };
}

describe('an installation that is well', () => {
  it('passes from the public address to a sign-in, in sentences and without a secret', async () => {
    const { out, error, exitCode } = await doctor([], {
      GATEHOUSE_SIGN_IN_USERNAME: agent,
      GATEHOUSE_SIGN_IN_PASSWORD: people.agent.password,
    });
    expect([exitCode, error]).toEqual([0, '']);
    expect(out).toMatch(new RegExp(`^public address ${stage.publicUrl}\n`));
    expect(out).toMatch(/✓ name +The name service here gives .* for localhost\./);
    expect(out).toMatch(/- certificate +http:\S+ does not use TLS/);
    expect(out).toMatch(/✓ caller address +A forged X-Forwarded-For was not believed\. Auth API sees /);
    expect(out).toMatch(/✓ PostgreSQL .*\n/);
    expect(out).toMatch(/- WAL archive +PostgreSQL archives no WAL/);
    expect(out).toMatch(
      /✓ Replicas +Each service has one version: auth-api 1 × test, environment-api 1 × test\./,
    );
    expect(out).toMatch(/✓ clock here +The clock of this machine agrees/);
    expect(out).toMatch(/environments\n {4}✓ .+ Every server passed: 127\.0\.0\.1:\d+\./);
    expect(out).toMatch(/- identity providers +No contact centre has single sign-on enabled\./);
    expect(out).toContain(
      `✓ sign-in  ${agent} signed in by password through ${stage.publicUrl} and out again.`,
    );
    expect(out).toMatch(/\n\d+ checks passed, \d+ gave a warning, 0 failed, \d+ did not apply\.\n$/);
    for (const secret of [ops.password, people.agent.password]) expect(out).not.toContain(secret);
  });

  it('says how a sign-in is tried where no account is named', async () => {
    const { of, ok } = await checksOf();
    expect(ok).toBe(true);
    expect(of('sign-in')).toMatchObject({
      status: 'skipped',
      message: expect.stringContaining('--sign-in-username'),
    });
  });

  it('leaves no session behind', async () => {
    const args = ['--sign-in-username', agent, '--sign-in-password-file', '-'];
    const { of } = await checksOf(args, {}, people.agent.password);
    expect(of('sign-in')?.status).toBe('ok');
    const held = await runCommand(['sessions', 'list', 'agent', '--contact-center', 'demo', '--json'], {
      env: { GATEHOUSE_URL: stage.publicUrl, ...operator },
    });
    expect(JSON.parse(held.out)).toEqual([]);
  });
});

describe('the public address', () => {
  it('fails by a name that nobody knows', async () => {
    const { of } = await checksOf(['--public-at', 'http://login.invalid']);
    expect(of('name')).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('does not know login.invalid'),
    });
  });

  it.each([
    ['another name', { names: ['elsewhere.test'] }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['a time that is over', { validUntil: new Date(Date.now() - 60_000) }, 'CERT_HAS_EXPIRED'],
  ])('fails by a certificate of %s', async (_what, issued, reason) => {
    const at = await startFront({ identity: authority.issue(issued) });
    const { of } = await checksOf(['--public-at', at], { GATEHOUSE_CA_FILE: caFile });
    expect(of('certificate')).toMatchObject({
      status: 'failed',
      message: expect.stringContaining(`The certificate for localhost is not accepted (${reason})`),
    });
  });

  it('passes by a good certificate, and fails where its authority is not named', async () => {
    const identity = authority.issue({ validUntil: new Date(Date.now() + 100.5 * 86_400_000) });
    const at = await startFront({ identity });
    const good = await checksOf(['--public-at', at], { GATEHOUSE_CA_FILE: caFile });
    expect(good.of('certificate')).toMatchObject({
      status: 'ok',
      message: expect.stringContaining('ends in 100 days'),
    });
    expect(good.of('Auth UI')?.status).toBe('ok');
    const unknown = await checksOf(['--public-at', at]);
    expect(unknown.of('certificate')?.message).toContain('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  });

  it('fails where its paths do not lead to Auth UI', async () => {
    const { of } = await checksOf(['--public-at', authApiUrl()]);
    expect(of('Auth API')?.status).toBe('ok');
    expect(of('Auth UI')).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('lead /auth to Auth UI'),
    });
  });

  it('fails where a caller can choose its address', async () => {
    const { of } = await checksOf(['--public-at', authApiUrl()]);
    expect(of('caller address')).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(/^A caller can choose its address: .*192\.0\.2\.1/),
    });
  });

  it('takes nothing else than an address', async () => {
    for (const text of ['ingress', 'ftp://ingress.test', 'http://ingress.test/auth'])
      expect(await doctor(['--public-at', text])).toMatchObject({
        exitCode: 2,
        error: expect.stringContaining('--public-at must be an address without a path'),
      });
  });
});

describe('what fails is named, and ends the command with 1', () => {
  it('a wrong password', async () => {
    const env = { GATEHOUSE_SIGN_IN_USERNAME: agent, GATEHOUSE_SIGN_IN_PASSWORD: 'not-this-one' };
    const { of, checks } = await checksOf([], env);
    expect(of('sign-in')).toMatchObject({
      status: 'failed',
      message: expect.stringContaining(`${agent} was not let in: Wrong name or password (request `),
    });
    expect(JSON.stringify(checks)).not.toContain('not-this-one');
  });

  it('an account that needs a second factor is a warning', async () => {
    const policy = (mode: string) =>
      stage.environmentApi.call('PATCH', `/contact-centers/${stage.contactCenterId}`, {
        payload: { data: { secondFactor: { mode } } },
      });
    expect((await policy('required')).status).toBe(200);
    const env = { GATEHOUSE_SIGN_IN_USERNAME: agent, GATEHOUSE_SIGN_IN_PASSWORD: people.agent.password };
    const { of } = await checksOf([], env);
    await policy('off');
    expect(of('sign-in')).toMatchObject({
      status: 'warning',
      message: expect.stringContaining('then needs a second factor'),
    });
  });

  it('a clock that is off', async () => {
    const slow = await startFront({ behindSeconds: 60 });
    const { of } = await checksOf([], { GATEHOUSE_URL: slow });
    expect(of('clock here', 'auth-api')).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(
        /^The clock of this machine is (59|60|61) s ahead of that of the service/,
      ),
    });
    const alittle = await startFront({ behindSeconds: -10 });
    expect((await checksOf([], { GATEHOUSE_URL: alittle })).of('clock here')).toMatchObject({
      status: 'warning',
      message: expect.stringMatching(/(9|10|11) s behind that of the service/),
    });
  });

  it('a replica of another version, until it ends', async () => {
    const { redis, keyspace } = stage.authApi.deps.core;
    const { announce } = createReplicas(redis, keyspace.name('replicas'));
    const replica = { service: 'auth-ui', instance: 'other/1' };
    await announce({ ...replica, version: '0.0.1' });
    await announce({ service: 'auth-ui', instance: 'this/1', version: '0.0.2' });
    expect((await checksOf()).of('Replicas')).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(/auth-ui 1 × 0\.0\.\d \+ 1 × 0\.0\.\d/),
    });
    await announce(replica);
    expect((await checksOf()).of('Replicas')?.status).toBe('ok');
  });

  it('a directory that is down', async () => {
    const fields = { ...environmentFieldsOf(1), name: 'Down', tlsEnabled: false };
    const created = await stage.environmentApi.call('POST', '/environments', { payload: { data: fields } });
    const { id } = created.body.data;
    const { of } = await checksOf();
    await stage.environmentApi.call('DELETE', `/environments/${id}`);
    expect(of('Down')).toMatchObject({ status: 'failed', message: expect.stringMatching(/127\.0\.0\.1/) });
  });

  it('a store that is down, and a proxy that is not trusted', async () => {
    const other = await startStage({
      authApiEnv: { GATEHOUSE_TRUSTED_PROXIES: '', GATEHOUSE_ELASTICSEARCH_NODES: 'http://127.0.0.1:1' },
    });
    onTestFinished(() => other.close());
    const { of } = await checksOf([], { GATEHOUSE_URL: other.publicUrl });
    expect(of('Elasticsearch', 'auth-api')?.status).toBe('failed');
    expect(of('caller address')).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(/X-Forwarded-For of 127\.0\.0\.1 is ignored.*http\.trustedProxies/),
    });
    const elsewhere = await checksOf(['--public-at', other.publicUrl]);
    expect(elsewhere.of('Auth API')?.message).toContain('the name leads to another installation');
    expect(elsewhere.of('caller address')?.message).toContain('did not write down');
  }, 60_000);

  it('a wrong password of the operator, by exit code 3', async () => {
    const { exitCode, out } = await doctor([], { GATEHOUSE_PASSWORD: 'not-the-operator' });
    expect(exitCode).toBe(3);
    expect(out).toContain('the credentials are those of the profile');
    expect(out).not.toContain('not-the-operator');
  });
});

const authApiUrl = () => {
  const { port } = stage.authApi.app.server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
};

/** A proxy in front of the public address. */
async function startFront({ identity, behindSeconds }: { identity?: Identity; behindSeconds?: number }) {
  const forward: RequestListener = (request, response) => {
    const { hostname, port } = new URL(stage.publicUrl);
    const { method, url, headers } = request;
    const onward = ask({ hostname, port, method, path: url, headers }, (answer) => {
      const shift = { date: new Date(Date.now() - (behindSeconds ?? 0) * 1000).toUTCString() };
      const changed = { ...answer.headers, ...(behindSeconds !== undefined && shift) };
      response.writeHead(answer.statusCode ?? 0, changed);
      answer.pipe(response);
    });
    request.pipe(onward);
  };
  const server = identity ? createTlsServer(identity, forward) : createServer(forward);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return `${identity ? 'https' : 'http'}://localhost:${port}`;
}
