/** An administrator who looks for people of a contact centre, wherever its people are, and at one of them. */

import { randomUUID } from 'node:crypto';
import { runCommand } from '@gatehouse/cli/run-command';
import type { PeopleEverywhere, PeoplePage, PersonProfile } from '@gatehouse/contracts/auth-administration';
import { findSlapd, startLdapServer } from '@gatehouse/testing/ldap';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { contactCenterId, demoContactCenter, environmentId, environmentOf } from '../../stack/auth-api.ts';
import { createBrowser } from '../../stack/browser.ts';
import { operatorEnvironment } from '../../stack/command-line.ts';
import { contactCenterAdministrator } from '../../stack/console.ts';
import { announceChange } from '../../stack/environment-api.ts';
import { ldapEnvironment } from '../../stack/ldap-environment.ts';
import { createClient, opsCall, token } from '../../stack/oauth.ts';
import { usePeopleStore } from '../../stack/people-store.ts';
import { call, type Estate, startEstate } from './stack.ts';

interface Listed {
  data: PeoplePage;
  nextCursor?: string;
}

let estate: Estate;
let env: Awaited<ReturnType<typeof operatorEnvironment>>;
beforeAll(async () => {
  estate = await startEstate();
  env = await operatorEnvironment(estate.stack);
});
afterAll(() => estate?.close());

const ask = (query: Record<string, string>) => call(estate.stack, 'GET', '/people', query);
const list = async (query: Record<string, string>) => {
  const answer = await ask({ contactCenter: 'demo', ...query });
  if (answer.status !== 200) throw new Error(answer.body);
  return answer.json<Listed>();
};
const namesIn = ({ data }: Listed) => data.people.map(({ userName }) => userName);
const profile = (query: Record<string, string>) => call(estate.stack, 'GET', '/people/profile', query);
const read = async (query: Record<string, string>) => {
  const answer = await profile(query);
  if (answer.status !== 200) throw new Error(answer.body);
  return answer.json<{ data: PersonProfile }>().data;
};

