/** Two contact centres share an environment: people of one are nobody in the other, whatever the rule that tells them apart. */

import type { Membership } from '@gatehouse/contracts/environment-api';
import { CfgObjectType } from '@gatehouse/people-directory';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { exchangeGrantType } from '../../src/core/protocol/grant-types.ts';
import { call } from '../operations/help-desk/stack.ts';
import { setSignOn } from '../sign-in/sso/stack/sign-on.ts';
import {
  type AuthApi,
  contactCenterId,
  environmentId,
  otherContactCenterId,
  startAuthApi,
} from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { announceChange } from '../stack/environment-api.ts';
import {
  authorizeUrl,
  createClient,
  opsCall,
  passwordTokens,
  redeem,
  responseOf,
  type TestClient,
  token,
} from '../stack/oauth.ts';

const password = 'a-password-of-theirs';
const everybody: Membership = { by: 'all', names: [] };

let stack: AuthApi;
let client: TestClient;
let requests: string[] = [];
let aheadMs = 0;

beforeAll(async () => {
  stack = await startAuthApi({
    now: () => Date.now() + aheadMs,
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
  const more = (tenantDbid: number, name: string, count: number) =>
    Promise.all(
      Array.from({ length: count }, (_, at) =>
        person(tenantDbid, `${name}-${at + 1}`, `${name}${at}@example.com`),
      ),
    );
  const [nordics, baltics] = [await more(nordic, 'nordic', 2), await more(baltic, 'baltic', 7)];
  for (const [tenantDbid, name, members] of [
    [nordic, 'Nordic agents', [nora, ...nordics]],
    [baltic, 'Baltic agents', [olaf, ...baltics]],
  ] as const) {
    const { groupInfo } = (await store.createAccessGroup({ tenantDbid, name })) as {
      groupInfo: { DBID: number };
    };
    for (const member of members) await store.addToAccessGroup(groupInfo.DBID, member);
  }
  const folder = async (name: string, ownerID: object, held: readonly number[] = []) =>
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
    [nordic, [nora, ...nordics]],
    [baltic, [olaf, ...baltics]],
  ] as const) {
    const top = await folder('Persons', { type: CfgObjectType.tenant, DBID: tenantDbid });
    await folder('Agents', { type: CfgObjectType.folder, DBID: top }, held);
  }
}

/** As Environment API says it: what is stored, and then that it has changed. */
async function choose(membership: Membership, id = otherContactCenterId) {
  const { contactCenters } = stack.environmentApi;
  const present = contactCenters.get(id);
  if (present !== undefined) contactCenters.set(id, { ...present, membership, version: present.version + 1 });
  await announceChange(stack, { entity: 'contact-center', id, contactCenterId: id });
  const known = async () => (await stack.deps.contactCenters.service.get(id))?.membership;
  await expect.poll(known, { timeout: 5000, interval: 5 }).toEqual(membership);
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
const users = () => stack.deps.accounts.service;

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
    expect([await listed('nora'), await listed('olaf'), await listed('')]).toEqual([
      ['nora'],
      [],
      ['nora', 'nordic-1', 'nordic-2'],
    ]);
  });

  // attack: password of a person of another contact centre of the environment | CWE-287, CWE-639 | guard: services/auth-api/src/people/directories/members.ts
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
  });

  // attack: guesses at people of another contact centre, whose own audit trail tells which were right | CWE-204, CWE-307 | guard: services/auth-api/src/people/directories/members.ts
  it('is told in the audit trail from an unknown name by nothing, whatever the password', async () => {
    const told = async (username: string, typed?: string) => {
      await signIn(username, typed);
      await stack.deps.audit.drained();
      const path = `/auth/v3/ops/audit?user=${username}&name=login_failed&limit=1`;
      const { data } = (await opsCall(stack, 'GET', path)).json<{
        data: { fields: { userName: string } }[];
      }>();
      const { userName, ...fields } = data[0]?.fields ?? { userName: '' };
      expect(userName).toBe(username);
      return fields;
    };
    const unknown = await told('nobody-of-this-name');
    expect([await told('olaf'), await told('olaf', 'wrong')]).toEqual([unknown, unknown]);
  });

  // attack: cursor of a search that names a person of another contact centre | CWE-200, CWE-639 | guard: services/auth-api/src/operations/help-desk/listing.ts
  it('is searched for in pages that name nobody else', async () => {
    const page = async (query: Record<string, string>) => {
      const asked = { contactCenter: otherContactCenterId, limit: '1', ...query };
      const answer = await call(stack, 'GET', '/people', asked);
      const { data, nextCursor } = answer.json<{
        data: { people: { userName: string }[] };
        nextCursor?: string;
      }>();
      return { names: data.people.map(({ userName }) => userName), nextCursor };
    };
    expect(await page({ search: 'baltic-' })).toEqual({ names: [], nextCursor: undefined });
    const first = await page({ search: 'nordic-' });
    expect(first.names).toEqual(['nordic-1']);
    const second = await page({ search: 'nordic-', cursor: first.nextCursor ?? '' });
    expect(second).toEqual({ names: ['nordic-2'], nextCursor: undefined });
    // Whoever makes one could ask who comes after any name.
    const made = Buffer.from('after:baltic-3').toString('base64url');
    const query = { contactCenter: otherContactCenterId, cursor: made };
    expect((await call(stack, 'GET', '/people', query)).status).toBe(400);
  });

  // attack: password of a person of another contact centre, changed through the neighbour's domain | CWE-620 | guard: services/auth-api/src/people/directories/members.ts
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

  // attack: help desk of another contact centre of the environment, by user name | CWE-639 | guard: services/auth-api/src/operations/help-desk/accounts.ts
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
  // attack: tokens of a person whom a contact centre takes in no more | CWE-613 | guard: services/auth-api/src/people/directories/members.ts
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

