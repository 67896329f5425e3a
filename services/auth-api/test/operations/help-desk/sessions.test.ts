/** An administrator who looks at the sessions of a person and ends them, in an installation with two replicas. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runCommand } from '@gatehouse/cli/run-command';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contactCenterId, demoContactCenter } from '../../stack/auth-api.ts';
import { operatorEnvironment } from '../../stack/command-line.ts';
import { sessionCookie } from '../../stack/interaction.ts';
import { createClient, opsCall, passwordTokens, type TestClient, token } from '../../stack/oauth.ts';
import { call, type Estate, second, startEstate } from './stack.ts';

interface Held {
  user: { sub: string; userName?: string; contactCenterId?: string };
  sessions: { id: string; applications: string[]; clientAddress: string }[];
}

const path = '/auth/v3/ops/sessions';

let estate: Estate;
let client: TestClient;
let env: Record<string, string>;
beforeAll(async () => {
  estate = await startEstate();
  env = await operatorEnvironment(estate.stack);
  client = await createClient(estate.stack, { name: 'Agent Workspace' });
});
afterAll(() => estate?.close());

/** Signed in once. */
async function someone() {
  const person = await estate.someone();
  return { ...person, ...(await person.signIn(client)) };
}

const send = (method: 'GET' | 'DELETE', query: Record<string, string>) =>
  call(estate.stack, method, '/sessions', query);
const list = async (query: Record<string, string>) => {
  const answer = await send('GET', query);
  if (answer.status !== 200) throw new Error(answer.body);
  return answer.json<{ data: Held }>().data;
};