describe('people at a Configuration Server', () => {
  it('are found by the beginning of a name, with what may be done for them', async () => {
    const found = await list({ search: 'age' });
    expect(found.data).toEqual({
      contactCenterId,
      source: 'configServer',
      canDisable: false,
      canUnlock: true,
      canLinkPassword: false,
      matching: 'beginning',
      isCut: false,
      people: [
        {
          userName: 'agent',
          name: 'Ada Agent',
          email: 'agent@example.com',
          state: 'active',
          signIn: { verdict: 'allowed' },
          number: 101,
          sub: expect.stringMatching(/^[0-9a-f-]{36}$/),
        },
      ],
    });
    expect(namesIn(await list({ search: ' ADA AG ' }))).toEqual(['agent']);
    expect((await list({ search: 'locked' })).data.people).toMatchObject([{ state: 'disabled' }]);
    expect(await estate.eventsOf({ name: 'access_inspected', limit: '1' })).toMatchObject([
      { contactCenterId, fields: { actor: 'ops', purpose: 'people' } },
    ]);
  });

  it('are found by their state, and a page goes on where the one before stopped', async () => {
    const expected = (await list({})).data.people.filter(({ signIn }) => signIn?.verdict === 'allowed');
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list({ signIn: 'allowed', limit: '1', ...(cursor === undefined ? {} : { cursor }) });
      found.push(...namesIn(page));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(found.length).toBeGreaterThan(1);
    expect(found).toEqual(expected.map(({ userName }) => userName));
    expect(namesIn(await list({ signIn: 'password_must_change' }))).toEqual(['newcomer']);
    expect((await ask({ contactCenter: 'demo', signIn: 'expired' })).status).toBe(400);
  });

  it('come page by page, and one character is enough', async () => {
    const all = namesIn(await list({}));
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list({ limit: '2', ...(cursor === undefined ? {} : { cursor }) });
      found.push(...namesIn(page));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(found).toEqual(all);
    expect(namesIn(await list({ search: 'a' })).length).toBeGreaterThan(1);
  });

  // attack: read the people of other tenants of a Configuration Server | CWE-639, OWASP API1:2023 | guard: services/auth-api/src/people/directories/members.ts
  it('are those of the tenant alone', async () => {
    const names = namesIn(await list({}));
    expect(names).toContain('agent');
    // The service account is in another tenant.
    expect(names).not.toContain('gatehouse');
    expect((await profile({ user: 'gatehouse', contactCenter: 'demo' })).status).toBe(404);
  });

  it('are shown one by one, by name and by sub, with sessions and wrong passwords', async () => {
    const person = await estate.someone();
    const { sub } = (await read({ user: person.userName, contactCenter: 'demo' })).person;
    expect((await profile({ user: String(sub) })).status).toBe(404);
    await person.signIn(await createClient(estate.stack));
    const data = { username: person.userName, password: 'wrong-one', tenant: 'demo' };
    await createBrowser(estate.stack.app, '198.51.100.9').postJson('/auth/v3/sign-in', { data });
    await estate.stack.deps.audit.drained();
    const [signedIn] = await estate.eventsOf({ user: String(sub), name: 'login_succeeded' });
    const shown = await read({ user: String(sub) });
    expect(shown).toMatchObject({
      contactCenterId,
      source: 'configServer',
      person: { userName: person.userName, number: person.dbid, sub, state: 'active' },
      sessions: 1,
      lastSignInAt: signedIn?.at,
      wrongPasswords: 1,
    });
    expect(await read({ user: person.userName.toUpperCase(), contactCenter: 'demo' })).toEqual(shown);
    expect(await estate.eventsOf({ user: String(sub), name: 'access_inspected', limit: '1' })).toMatchObject([
      { fields: { purpose: 'person' } },
    ]);
  });

  it('have no last sign-in because somebody looked at them', async () => {
    const { userName } = await estate.someone();
    const named = { user: userName, contactCenter: 'demo' };
    await read(named);
    await estate.stack.deps.audit.drained();
    expect((await read(named)).lastSignInAt).toBeUndefined();
  });

  it('that does not answer are 503 within seconds', async () => {
    const away = '66666666-6666-4666-8666-666666666666';
    estate.stack.environmentApi.environments.set(away, { ...environmentOf(1), id: away });
    const id = '44444444-4444-4444-8444-444444444444';
    estate.stack.environmentApi.contactCenters.set(id, { ...demoContactCenter, id, environmentId: away });
    const startedMs = performance.now();
    const answer = await ask({ contactCenter: id });
    expect([answer.status, answer.body]).toEqual([503, expect.stringContaining('Configuration Server')]);
    expect(performance.now() - startedMs).toBeLessThan(6_000);
  });
});

