/** The stack without a simulator: the demo people are in the people store. */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { basic } from './calls.ts';
import {
  newStateFolder,
  type RunningStack,
  spawnStack,
  startStack,
  startTimeoutMs,
} from './running-stack.ts';

let stateFolder: string;
let stack: RunningStack;

beforeAll(async () => {
  stateFolder = await newStateFolder();
  stack = await startStack(stateFolder, '--directory', 'people', '--second-factor');
}, startTimeoutMs);

afterAll(async () => {
  await stack?.end();
  rmSync(stateFolder, { recursive: true, force: true });
}, 60_000);

const url = (path: string) => `${stack.description.localUrl}${path}`;
const operator = () => basic(stack.description.ops);

function ask(username: string, password: string): Promise<Response> {
  const client = stack.description.clients.find(({ client_id }) => client_id === 'external_api_client');
  return fetch(url('/auth/v3/oauth/token'), {
    method: 'POST',
    headers: {
      authorization: basic({ username: 'external_api_client', password: client?.client_secret ?? '' }),
    },
    body: new URLSearchParams({ grant_type: 'password', username: `demo\\${username}`, password }),
  });
}

test('no simulator runs, and every demo person signs in with groups', async () => {
  expect(stack.processes().map(({ name }) => name)).not.toContain('config-server-simulator');
  for (const { username, password } of stack.description.users) {
    const { access_token } = (await (await ask(username, password)).json()) as { access_token: string };
    const answer = await fetch(url('/auth/v3/userinfo'), {
      headers: { authorization: `Bearer ${access_token}` },
    });
    const text = await answer.text();
    expect(answer.status, text).toBe(200);
    if (username === 'agent') expect(text).toContain('GROUP_Agents');
  }
  expect((await ask('agent', 'a-wrong-long-password')).status).toBe(400);
});

test('a newcomer gets a link, chooses a password and signs in; whoever is deactivated is out within a second', async () => {
  const scim = url(`/environment/v3/contact-centers/${stack.description.contactCenterId}/scim/v2/Users`);
  const send = (method: string, address: string, body?: object) =>
    fetch(address, {
      method,
      headers: {
        authorization: operator(),
        ...(body === undefined ? {} : { 'content-type': 'application/scim+json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
  const created = await send('POST', scim, {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: 'newcomer',
  });
  const { id } = (await created.json()) as { id: string };
  const linkPath = `/environment/v3/contact-centers/${stack.description.contactCenterId}/people/${id}/password-link`;
  const link = (await (await send('POST', url(linkPath))).json()) as { data: { url: string } };
  const { search, pathname } = new URL(link.data.url);
  const page = await fetch(url(`${pathname}${search}`));
  expect(await page.text()).toContain('newcomer');
  const password = 'the-newcomers-password';
  const set = await fetch(url('/auth/v3/first-password'), {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({
      code: search.slice('?code='.length),
      newPassword: password,
      newPasswordAgain: password,
    }),
  });
  expect(set.headers.get('location')).toMatch(/result=done$/);
  const { access_token } = (await (await ask('newcomer', password)).json()) as { access_token: string };
  const status = async () =>
    (await fetch(url('/auth/v3/userinfo'), { headers: { authorization: `Bearer ${access_token}` } })).status;
  expect(await status()).toBe(200);
  await send('PATCH', `${scim}/${id}`, {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op: 'replace', path: 'active', value: false }],
  });
  await vi.waitUntil(async () => (await status()) === 401, { timeout: 1_000, interval: 10 });
});

test(
  'the next start names the demo people who are left, and nobody who was deleted or disabled',
  async () => {
    const scim = url(`/environment/v3/contact-centers/${stack.description.contactCenterId}/scim/v2/Users`);
    const headers = { authorization: operator(), 'content-type': 'application/scim+json' };
    const { Resources } = (await (await fetch(scim, { headers })).json()) as {
      Resources: { id: string; userName: string }[];
    };
    const address = (name: string) => `${scim}/${Resources.find(({ userName }) => userName === name)?.id}`;
    expect((await fetch(address('supervisor'), { method: 'DELETE', headers })).status).toBe(204);
    const disable = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', path: 'active', value: false }],
    };
    const disabled = await fetch(address('agent'), {
      method: 'PATCH',
      headers,
      body: JSON.stringify(disable),
    });
    expect(disabled.ok).toBe(true);
    const [agent, supervisor, newcomer] = stack.description.secondFactorUsers ?? [];
    const reset = await fetch(url('/auth/v3/ops/people/factors/reset'), {
      method: 'POST',
      headers: { authorization: operator(), 'content-type': 'application/json' },
      body: JSON.stringify({
        data: { user: 'supervisor', contactCenter: 'factors', reason: 'Lost telephone' },
      }),
    });
    expect(await reset.text()).toContain('"code":0');
    await stack.pressCtrlC();
    stack = await startStack(stateFolder, '--directory', 'people', '--second-factor');
    expect(stack.description.users.map(({ username }) => username)).toEqual(['admin']);
    expect(stack.output()).toContain('demo-admin-password');
    const [main] = stack.output().split('  Factors');
    expect(main).not.toMatch(/supervisor|demo-agent-password/);
    expect(stack.description.secondFactorUsers).toEqual([agent, { ...supervisor, app: undefined }, newcomer]);
  },
  startTimeoutMs,
);

test(
  'the same data is not started as that of a simulator',
  async () => {
    await stack.pressCtrlC();
    const { child, messages } = spawnStack(stateFolder, '--quiet');
    await vi.waitUntil(() => child.exitCode !== null, { timeout: startTimeoutMs, interval: 100 });
    expect(messages()).toContain('start with --directory people, or forget the data with --reset');
  },
  startTimeoutMs,
);