describe('the sessions of a person', () => {
  it('are found by sub, and by user name with the id or a domain of the contact centre', async () => {
    const { userName } = await someone();
    const { user, sessions } = await list({ user: userName, contactCenter: contactCenterId });
    expect(user).toMatchObject({ userName, contactCenterId });
    expect(sessions).toMatchObject([{ clientAddress: '203.0.113.7', applications: ['Agent Workspace'] }]);

    for (const named of [
      { user: user.sub },
      { user: user.sub.toUpperCase() },
      { user: userName.toLowerCase(), contactCenter: 'DEMO.example.com' },
      { user: `demo\\${userName}` },
    ])
      expect((await list(named)).sessions).toEqual(sessions);
    expect(await estate.eventsOf({ user: user.sub, name: 'access_inspected' })).toHaveLength(5);
  });

  // attack: session cookie or token read from an administrator's list | ASVS 7.4.5, ASVS 14.2.4 | guard: services/auth-api/src/browser/sessions/store.ts
  it('never show a cookie, its digest or a token', async () => {
    const { userName, browser, tokens } = await someone();
    const cookie = browser.cookies.get(sessionCookie) ?? '';
    const { body } = await send('GET', { user: userName, contactCenter: 'demo' });
    expect(body).toContain('203.0.113.7');
    const digests = (['hex', 'base64', 'base64url'] as const).map((form) =>
      createHash('sha256').update(cookie).digest(form),
    );
    for (const secret of [cookie, ...digests, tokens.access_token, tokens.refresh_token])
      expect(body).not.toContain(secret);
  });

  it('are read from the list of the person, without a look at other keys of Redis', async () => {
    const { userName } = await someone();
    await estate.stack.deps.stores.redis.config('RESETSTAT');
    await list({ user: userName, contactCenter: 'demo' });
    expect(await estate.stack.deps.stores.redis.info('commandstats')).not.toMatch(/cmdstat_(scan|keys):/);
  });

  it('end everywhere within a second with every token, and the event names who did it', async () => {
    const { userName, browser, tokens, typed } = await someone();
    const own = await passwordTokens(estate.stack, client, {
      username: `demo\\${userName}`,
      password: typed.password,
    });
    expect([await estate.isIn(browser), await estate.isActive(own.access_token)]).toEqual([true, true]);

    const answer = await send('DELETE', { user: userName, contactCenter: 'demo' });
    expect(answer.json<{ data: unknown }>().data).toMatchObject({ user: { userName }, sessions: 1 });

    await expect.poll(() => estate.isIn(browser), second).toBe(false);
    for (const text of [tokens.access_token, tokens.refresh_token, own.access_token, own.refresh_token])
      await expect.poll(() => estate.isActive(text), second).toBe(false);
    const { user } = await list({ user: userName, contactCenter: 'demo' });
    expect(await estate.eventsOf({ user: user.sub, name: 'global_logout' })).toMatchObject([
      { sub: user.sub, contactCenterId, clientAddress: '127.0.0.1', fields: { actor: 'ops' } },
    ]);
    // It may be repeated, and the person may come back.
    expect((await send('DELETE', { user: user.sub })).status).toBe(200);
  });

  it('end one by one', async () => {
    const { userName, browser, tokens, signIn } = await someone();
    const other = await signIn(client);
    const named = { user: userName, contactCenter: 'demo' };
    const [newest] = (await list(named)).sessions;

    expect((await send('DELETE', { ...named, session: String(newest?.id) })).status).toBe(200);
    await expect.poll(() => estate.isIn(other.browser), second).toBe(false);
    await expect.poll(() => estate.isActive(other.tokens.access_token), second).toBe(false);
    expect([await estate.isIn(browser), await estate.isActive(tokens.access_token)]).toEqual([true, true]);
    expect((await send('DELETE', { ...named, session: String(newest?.id) })).status).toBe(404);
    expect(await estate.eventsOf({ name: 'session_ended', limit: '1' })).toMatchObject([
      { sid: newest?.id, fields: { actor: 'ops' } },
    ]);
  });

  it('end for a person who was deleted, by the name that the person had', async () => {
    const { userName, browser, dbid } = await someone();
    await estate.stack.deps.audit.drained();
    await estate.stack.simulator.store.deletePerson(dbid);
    const answer = await send('DELETE', { user: userName, contactCenter: 'demo' });
    expect(answer.status).toBe(200);
    await expect.poll(() => estate.isIn(browser), second).toBe(false);
  });

  it('end in a contact centre that is disabled', async () => {
    const { userName } = await someone();
    const view = { ...demoContactCenter, id: '44444444-4444-4444-8444-444444444444', domains: ['off'] };
    estate.stack.environmentApi.contactCenters.set(view.id, { ...view, status: 'disabled' });
    expect((await send('DELETE', { user: userName, contactCenter: 'off' })).status).toBe(200);
  });
});

describe('a request', () => {
  // attack: misspelt parameter that would end more than was meant | ASVS 2.2.1 | guard: services/auth-api/src/operations/help-desk/routes.ts
  it('with a misspelt parameter ends nothing', async () => {
    const { userName, browser } = await someone();
    const [held] = (await list({ user: userName, contactCenter: 'demo' })).sessions;
    const answer = await send('DELETE', {
      user: userName,
      contactCenter: 'demo',
      sesion: String(held?.id),
    });
    expect([answer.status, answer.body]).toEqual([400, expect.stringContaining('sesion')]);
    expect(await estate.isIn(browser)).toBe(true);
  });

  it.each([
    [{}, 400, 'user'],
    [{ user: '' }, 400, 'user'],
    [{ user: 'demo\\' }, 400, 'user'],
    [{ user: 'agent' }, 400, 'contactCenter'],
    [{ user: 'demo\\agent', contactCenter: 'demo' }, 400, 'contactCenter'],
    [{ user: 'agent', contactCenter: 'nowhere' }, 404, 'contactCenter'],
    [{ user: 'agent', contactCenter: '99999999-9999-4999-8999-999999999999' }, 404, 'contactCenter'],
    [{ user: 'nobody', contactCenter: 'demo' }, 404, 'user'],
    [{ user: 'x'.repeat(300), contactCenter: 'demo' }, 404, 'user'],
    [{ user: 'nobody\0', contactCenter: 'demo' }, 400, ''],
    [{ user: 'agent', contactCenter: 'demo', session: 'all' }, 400, 'session'],
  ])('%j is refused with what is wrong', async (query, status, field) => {
    const answer = await send('DELETE', query as Record<string, string>);
    expect([answer.status, answer.body]).toEqual([status, expect.stringContaining(field)]);
  });

  // attack: bound manager or person with the authority ends the sessions of other tenants | CWE-863, ASVS 8.2.1 | guard: services/auth-api/src/oauth/client-authentication/ops-authentication.ts
  it('of anybody but an administrator of the installation is refused', async () => {
    const authorities = ['ROLE_MANAGEMENT_APPLICATION'];
    const bound = await createClient(estate.stack, { authorities, contactCenterIds: [contactCenterId] });
    const managing = await createClient(estate.stack, { authorities });
    const own = async (of: TestClient) =>
      (await token(estate.stack, of, { grant_type: 'client_credentials' })).json().access_token;
    const { tokens, browser } = await someone();
    const by = (authorization: string) =>
      opsCall(estate.stack, 'GET', `${path}?user=x`, undefined, authorization);

    expect((await by(`Bearer ${await own(bound)}`)).status).toBe(403);
    expect((await by(`Bearer ${tokens.access_token}`)).status).toBe(403);
    expect((await by(`Bearer ${await own(managing)}`)).status).toBe(400);
    expect((await browser.get(`${path}?user=x`)).status).toBe(401);
  });
});