describe('a request', () => {
  it.each([
    [{}, 400, 'contactCenter'],
    [{ contactCenter: 'nowhere' }, 404, 'contactCenter'],
    [{ contactCenter: 'demo', limit: '51' }, 400, 'limit'],
    [{ contactCenter: 'demo', limit: '0' }, 400, 'limit'],
    [{ contactCenter: 'demo', serach: 'a' }, 400, 'serach'],
    [{ contactCenter: 'demo', search: 'a\0' }, 400, 'search'],
    [{ contactCenter: 'demo', search: 'x'.repeat(256) }, 400, 'search'],
    [{ contactCenter: 'demo', cursor: 'bm9uZQ' }, 400, 'cursor'],
    [{ contactCenter: 'demo', sort: 'name' }, 400, 'user names alone: leave sort out'],
    [{ contactCenter: 'demo', sort: 'state' }, 400, 'sort'],
  ])('%j is refused with what is wrong', async (query, status, field) => {
    const answer = await ask(query as Record<string, string>);
    expect([answer.status, answer.body]).toEqual([status, expect.stringContaining(field)]);
  });

  // attack: client or person without the right lists who works in a contact centre | CWE-863, OWASP API1:2023 | guard: services/auth-api/src/oauth/client-authentication/ops-authentication.ts
  it('of anybody but an administrator is refused', async () => {
    const authorities = ['ROLE_MANAGEMENT_APPLICATION'];
    const bound = await createClient(estate.stack, { authorities, contactCenterIds: [contactCenterId] });
    const own = (await token(estate.stack, bound, { grant_type: 'client_credentials' })).json().access_token;
    const person = await estate.someone();
    const { tokens, browser } = await person.signIn(await createClient(estate.stack));
    for (const path of ['/people?contactCenter=demo', '/people/profile?user=agent&contactCenter=demo']) {
      const by = (bearer: string) =>
        opsCall(estate.stack, 'GET', `/auth/v3/ops${path}`, undefined, `Bearer ${bearer}`);
      expect([(await by(own)).status, (await by(tokens.access_token)).status]).toEqual([403, 403]);
      expect((await browser.get(`/auth/v3/ops${path}`)).status).toBe(401);
    }
  });
});

// attack: administrator of a contact centre reads who works in another one | CWE-639, OWASP API1:2023 | guard: services/auth-api/src/operations/help-desk/accounts.ts
it('an administrator of one contact centre reaches its people alone', async () => {
  const { stack } = estate;
  const place = { ...demoContactCenter, id: '55555555-4444-4444-8444-444444444444', domains: ['elsewhere'] };
  stack.environmentApi.contactCenters.set(place.id, place);
  const administrator = await contactCenterAdministrator(stack, { sub: randomUUID() });
  const as = (path: string) => opsCall(stack, 'GET', `/auth/v3/ops${path}`, undefined, administrator);
  expect((await as(`/people?contactCenter=${contactCenterId}&search=age`)).body).toContain('Ada Agent');
  for (const name of [place.id, 'elsewhere', 'nowhere']) {
    expect((await as(`/people?contactCenter=${name}`)).status).toBe(404);
    expect((await as(`/people/profile?user=agent&contactCenter=${name}`)).status).toBe(404);
  }
  const both = await estate.someone('elsewhere');
  await both.signIn(await createClient(stack));
  const shown = await as(`/people/profile?user=${both.userName}&contactCenter=${contactCenterId}`);
  expect(shown.json<{ data: PersonProfile }>().data.person.userName).toBe(both.userName);
  expect(shown.json<{ data: PersonProfile }>().data.sessions).toBe(0);
});

it('gatehouse people search and profile show them', async () => {
  const run = (...args: string[]) => runCommand(['people', ...args], { env });
  const found = await run('search', 'age', '--contact-center', 'demo');
  expect([found.exitCode, found.out]).toEqual([0, expect.stringContaining('Ada Agent')]);
  const some = await run('search', '--contact-center', 'demo', '--limit', '2', '--json');
  expect(JSON.parse(some.out)).toHaveLength(2);
  expect((await run('search', '--contact-center', 'demo', '--limit', '2')).error).toContain('more people');
  const sorted = await run('search', '--contact-center', 'demo', '--sort', 'name');
  expect(sorted.error).toContain('in the order of their user names alone');
  const one = await run('profile', 'demo\\agent');
  expect([one.exitCode, one.out]).toEqual([0, expect.stringContaining('agent@example.com')]);
  expect((await run('profile', 'nobody', '--contact-center', 'demo')).exitCode).toBe(4);
});

/** Follows a change of the environment. */
const source = async () => ((await ask({ contactCenter: 'demo' })).json() as Partial<Listed>).data?.source;

