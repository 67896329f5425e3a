/** Two contact centres share an environment: people of one are nobody in the other, whatever the rule that tells them apart. */
import { CfgObjectType } from '@gatehouse/config-server-client/model/enumerations';
import type { Membership } from '@gatehouse/contracts/environment-api/membership';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { call } from '../help-desk/stack.ts';
import { setSignOn } from '../sso/stack/sign-on.ts';
import {
  type AuthApi,
  contactCenterId,
  environmentId,
  otherContactCenterId,
  startAuthApi,
} from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { announceChange } from '../stack/environment-api.ts';
import { createClient, opsCall, passwordTokens, type TestClient, token } from '../stack/oauth.ts';

const password = 'a-password-of-theirs';
const everybody: Membership = { by: 'all', names: [] };

let stack: AuthApi;
let client: TestClient;
let requests: string[] = [];

beforeAll(async () => {
  stack = await startAuthApi({
    env: {
      GATEHOUSE_SIGN_IN_ACCOUNT_ATTEMPTS: '1000',
      GATEHOUSE_SIGN_IN_FREE_FAILURES: '1000',
      GATEHOUSE_SIGN_IN_ADDRESS_ATTEMPTS: '10000',
      GATEHOUSE_REFRESH_PERSON_FRESH_MS: '0',
    },
  });
  const { environments } = stack.environmentApi;
  const environment = environments.get(environmentId);
  // Its tenant restricts nobody, so that membership alone tells people apart.
  if (environment !== undefined) environments.set(environmentId, { ...environment, tenant: '' });
  await populate(stack.simulator.store);
  client = await createClient(stack);
  stack.simulator.faults.beforeRequest = ({ name, body }) => {
    // What the replica reads now and then for everybody is no work of a login.
    const { filter = {} } = body as { filter?: object };
    const asked = Object.keys(filter).toSorted().join(' ');
    if (name === 'RequestReadObjects' && !/user_name|dbid/.test(asked)) return;
    requests.push(`${name} ${asked}`);
  };
});
afterAll(() => stack?.close());

/** `nora` is of the other contact centre by each rule; `olaf` is not, though his place looks much like hers. */
async function populate(store: AuthApi['simulator']['store']) {
  const tenant = async (name: string) => (await store.createTenant({ name }))['DBID'] as number;
  const [nordic, baltic] = [await tenant('Nordic'), await tenant('Baltic')];
  const person = async (tenantDbid: number, userName: string, emailAddress: string) =>
    (await store.createPerson({ tenantDbid, userName, password, emailAddress }))['DBID'] as number;
  const nora = await person(nordic, 'nora', 'nora@example.com');
  const olaf = await person(baltic, 'olaf', 'olaf@example.com');
  for (const [tenantDbid, name, member] of [
    [nordic, 'Nordic agents', nora],
    [baltic, 'Baltic agents', olaf],
  ] as const) {
    const { groupInfo } = (await store.createAccessGroup({ tenantDbid, name })) as {
      groupInfo: { DBID: number };
    };
    await store.addToAccessGroup(groupInfo.DBID, member);
  }
  const folder = async (name: string, ownerID: object, held: number[] = []) =>
    (
      await store.createObject(CfgObjectType.folder, {
        name,
        ownerID,
        state: 1,
        objectIDs: held.map((DBID) => ({ type: CfgObjectType.person, DBID })),
      })
    )['DBID'] as number;
  // Both tenants have folders of the same names.
  for (const [tenantDbid, held] of [
    [nordic, nora],
    [baltic, olaf],
  ] as const) {
    const top = await folder('Persons', { type: CfgObjectType.tenant, DBID: tenantDbid });
    await folder('Agents', { type: CfgObjectType.folder, DBID: top }, [held]);
  }
}

/** As Environment API says it: what is stored, and then that it has changed. */
async function choose(membership: Membership, id = otherContactCenterId) {
  const { contactCenters } = stack.environmentApi;
  const present = contactCenters.get(id);
  if (present !== undefined) contactCenters.set(id, { ...present, membership, version: present.version + 1 });
  await announceChange(stack, { entity: 'contact-center', id, contactCenterId: id });
  requests = [];
}

const signIn = (username: string, typed = password, tenant = 'another') =>
  createBrowser(stack.app).postJson('/auth/v3/sign-in', { data: { username, password: typed, tenant } });
const listed = async (text: string) => {
  const query = { contactCenter: otherContactCenterId, search: text };
  const answer = await call(stack, 'GET', '/people', query);
  return answer
    .json<{ data: { people: { userName: string }[] } }>()
    .data.people.map(({ userName }) => userName);
};
const users = () => stack.deps.users.service;

const rules: [string, Membership][] = [
  ['tenant', { by: 'tenant', names: ['nordic'] }],
  ['folder', { by: 'folder', names: ['Nordic/Persons'] }],
  ['access group', { by: 'accessGroup', names: ['Nordic agents'] }],
];

