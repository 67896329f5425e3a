/** Which people of its environment belong to a contact centre: the field, who may change it, and what a change ends. */
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createPeopleStore } from './people-store.ts';
import { type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;
let environmentId: string;
beforeAll(async () => {
  api = await startApi();
  environmentId = await api.environment();
});
afterAll(() => api.close());

const everybody = { by: 'all', names: [] };
const nordic = { by: 'tenant', names: ['Nordic'] };
const patch = (id: string, data: object, authorization?: string) =>
  api.call('PATCH', `/contact-centers/${id}`, {
    payload: { data },
    ...(authorization === undefined ? {} : { headers: { authorization } }),
  });
const membershipOf = async (id: string) =>
  (await api.call('GET', `/contact-centers/${id}`)).body.data.membership;
const view = async (id: string) =>
  (
    await api.call('GET', `/internal/contact-centers/${id}?location=/`, {
      headers: { authorization: api.authApi.token({ internal_client: true }) },
    })
  ).body.data;
/** What the change announces as ended. */
async function endsOf(id: string, membership: object) {
  const latest = async () =>
    (
      await api.call('GET', '/internal/changes?since=0', {
        headers: { authorization: api.authApi.token({ internal_client: true }) },
      })
    ).body.data.changes.filter(
      (change: { entity: string; id: string }) => change.entity === 'contact-center-end' && change.id === id,
    ).length;
  const before = await latest();
  expect((await patch(id, { membership })).status).toBe(200);
  return (await latest()) - before;
}

describe('the membership of a contact centre', () => {
  it('is everybody unless told otherwise, and what was chosen afterwards, also for Auth API', async () => {
    const id = await api.contactCenter({ environmentId });
    expect(await membershipOf(id)).toEqual(everybody);
    expect((await patch(id, { membership: { by: 'folder', names: ['Persons/Nordic '] } })).status).toBe(200);
    expect(await membershipOf(id)).toEqual({ by: 'folder', names: ['Persons/Nordic'] });
    expect((await patch(id, { name: 'Another name' })).body.data.membership.by).toBe('folder');
  });

  it('is everybody where a replica of the release before adds a contact centre', async () => {
    const id = randomUuid();
    await api.pool.query(
      `INSERT INTO environment.contact_centers (id, environment_id, name, auth, status)
        VALUES ($1, $2, 'of before', 'configServer', 'active')`,
      [id, environmentId],
    );
    expect(await membershipOf(id)).toEqual(everybody);
    expect((await api.call('DELETE', `/contact-centers/${id}`)).status).toBe(200);
  });

  it.each([
    ['an unknown kind', { by: 'skill', names: ['x'] }, 'data.membership.by'],
    ['a kind without names', { by: 'tenant' }, 'data.membership.names'],
    ['names for everybody', { by: 'all', names: ['x'] }, 'data.membership.names'],
    ['an empty name', { by: 'tenant', names: ['a', ' '] }, 'data.membership.names.1'],
    ['a text for a list', { by: 'tenant', names: 'Nordic' }, 'data.membership.names'],
    [
      'too many names',
      { by: 'tenant', names: Array.from({ length: 51 }, (_, i) => `t${i}`) },
      'data.membership.names',
    ],
    [
      'entries below a Configuration Server',
      { by: 'organizationalUnit', names: ['ou=a,dc=b'] },
      'data.membership.by',
    ],
    ['nothing at all', null, 'data.membership'],
  ])('is refused with 400 and the field for %s', async (_name, membership, field) => {
    const answer = await patch(await api.contactCenter({ environmentId }), { membership });
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].status.field).toBe(field);
  });

  it('names what an LDAP directory can tell, and the form of its names', async () => {
    const ldapId = await api.environment({
      directory: 'ldap',
      username: undefined,
      password: undefined,
      tenant: undefined,
      configServers: undefined,
      ldap: {
        servers: [{ address: 'ldap.example' }],
        bindDn: 'cn=gatehouse,dc=example',
        bindPassword: 'bind-password-4f1e',
        baseDns: ['dc=example'],
      },
    });
    const id = await api.contactCenter({ environmentId: ldapId });
    const refused = await patch(id, { membership: nordic });
    expect([refused.status, refused.body.errors[0].status.field]).toEqual([400, 'data.membership.by']);
    expect(refused.body.status.message).toContain('"accessGroup" or "organizationalUnit"');
    const wrong = await patch(id, { membership: { by: 'organizationalUnit', names: ['Nordic'] } });
    expect([wrong.status, wrong.body.errors[0].status.field]).toEqual([400, 'data.membership.names.0']);
    const units = { by: 'organizationalUnit', names: ['ou=Nordic,dc=example'] };
    expect((await patch(id, { membership: units })).body.data.membership).toEqual(units);
    // What the other environment could not answer is refused with the move.
    const moved = await patch(id, { environmentId });
    expect([moved.status, moved.body.errors[0].status.field]).toEqual([400, 'data.membership.by']);
    expect((await patch(id, { environmentId, membership: nordic })).status).toBe(200);
  });

  it('needs no choice in a people store, and takes none', async () => {
    const { contactCenterId } = await createPeopleStore(api);
    const refused = await patch(contactCenterId, { membership: { by: 'accessGroup', names: ['Agents'] } });
    expect([refused.status, refused.body.errors[0].status.field]).toEqual([400, 'data.membership.by']);
    expect((await patch(contactCenterId, { membership: everybody })).status).toBe(200);
  });

  it('ends what the people of the contact centre hold when it takes fewer of them in, and only then', async () => {
    const id = await api.contactCenter({ environmentId });
    const ends = (membership: object) => endsOf(id, membership);
    expect(await ends(nordic)).toBe(1);
    expect(await ends({ by: 'tenant', names: ['Nordic', 'Baltic'] })).toBe(0);
    expect(await ends({ by: 'tenant', names: ['Baltic'] })).toBe(1);
    expect(await ends({ by: 'accessGroup', names: ['Baltic'] })).toBe(1);
    expect(await ends(everybody)).toBe(0);
  });

  it('is in the change log with what it was before', async () => {
    const id = await api.contactCenter({ environmentId });
    await patch(id, { membership: nordic });
    const { body } = await api.call('GET', `/audit?entityId=${id}`);
    expect(body.data[0].changes.membership).toEqual({ from: everybody, to: nordic });
  });

  // attack: an administrator of one contact centre takes in the people of another | CWE-639 | guard: services/environment-api/src/contact-centers/authorise-change.ts
  it('is changed by callers for the whole installation alone', async () => {
    const id = await api.contactCenter({ environmentId, membership: nordic });
    const bound = api.authApi.token({
      contact_center_ids: [id],
      contact_center_id: id,
      authorities: ['ROLE_MANAGEMENT_APPLICATION'],
    });
    expect((await patch(id, { membership: everybody }, bound)).status).toBe(403);
    expect(await membershipOf(id)).toEqual(nordic);
    expect((await patch(id, { name: 'Renamed', membership: nordic }, bound)).status).toBe(200);
  });

  it('is exported and imported; a document of the release before, without it, changes nobody', async () => {
    const id = await api.contactCenter({ environmentId, membership: nordic });
    const { body: document } = await api.call('GET', '/export');
    const exported = document.contactCenters.find((one: { id: string }) => one.id === id);
    expect(exported.membership).toEqual(nordic);
    const importWith = async (membership: object | undefined) => {
      exported.membership = membership;
      const { status } = await api.call('PUT', '/import', {
        headers: { 'if-match': '*' },
        payload: document,
      });
      return [status, (await view(id)).membership];
    };
    expect(await importWith(undefined)).toEqual([200, nordic]);
    expect(await importWith(everybody)).toEqual([200, everybody]);
    expect(await importWith(nordic)).toEqual([200, nordic]);
  });
});

