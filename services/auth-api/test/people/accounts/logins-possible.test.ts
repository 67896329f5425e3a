/** What operators learn of an environment in which no login can succeed. */
import { findSlapd, ldapNames, startLdapServer } from '@gatehouse/testing/ldap';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type AuthApi,
  contactCenterId,
  demoContactCenter,
  environmentId,
  environmentOf,
  startAuthApi,
} from '../../stack/auth-api.ts';
import { announceChange } from '../../stack/environment-api.ts';
import { agent } from '../../stack/interaction.ts';
import { ldapEnvironment } from '../../stack/ldap-environment.ts';
import { opsCall } from '../../stack/oauth.ts';
import { login } from '../directories/discovered-servers.ts';

let version = 1;

async function nameTenant(stack: AuthApi, tenant: string): Promise<void> {
  version += 1;
  const { port } = stack.simulator;
  stack.environmentApi.environments.set(environmentId, { ...environmentOf(port, version), tenant });
  await announceChange(stack, { entity: 'environment', id: environmentId });
}

async function start(tenant: string): Promise<AuthApi> {
  const stack = await startAuthApi();
  onTestFinished(() => stack.close());
  const { port } = stack.simulator;
  stack.environmentApi.environments.set(environmentId, { ...environmentOf(port), tenant });
  return stack;
}

async function finding(stack: AuthApi) {
  const answer = await opsCall(stack, 'GET', '/auth/v3/ops/diagnosis');
  const { findings } = answer.json<{ data: { findings: { name: string }[] } }>().data;
  return findings.find(({ name }) => name === 'logins');
}

async function counted(stack: AuthApi) {
  const text = await stack.deps.kit.metrics.expose();
  return Object.fromEntries(
    [...text.matchAll(/^gatehouse_environment_logins\{logins="(\w+)"\} (\d+)$/gm)].map(([, state, count]) => [
      state,
      Number(count),
    ]),
  );
}

const none = { possible: 0, no_tenant: 0, no_people: 0, unknown: 0 };

describe('an environment whose tenant the Configuration Server does not have', () => {
  it('is named by the diagnosis, the metric and the help desk, until it is corrected', async () => {
    const stack = await start('nowhere');
    expect(await finding(stack)).toMatchObject({ status: 'skipped' });
    expect(await login(stack)).toBe(503);
    expect(await finding(stack)).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(/environment Demo people\. .*no tenant named "nowhere"/),
    });
    expect(await counted(stack)).toEqual({ ...none, no_tenant: 1 });
    const query = new URLSearchParams({ user: 'agent', contactCenter: contactCenterId });
    const explained = await opsCall(stack, 'GET', `/auth/v3/ops/people/explanation?${query}`);
    expect(explained.json<{ data: { findings: unknown[] } }>().data.findings).toContainEqual(
      expect.objectContaining({
        name: 'Configuration Server',
        status: 'failed',
        message: expect.stringMatching(/no tenant named "nowhere": correct tenant/),
      }),
    );

    await nameTenant(stack, 'demo');
    await expect.poll(() => finding(stack), { timeout: 10_000 }).toMatchObject({ status: 'ok' });
    expect(await counted(stack)).toEqual({ ...none, possible: 1 });
    expect(await login(stack)).toBe(200);
  }, 60_000);

  it('costs the server one look at all its tenants, however many try to sign in', async () => {
    const stack = await start('nowhere');
    let looks = 0;
    stack.simulator.faults.beforeRequest = ({ name, body }) => {
      if (name === 'RequestReadObjects' && JSON.stringify(body.filter) === '{"name":"nowhere"}') looks += 1;
    };
    for (let attempt = 0; attempt < 4; attempt++) expect(await login(stack)).toBe(503);
    expect(looks).toBeLessThanOrEqual(2);
  }, 60_000);
});

describe.skipIf(findSlapd() === undefined)('an LDAP directory that shows its account nobody', () => {
  it('is named by the diagnosis and the metric, until its base is corrected', async () => {
    const server = await startLdapServer({ people: [{ uid: 'agent', password: agent.password }] });
    onTestFinished(() => server.close());
    const stack = await start('');
    const right = ldapEnvironment(server);
    const wrong = { ...right, ldap: { ...right.ldap, baseDns: [ldapNames.groupsDn] } };
    stack.environmentApi.environments.set(environmentId, wrong as typeof right);
    expect(await login(stack)).toBe(401);
    expect(await finding(stack)).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('correct ldap.baseDns'),
    });
    expect(await counted(stack)).toEqual({ ...none, no_people: 1 });
    stack.environmentApi.environments.set(environmentId, { ...right, version: right.version + 1 });
    await announceChange(stack, { entity: 'environment', id: environmentId });
    await expect.poll(() => finding(stack), { timeout: 10_000 }).toMatchObject({ status: 'ok' });
    expect(await counted(stack)).toEqual({ ...none, possible: 1 });
    await stack.deps.accounts.service.delays.unlock(demoContactCenter, agent.username);
    expect(await login(stack)).toBe(200);
  }, 60_000);
});

it('people sign in where only the case of the tenant differs', async () => {
  expect(await login(await start('DEMO'))).toBe(200);
}, 60_000);

it('an environment whose people may not be read is counted apart', async () => {
  const stack = await start('demo');
  expect(await login(stack)).toBe(200);
  const persons = new Set<number>();
  stack.simulator.faults.onAnswer = (answer, refId, send) => {
    if (answer.name === 'EventObjectsRead' && answer.body.objectType === 3) {
      persons.add(refId);
      return send(
        { name: 'EventError', body: { error: 'AccessDenied', description: '', retryable: false } },
        refId,
      );
    }
    if (!persons.has(refId)) send(answer, refId);
  };
  expect(await finding(stack)).toMatchObject({
    status: 'failed',
    message: expect.stringContaining('not read people'),
  });
  expect(await counted(stack)).toEqual({ ...none, no_people: 1 });
}, 60_000);