it('people of the people store are found with their ids, and may be disabled there', async () => {
  const [anna] = await usePeopleStore(estate.stack, [
    { userName: 'Anna', firstName: 'Anna', lastName: 'Berg', email: 'ab@example.com' },
    { userName: 'gone', isActive: false },
  ]);
  await expect.poll(source).toBe('people');
  const found = await list({ search: 'ab@' });
  expect(found.data).toMatchObject({ source: 'people', canDisable: true, canLinkPassword: true });
  expect(found.data.people).toEqual([
    expect.objectContaining({ userName: 'Anna', id: anna?.id, number: anna?.dbid, state: 'active' }),
  ]);
  expect((await list({ search: 'gone' })).data.people).toMatchObject([{ state: 'disabled' }]);
  expect((await read({ user: 'anna', contactCenter: 'demo' })).person).toMatchObject({ id: anna?.id });
});

it('people of people stores are found across contact centres, by administrators of the installation alone', async () => {
  const { stack } = estate;
  const everywhere = (search: string) => call(stack, 'GET', '/people/everywhere', { search });
  const foundBy = async (search: string) =>
    (await everywhere(search)).json<{ data: PeopleEverywhere }>().data;
  const answer = await foundBy(' ANN');
  expect(answer.isCut).toBe(false);
  // Other contact centres of these tests have the same environment.
  expect(answer.people).toContainEqual(
    expect.objectContaining({
      userName: 'Anna',
      name: 'Anna Berg',
      contactCenterId,
      contactCenterName: demoContactCenter.name,
    }),
  );
  const [event] = await estate.eventsOf({ name: 'access_inspected', limit: '1' });
  expect(event).toMatchObject({ fields: { actor: 'ops', purpose: 'people' } });
  expect(await foundBy('nobody')).toEqual({ people: [], isCut: false });
  expect([(await everywhere('an ')).status, (await everywhere('an ')).body]).toEqual([
    400,
    expect.stringContaining('search'),
  ]);
  const administrator = await contactCenterAdministrator(stack, { sub: randomUUID() });
  const path = '/auth/v3/ops/people/everywhere?search=ann';
  expect((await opsCall(stack, 'GET', path, undefined, administrator)).status).toBe(403);

  const found = await runCommand(['people', 'search', 'ann', '--all'], { env });
  expect([found.exitCode, found.out]).toEqual([
    0,
    expect.stringMatching(new RegExp(`${demoContactCenter.name}.*Anna`)),
  ]);
  for (const wrong of [[], ['--all', '--contact-center', 'demo'], ['--all', '--state', 'delayed']])
    expect((await runCommand(['people', 'search', 'ann', ...wrong], { env })).exitCode).toBe(2);
});

it.skipIf(findSlapd() === undefined)(
  'people of an LDAP directory are found, and get no number by it',
  async () => {
    const ldap = await startLdapServer({
      people: [
        { uid: 'anna', attributes: { givenName: 'Anna', sn: 'Berg' } },
        { uid: 'bert', attributes: { pwdAccountLockedTime: '20260101000000Z' } },
      ],
    });
    onTestFinished(() => ldap.close());
    estate.stack.environmentApi.environments.set(environmentId, { ...ldapEnvironment(ldap), version: 3 });
    await announceChange(estate.stack, { entity: 'environment', id: environmentId });
    await expect.poll(source).toBe('ldap');
    const found = await list({ search: 'anna b' });
    expect(found.data).toMatchObject({ source: 'ldap', canDisable: false });
    expect(found.data.people).toEqual([
      expect.objectContaining({ userName: 'anna', name: 'Anna Berg', state: 'active' }),
    ]);
    expect(found.data.people[0]).not.toHaveProperty('number');
    expect((await list({ signIn: 'directory_locked' })).data.people).toMatchObject([
      { userName: 'bert', state: 'locked', signIn: { verdict: 'unknown', reason: 'directory_locked' } },
    ]);
    expect(await read({ user: 'ANNA', contactCenter: 'demo' })).toMatchObject({
      sessions: 0,
      wrongPasswords: 0,
    });
  },
);