describe('a further contact centre in an environment', () => {
  const create = (target: RunningApi, environment: string, fields: object = {}) =>
    target.call('POST', '/contact-centers', {
      payload: { data: { environmentId: environment, domains: [`t-${randomUuid()}`], ...fields } },
    });

  it('needs the choice whose people are its own, also where two are created at the same moment', async () => {
    const shared = await api.environment();
    const answers = await Promise.all([create(api, shared), create(api, shared)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400]);
    const refused = answers.find(({ status }) => status === 400);
    expect(refused?.body.errors[0].status).toMatchObject({ field: 'data.membership', reason: 'missing' });
    for (const membership of [everybody, nordic])
      expect((await create(api, shared, { membership })).body.data.membership).toEqual(membership);
  });

  it('needs it where a contact centre is moved there, too', async () => {
    const shared = await api.environment();
    await create(api, shared);
    const id = await api.contactCenter();
    const refused = await patch(id, { environmentId: shared });
    expect([refused.status, refused.body.errors[0].status.field]).toEqual([400, 'data.membership']);
    expect((await patch(id, { environmentId: shared, membership: nordic })).status).toBe(200);
  });

  it('has everybody without a choice in the compat profile', async () => {
    const compat = await startApi({ env: { GATEHOUSE_COMPAT_ENABLED: 'true' } });
    onTestFinished(() => compat.close());
    const shared = await compat.environment();
    await create(compat, shared);
    expect((await create(compat, shared)).body.data.membership).toEqual(everybody);
  });

  it('is a problem of the overview while everybody belongs to one of the two, and both are active', async () => {
    // Of its own: a page names the first pairs alone.
    const fresh = await startApi();
    onTestFinished(() => fresh.close());
    const change = (id: string, data: object) =>
      fresh.call('PATCH', `/contact-centers/${id}`, { payload: { data } });
    const shared = await fresh.environment();
    const [one, other] = [
      (await create(fresh, shared, { name: 'One of two' })).body.data.id,
      (await create(fresh, shared, { name: 'The other', membership: everybody })).body.data.id,
    ];
    const problems = async () => {
      const { body } = await fresh.call('GET', '/overview');
      return body.data.problems.filter(({ subject }: { subject: string }) => subject === shared);
    };
    expect(await problems()).toMatchObject([
      { severity: 'warning', runbook: 'contact-centres-share-their-people' },
    ]);
    expect((await problems())[0].message).toContain('"One of two" and "The other" share the environment "');
    await change(other, { membership: nordic });
    expect((await problems())[0].message).toContain('everybody belongs to "One of two"');
    await change(one, { membership: { by: 'tenant', names: ['Baltic'] } });
    expect(await problems()).toEqual([]);
    await change(one, { membership: everybody });
    await change(other, { status: 'disabled' });
    expect(await problems()).toEqual([]);
  });
});