describe.each(rules)('who belongs to a contact centre by %s', (_name, membership) => {
  beforeEach(() => choose(membership));

  it('signs in, and is told from those of another contact centre by every question', async () => {
    expect((await signIn('nora')).status).toBe(200);
    const named = { contactCenterId: otherContactCenterId, lookup: 'email', accessGroups: [] } as const;
    const identify = async (name: string) => (await users().identify({ ...named, name })).outcome;
    expect([await identify('nora@example.com'), await identify('olaf@example.com')]).toEqual([
      'found',
      'unknown',
    ]);
    const isMember = (userName: string) =>
      users().isMember({
        contactCenterId: otherContactCenterId,
        userName,
        accessGroups: ['Nordic agents', 'Baltic agents'],
      });
    expect([await isMember('nora'), await isMember('olaf')]).toEqual([true, false]);
    expect([await listed('nora'), await listed('olaf'), await listed('')]).toEqual([['nora'], [], ['nora']]);
  });

  // attack: password of a person of another contact centre of the environment | CWE-287, CWE-639 | guard: services/auth-api/src/users/members.ts
  it('is asked for a password; somebody else gets the answer and the work of an unknown name', async () => {
    await signIn('nora');
    const work = async (username: string, typed?: string) => {
      requests = [];
      const answer = await signIn(username, typed);
      return { status: answer.status, body: answer.json(), requests: requests.toSorted() };
    };
    const unknown = await work('nobody-of-that-name');
    expect(unknown.status).toBe(401);
    expect(await work('olaf')).toEqual(unknown);
    expect(await work('olaf', 'wrong')).toEqual(unknown);
    expect(await work('nora', 'wrong')).toMatchObject({ status: 401, body: unknown.body });
    await stack.deps.audit.drained();
    const events = await opsCall(stack, 'GET', '/auth/v3/ops/audit?user=olaf&name=login_failed');
    expect(events.json<{ data: { fields: object }[] }>().data[1]?.fields).toMatchObject({
      reason: 'not_a_member',
    });
  });

  // attack: password of a person of another contact centre, changed through the neighbour's domain | CWE-620 | guard: services/auth-api/src/users/members.ts
  it('changes a password; somebody else is answered as a wrong old password', async () => {
    const change = (userName: string, newPassword: string) =>
      createBrowser(stack.app).postJson('/auth/v3/change-password', {
        data: { userName, tenant: 'another', oldPassword: password, newPassword },
      });
    const [theirs, unknown] = [await change('olaf', 'Another-1'), await change('nobody', 'Another-1')];
    expect(unknown.status).toBe(403);
    expect([theirs.status, theirs.json()]).toEqual([unknown.status, unknown.json()]);
    expect((await signIn('olaf', password, 'demo')).status).toBe(200);
  });

  // attack: help desk of another contact centre of the environment, by user name | CWE-639 | guard: services/auth-api/src/help-desk/people.ts
  it('is unlocked, explained and shown; somebody else is nobody there', async () => {
    await choose(everybody, contactCenterId);
    for (let tries = 0; tries < 3; tries += 1) await signIn('olaf', `wrong ${tries}`, 'demo');
    const at = (id: string) => ({ contactCenter: id, user: 'olaf' });
    const unlock = await call(stack, 'DELETE', '/people/delays', at(otherContactCenterId));
    expect(unlock.status).toBe(404);
    const why = await call(stack, 'GET', '/people/explanation', at(otherContactCenterId));
    expect(why.body).toContain('no person of this name');
    expect(why.body).not.toMatch(/3 wrong passwords|3 refusals/);
    expect((await call(stack, 'GET', '/people/profile', at(otherContactCenterId))).status).toBe(404);
    expect((await call(stack, 'DELETE', '/people/delays', at(contactCenterId))).json()).toMatchObject({
      data: { refusals: 3 },
    });
  });
});

describe('a person who belongs to it no more', () => {
  // attack: tokens of a person whom a contact centre takes in no more | CWE-613 | guard: services/auth-api/src/users/members.ts
  it('gets no new tokens, also when the announcement was missed', async () => {
    await choose(everybody);
    const tokens = await passwordTokens(stack, client, { username: 'another\\olaf', password });
    const refresh = () =>
      token(stack, client, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token });
    await choose({ by: 'tenant', names: ['Nordic'] });
    const answer = await refresh();
    expect(answer.json()).toMatchObject({ error: 'invalid_grant' });
  });
});

describe('a contact centre whose people sign in by single sign-on alone', () => {
  // attack: sign-in of single sign-on people by password, through the domain of a neighbour | CWE-287, CWE-288 | guard: services/auth-api/src/users/members.ts
  it('keeps the passwords of its people out of the domain of its neighbour', async () => {
    await setSignOn(stack, {
      oidc: { issuer: 'https://provider.test', clientId: 'us', tokenEndpointAuthMethod: 'none' },
    });
    await choose(everybody);
    expect((await signIn('olaf', password, 'demo')).json()).toMatchObject({
      status: { name: 'sso_required' },
    });
    // What the neighbour's administrator could do while everybody belonged to both.
    expect((await signIn('olaf')).status).toBe(200);
    await choose({ by: 'accessGroup', names: ['Nordic agents'] });
    const refused = await signIn('olaf');
    expect([refused.status, refused.json()]).toMatchObject([401, { status: { name: 'bad_credentials' } }]);
    expect((await signIn('nora')).status).toBe(200);
  });
});

describe('what a directory does not tell', () => {
  it.each<[string, Membership]>([
    ['a tenant that is not there', { by: 'tenant', names: ['Nowhere'] }],
    ['a folder of the same name in another tenant', { by: 'folder', names: ['Persons/Agents', 'Agents'] }],
    ['a group that is not there', { by: 'accessGroup', names: ['Nowhere'] }],
    ['an organisational unit', { by: 'organizationalUnit', names: ['ou=nordic,dc=example'] }],
  ])('takes nobody in: %s', async (_name, membership) => {
    await choose(membership);
    expect((await signIn('nora')).status).toBe(401);
  });

  it('takes nobody in and asks to try again while the server does not answer', async () => {
    await choose({ by: 'accessGroup', names: ['Nordic agents'] });
    stack.simulator.faults.beforeRequest = ({ name, body }) => {
      const isOfGroups = name === 'RequestReadObjects' && JSON.stringify(body).includes('person_dbid');
      if (isOfGroups) throw new Error('the groups cannot be read now');
    };
    expect((await signIn('nora')).status).toBe(503);
  });
});