describe('a person whom the directory has put out of its group', () => {
  // attack: session, code and tokens of a person who has left the contact centre, used for more | CWE-613, ASVS 7.4.1 | guard: services/auth-api/src/people/accounts/contact-center-status.ts
  it('gets nothing more by what came before', async () => {
    const { store } = stack.simulator;
    const { DBID } = await store.createPerson({ tenantDbid: 101, userName: 'leaver', password });
    const group = (await store.createAccessGroup({ tenantDbid: 101, name: 'Leavers' })) as {
      groupInfo: { DBID: number };
    };
    await store.addToAccessGroup(group.groupInfo.DBID, DBID as number);
    await choose({ by: 'accessGroup', names: ['Leavers'] });
    const application = await createClient(stack, {
      client_id: 'of-leavers',
      authorizedGrantTypes: ['authorization_code', 'refresh_token', exchangeGrantType],
      tokenExchange: { subjectClients: ['of-leavers'] },
    });
    const browser = createBrowser(stack.app);
    const data = { username: 'leaver', password, tenant: 'another' };
    expect((await browser.postJson('/auth/v3/sign-in', { data })).status).toBe(200);
    const authorized = async () => responseOf(await browser.get(authorizeUrl(application)));
    const exchanged = (subject_token: string) =>
      token(stack, application, {
        grant_type: exchangeGrantType,
        subject_token,
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      });
    const tokens = (await redeem(stack, application, (await authorized()).get('code') ?? '')).json();
    const code = (await authorized()).get('code') ?? '';
    expect((await exchanged(tokens.access_token)).status).toBe(200);

    await store.updateObject(CfgObjectType.accessGroup, group.groupInfo.DBID, { memberIDs: [] });
    aheadMs = 11_000;
    expect((await authorized()).get('error')).toBe('access_denied');
    for (const answer of [await redeem(stack, application, code), await exchanged(tokens.access_token)])
      expect([answer.status, answer.json()]).toMatchObject([400, { error: 'invalid_grant' }]);
    aheadMs = 0;
  });
});

describe('a contact centre whose people sign in by single sign-on alone', () => {
  // attack: sign-in of single sign-on people by password, through the domain of a neighbour | CWE-287, CWE-288 | guard: services/auth-api/src/people/directories/members.ts
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