it('gatehouse sessions lists and ends them', async () => {
  const { userName, browser } = await someone();
  const run = (...args: string[]) => runCommand(['sessions', ...args], { env });

  const listed = await run('list', userName, '--contact-center', 'demo');
  expect([listed.exitCode, listed.out]).toEqual([0, expect.stringContaining('Agent Workspace')]);
  expect((await run('end', userName, '--contact-center', 'demo')).exitCode).toBe(2);
  expect(await estate.isIn(browser)).toBe(true);
  const ended = await run('end', `demo\\${userName}`, '--yes');
  expect([ended.exitCode, ended.out]).toEqual([0, expect.stringContaining('1 sessions')]);
  await expect.poll(() => estate.isIn(browser), second).toBe(false);
  expect((await run('list', userName, '--contact-center', 'demo')).out).toBe('The person has no sessions.\n');
  expect((await run('list', 'nobody', '--contact-center', 'demo')).exitCode).toBe(4);
});

it('gatehouse finds a contact centre by its name, and names those that share one', async () => {
  const at = '2027-01-01T00:00:00.000Z';
  const row = { ...demoContactCenter, name: 'North Desk', createdAt: at, updatedAt: at };
  let rows = [row, { ...row, id: '77777777-7777-4777-8777-777777777777', name: 'North Desk 2' }];
  const environmentApi = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ status: { code: 0 }, data: rows }));
  });
  await new Promise<void>((resolve) => environmentApi.listen(0, '127.0.0.1', resolve));
  const { port } = environmentApi.address() as AddressInfo;
  const both = { ...env, GATEHOUSE_ENVIRONMENT_URL: `http://127.0.0.1:${port}` };
  const { userName } = await someone();
  const run = () =>
    runCommand(['sessions', 'list', userName, '--contact-center', 'north desk'], { env: both });

  expect((await run()).out).toContain('Agent Workspace');
  rows = rows.map((one) => ({ ...one, name: 'North Desk' }));
  const ambiguous = await run();
  expect([ambiguous.exitCode, ambiguous.error]).toEqual([2, expect.stringContaining('77777777-7777')]);
  await new Promise((resolve) => environmentApi.close(resolve));
});

it('end while the Configuration Server is away, by the name of the last login', async () => {
  const { userName, browser } = await someone();
  await estate.stack.deps.audit.drained();
  await estate.stack.simulator.close();
  expect((await send('DELETE', { user: userName, contactCenter: 'demo' })).status).toBe(200);
  await expect.poll(() => estate.isIn(browser), second).toBe(false);
  expect((await send('DELETE', { user: 'nobody', contactCenter: 'demo' })).status).toBe(503);
});
