/** SCIM 2.0 (RFC 7643, RFC 7644) over HTTP, with PostgreSQL. */

import { isPersonPassword } from '@gatehouse/caller-auth/credentials';
import { personChangeId, personPasswordPlace } from '@gatehouse/contracts/environment-api';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { watchSecret } from '@gatehouse/testing/secrets';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningApi, startApi } from './running-api.ts';
import { createScimClient, type ScimClient, urns } from './scim-client.ts';

let api: RunningApi;
let scim: ScimClient;

beforeAll(async () => {
  api = await startApi({ env: { GATEHOUSE_PUBLIC_URL: 'https://login.example.com' } });
  scim = await createScimClient(api);
});
afterAll(() => api.close());

const ada = {
  userName: 'Ada@Example.com',
  externalId: 'ext-ada',
  name: { givenName: 'Ada', familyName: 'Lovelace', middleName: 'King' },
  displayName: 'Ada L.',
  title: 'Analyst',
  emails: [
    { value: 'ada@home.example', type: 'home' },
    { value: 'ada@example.com', type: 'work', primary: true },
  ],
  phoneNumbers: [{ value: '+44 20 7946 0000', type: 'work' }],
  addresses: [{ type: 'work', locality: 'London', formatted: 'Line 1\nLondon' }],
  [urns.enterprise]: { employeeNumber: '701984', department: 'Engines', manager: { value: 'm-1' } },
};

describe('a user', () => {
  it('is created, given back unchanged, and found by each name', async () => {
    const created = await scim.call('POST', '/Users', { schemas: [urns.user, urns.enterprise], ...ada });
    expect(created.status, created.text).toBe(201);
    const { id } = created.body;
    expect(created.headers['location']).toBe(
      `https://login.example.com/environment/v3${scim.base}/Users/${id}`,
    );
    expect(created.headers['content-type']).toMatch('application/scim+json');
    expect(created.body).toEqual({
      ...ada,
      schemas: [urns.user, urns.enterprise],
      id,
      active: true,
      meta: {
        resourceType: 'User',
        created: expect.any(String),
        lastModified: expect.any(String),
        location: created.headers['location'],
        version: created.headers['etag'],
      },
    });
    const read = await scim.call('GET', `/Users/${id}`);
    expect(read.body).toEqual(created.body);
    for (const filter of [
      'userName eq "ADA@example.COM"',
      'externalId eq "ext-ada"',
      'emails.value eq "Ada@Home.example"',
      'emails[type eq "work" and value eq "ada@example.com"]',
      'emails[type eq "work"].value eq "ada@example.com"',
      `id eq "${id}" and active eq true`,
      `${urns.enterprise}:employeeNumber eq "701984"`,
      `${urns.user}:name.familyName sw "love" and not (title eq "Clerk")`,
      `${urns.enterprise}:department co "gine"`,
      '(displayName pr and nickName eq null) or userName eq "nobody"',
      'meta.lastModified gt "2020-01-01T00:00:00Z" and name.givenName ew "DA" and emails.primary eq true',
      'phoneNumbers pr and addresses.locality eq "london"',
      `id eq "${id}" and meta.created gt "0001-01-01T00:00:00Z" and meta.lastModified gt "1900-01-01T00:00:00Z"`,
    ]) {
      const found = await scim.call('GET', `/Users?filter=${encodeURIComponent(filter)}`);
      expect([filter, found.body.totalResults, found.body.Resources?.[0]?.id]).toEqual([filter, 1, id]);
    }
    const { rows } = await api.pool.query('SELECT * FROM environment.people WHERE id = $1', [id]);
    expect(rows[0]).toMatchObject({
      user_name_key: 'ada@example.com',
      first_name: 'Ada',
      email: 'ada@example.com',
      employee_id: '701984',
      email_keys: ['ada@example.com', 'ada@home.example'],
    });
  });

  it('is refused by its name in any case, with the error of SCIM', async () => {
    await scim.user({ userName: 'Twice@example.com' });
    const second = await scim.call('POST', '/Users', { userName: 'TWICE@EXAMPLE.COM' });
    expect(second.status).toBe(409);
    expect(second.body).toEqual({
      schemas: [urns.error],
      status: '409',
      scimType: 'uniqueness',
      detail: expect.stringContaining('user name'),
    });
    const other = await scim.user({ userName: 'other@example.com' });
    const renamed = await scim.patch(`/Users/${other.id}`, [
      { op: 'replace', path: 'userName', value: 'twice@example.com' },
    ]);
    expect([renamed.status, renamed.body.scimType]).toEqual([409, 'uniqueness']);
    const { rows } = await api.pool.query(
      `SELECT count(*)::int AS orphans FROM environment.person_numbers n
        WHERE NOT EXISTS (SELECT FROM environment.people p WHERE p.dbid = n.dbid)`,
    );
    expect(rows[0].orphans).toBe(0);
  });

  it('is replaced as a whole, but stays inactive and keeps its password', async () => {
    const password = 'the-first-password-of-grace';
    watchSecret(password, 'password of a user');
    const { id } = await scim.user({ userName: 'grace', title: 'Admiral', active: false, password });
    const answer = await scim.call('PUT', `/Users/${id}`, { userName: 'grace', nickName: 'Amazing' });
    expect(answer.body).toMatchObject({ nickName: 'Amazing', active: false });
    expect(answer.body).not.toHaveProperty('title');
    expect(answer.text).not.toContain('password');
    const { rows } = await api.pool.query('SELECT password FROM environment.people WHERE id = $1', [id]);
    const hash = api.deps.core.secretBox.open(rows[0].password, personPasswordPlace(id)).toString();
    expect(await isPersonPassword(hash, password)).toBe(true);
  });

  it('is changed only by who has seen its present version', async () => {
    const { id, meta } = await scim.user({ userName: 'versions' });
    const stale = { 'if-match': meta.version };
    const operation = [{ op: 'replace', path: 'title', value: 'New' }];
    const first = await scim.patch(`/Users/${id}`, operation, stale);
    expect(first.status).toBe(200);
    expect(first.headers['etag']).not.toBe(meta.version);
    expect((await scim.patch(`/Users/${id}`, [{ op: 'remove', path: 'title' }], stale)).status).toBe(412);
    expect((await scim.call('PUT', `/Users/${id}`, { userName: 'versions' }, stale)).status).toBe(412);
    expect((await scim.call('DELETE', `/Users/${id}`, undefined, stale)).status).toBe(412);
    const again = await scim.patch(`/Users/${id}`, operation);
    expect(again.headers['etag']).toBe(first.headers['etag']);
    const fresh = { 'if-none-match': first.headers['etag'] ?? '' };
    expect((await scim.call('GET', `/Users/${id}`, undefined, fresh)).status).toBe(304);
    expect((await scim.call('GET', `/Users/${id}`, undefined, stale)).status).toBe(200);
  });

  it('is gone after a DELETE, and its number is nobody else\u2019s', async () => {
    const { id } = await scim.user({ userName: 'leaver' });
    const { rows: before } = await api.pool.query('SELECT dbid FROM environment.people WHERE id = $1', [id]);
    expect((await scim.call('DELETE', `/Users/${id}`)).status).toBe(204);
    expect((await scim.call('GET', `/Users/${id}`)).status).toBe(404);
    expect((await scim.call('DELETE', `/Users/${id}`)).body).toMatchObject({
      schemas: [urns.error],
      status: '404',
    });
    const back = await scim.user({ userName: 'leaver' });
    const { rows } = await api.pool.query(
      `SELECT n.dbid, p.id FROM environment.person_numbers n LEFT JOIN environment.people p ON p.dbid = n.dbid
        WHERE n.external_id = ANY ($1) ORDER BY n.dbid`,
      [[id, back.id]],
    );
    expect(rows).toEqual([
      { dbid: before[0].dbid, id: null },
      { dbid: expect.any(Number), id: back.id },
    ]);
  });

  it('answers with the attributes that are asked for', async () => {
    const { id } = await scim.user({ ...ada, userName: 'projected', externalId: 'p' });
    const some = await scim.call(
      'GET',
      `/Users/${id}?attributes=userName,NAME.familyName,emails.value,${urns.enterprise}:department`,
    );
    expect(some.body).toEqual({
      schemas: [urns.user, urns.enterprise],
      id,
      userName: 'projected',
      name: { familyName: 'Lovelace' },
      emails: [{ value: 'ada@home.example' }, { value: 'ada@example.com' }],
      [urns.enterprise]: { department: 'Engines' },
    });
    const most = await scim.call('GET', `/Users/${id}?excludedAttributes=id,emails,name.givenName,meta`);
    expect(most.body).toMatchObject({ id, name: { familyName: 'Lovelace' }, title: 'Analyst' });
    for (const name of ['emails', 'meta', 'name.givenName']) expect(most.body).not.toHaveProperty(name);
  });
});

describe('a list', () => {
  it('is given page by page, with the number of all', async () => {
    const listed = await createScimClient(api);
    for (let index = 0; index < 5; index += 1) await listed.user({ userName: `u${index}` });
    const page = async (query: string) => {
      const { status, body } = await listed.call('GET', `/Users?${query}`);
      const { totalResults, startIndex, itemsPerPage, Resources } = body;
      return [
        status,
        totalResults,
        startIndex,
        itemsPerPage,
        Resources.map((one: { userName: string }) => one.userName).join(),
      ];
    };
    expect(await page('count=2')).toEqual([200, 5, 1, 2, 'u0,u1']);
    expect(await page('startIndex=4&count=200000')).toEqual([200, 5, 4, 2, 'u3,u4']);
    expect(await page('startIndex=-3&count=-1')).toEqual([200, 5, 1, 0, '']);
    expect(await page('startIndex=99')).toEqual([200, 5, 99, 0, '']);
    expect(await page('filter=userName%20sw%20%22U%22&count=0')).toEqual([200, 5, 1, 0, '']);
    expect((await listed.call('GET', '/Users?count=many')).body).toMatchObject({
      status: '400',
      schemas: [urns.error],
    });
  });
});

describe('a group', () => {
  it('has members who are added, removed and replaced, and users show it', async () => {
    // One after the other: members are given in the order of their numbers.
    const one = await scim.user({ userName: 'g1' });
    const two = await scim.user({ userName: 'g2' });
    const three = await scim.user({ userName: 'g3' });
    const created = await scim.call('POST', '/Groups', {
      schemas: [urns.group],
      displayName: 'Agents',
      externalId: 'grp',
      members: [{ value: one.id }, { value: two.id }],
    });
    expect(created.status, created.text).toBe(201);
    const { id } = created.body;
    const path = `/Groups/${id}`;
    const members = async () =>
      (await scim.call('GET', path)).body.members.map(({ display }: { display: string }) => display).join();
    expect(await members()).toBe('g1,g2');
    expect((await scim.call('GET', `/Users/${one.id}`)).body.groups).toEqual([
      { value: id, $ref: expect.stringMatching(`/Groups/${id}$`), display: 'Agents', type: 'direct' },
    ]);
    expect(
      (await scim.patch(path, [{ op: 'add', path: 'members', value: [{ value: three.id }] }])).status,
    ).toBe(204);
    expect(await members()).toBe('g1,g2,g3');
    await scim.patch(path, [{ op: 'remove', path: `members[value eq "${two.id}"]` }]);
    expect(await members()).toBe('g1,g3');
    await scim.patch(path, [{ op: 'replace', path: 'members', value: [{ value: two.id }] }]);
    expect(await members()).toBe('g2');
    await scim.patch(path, [{ op: 'remove', path: 'members' }]);
    expect(await members()).toBe('');
    await scim.call('PUT', path, { displayName: 'Agents', members: [{ value: one.id }] });
    expect(await members()).toBe('g1');
    expect((await scim.call('GET', path)).body).not.toHaveProperty('externalId');
    const found = async (filter: string) =>
      (await scim.call('GET', `/Groups?excludedAttributes=members&filter=${encodeURIComponent(filter)}`))
        .body;
    expect((await found('displayName eq "AGENTS"')).Resources).toMatchObject([{ id }]);
    expect((await found(`id eq "${id}" and members eq "${one.id}"`)).totalResults).toBe(1);
    expect((await found(`members[value eq "${two.id}"]`)).totalResults).toBe(0);
    expect((await scim.call('POST', '/Groups', { displayName: 'agents' })).body.scimType).toBe('uniqueness');
    const stranger = await scim.patch(path, [
      { op: 'add', path: 'members', value: [{ value: randomUuid() }] },
    ]);
    expect(stranger.body).toMatchObject({ status: '400', scimType: 'invalidValue' });
    const { meta } = (await scim.call('GET', path)).body;
    await scim.call('DELETE', `/Users/${one.id}`);
    expect(await members()).toBe('');
    expect((await scim.call('DELETE', path, undefined, { 'if-match': meta.version })).status).toBe(412);
    expect((await scim.call('DELETE', path)).status).toBe(204);
  });

  it('of 5,000 people is filled, renamed and emptied, and announced as everybody', async () => {
    const large = await createScimClient(api);
    await api.pool.query(
      `WITH number AS (INSERT INTO environment.person_numbers (environment_id, external_id)
          SELECT $1, gen_random_uuid()::text FROM generate_series(1, 5000) RETURNING dbid, external_id)
        INSERT INTO environment.people (id, environment_id, dbid, user_name, user_name_key, is_active)
        SELECT external_id::uuid, $1, dbid, 'n' || dbid, 'n' || dbid, true FROM number`,
      [large.environmentId],
    );
    const { rows } = await api.pool.query('SELECT id FROM environment.people WHERE environment_id = $1', [
      large.environmentId,
    ]);
    const members = rows.map(({ id }) => ({ value: id }));
    const { id } = (await large.call('POST', '/Groups', { displayName: 'All', members })).body;
    expect((await large.call('GET', `/Groups/${id}`)).body.members).toHaveLength(5_000);
    const before = await api.pool.query('SELECT max(seq)::int AS seq FROM environment.changes');
    await large.patch(`/Groups/${id}`, [{ op: 'replace', path: 'displayName', value: 'Everybody' }]);
    const { rows: changes } = await api.pool.query(
      'SELECT entity, entity_id AS id FROM environment.changes WHERE seq > $1 ORDER BY seq',
      [before.rows[0].seq],
    );
    expect(changes).toEqual([
      { entity: 'person-group', id },
      { entity: 'person', id: large.environmentId },
    ]);
    await large.patch(`/Groups/${id}`, [{ op: 'remove', path: 'members' }]);
    expect((await large.call('GET', `/Groups/${id}`)).body.members).toEqual([]);
  });
});

describe('what ends', () => {
  /** Entities of the changes that the work makes, in order. */
  async function changesOf(work: () => Promise<unknown>) {
    const { rows: before } = await api.pool.query(
      'SELECT coalesce(max(seq), 0)::int AS seq FROM environment.changes',
    );
    await work();
    const { rows } = await api.pool.query(
      `SELECT entity, entity_id AS id, contact_center_id AS center FROM environment.changes WHERE seq > $1 ORDER BY seq`,
      [before[0].seq],
    );
    return rows;
  }

  it('is announced with a deactivation, a deletion and a password that an administrator sets, in the same transaction', async () => {
    const { id } = await scim.user({ userName: 'ending' });
    const { rows } = await api.pool.query('SELECT dbid FROM environment.people WHERE id = $1', [id]);
    const of = (entity: string) => ({
      entity,
      id: personChangeId(scim.environmentId, rows[0].dbid),
      center: scim.contactCenterId,
    });
    const patch = (value: object) => () => scim.patch(`/Users/${id}`, [{ op: 'replace', value }]);
    expect(await changesOf(patch({ title: 'x' }))).toEqual([of('person')]);
    expect(await changesOf(patch({ active: false }))).toEqual([of('person'), of('person-end')]);
    expect(await changesOf(patch({ active: false }))).toEqual([]);
    expect(await changesOf(patch({ active: true }))).toEqual([of('person')]);
    const password = 'correct horse battery';
    const another = 'another horse battery';
    for (const text of [password, another]) watchSecret(text, 'password of a user');
    // The first one: single sign-on granted what there is.
    expect(await changesOf(patch({ password }))).toEqual([of('person')]);
    expect(await changesOf(patch({ password: another }))).toEqual([of('person'), of('person-end')]);
    // The same one again, as programs send it that write everything anew.
    expect(await changesOf(patch({ password: another }))).toEqual([]);
    expect(await changesOf(() => scim.call('DELETE', `/Users/${id}`))).toEqual([
      of('person'),
      of('person-end'),
    ]);
    const refused = await changesOf(() =>
      scim.patch(`/Users/${id}`, [{ op: 'replace', value: { active: false } }]),
    );
    expect(refused).toEqual([]);
  });

  it('is audited by the names of what changed, with nothing that is known about a person', async () => {
    const { id } = await scim.user({ ...ada, userName: 'audited-person', externalId: 'audited-ext' });
    await scim.patch(`/Users/${id}`, [{ op: 'replace', path: 'title', value: 'Countess' }]);
    await scim.call('DELETE', `/Users/${id}`);
    const { rows } = await api.pool.query(
      `SELECT action, actor_kind, actor, changes FROM environment.audit
        WHERE entity = 'person' AND contact_center_id = $1 ORDER BY id DESC LIMIT 3`,
      [scim.contactCenterId],
    );
    expect(rows.map(({ action }) => action)).toEqual(['delete', 'update', 'create']);
    expect(rows[1].changes).toEqual({ title: { from: '[secret]', to: '[secret]' } });
    expect(Object.keys(rows[2].changes)).toEqual(expect.arrayContaining(['userName', 'emails', 'isActive']));
    expect(rows[0]).toMatchObject({
      actor_kind: 'client',
      actor: expect.stringMatching(/^scim:[0-9a-f-]{36}$/),
    });
    for (const value of ['audited', 'Lovelace', 'Countess', 'London', 'example.com'])
      expect(JSON.stringify(rows)).not.toContain(value);
  });
});

describe('what this service can do', () => {
  it('is described', async () => {
    const config = await scim.call('GET', '/ServiceProviderConfig');
    expect(config.body).toMatchObject({
      patch: { supported: true },
      bulk: { supported: true, maxOperations: 1000, maxPayloadSize: 1_048_576 },
      filter: { supported: true, maxResults: 200 },
      etag: { supported: true },
    });
    const types = (await scim.call('GET', '/ResourceTypes')).body.Resources;
    expect(types.map(({ endpoint }: { endpoint: string }) => endpoint)).toEqual(['/Users', '/Groups']);
    const schemas = (await scim.call('GET', '/Schemas')).body.Resources;
    expect(schemas.map(({ id }: { id: string }) => id)).toEqual([urns.user, urns.enterprise, urns.group]);
    const user = (await scim.call('GET', `/Schemas/${urns.user}`)).body;
    const password = user.attributes.find(({ name }: { name: string }) => name === 'password');
    expect(password).toMatchObject({ mutability: 'writeOnly', returned: 'never' });
    expect((await scim.call('GET', '/ResourceTypes/Nothing')).body).toMatchObject({ status: '404' });
  });
});

describe('a person without SCIM', () => {
  const people = () => `/contact-centers/${scim.contactCenterId}/people`;
  const write = (method: 'POST' | 'PATCH' | 'DELETE', path: string, data?: object, headers = {}) =>
    api.call(method, path, { headers, ...(data && { payload: { data } }) });

  it('is added with groups, one of which is made, and SCIM has the same', async () => {
    const team = (await scim.call('POST', '/Groups', { schemas: [urns.group], displayName: 'Team North' }))
      .body;
    const fields = {
      userName: 'grace.hopper',
      firstName: 'Grace',
      email: 'grace@example.com',
      employeeId: 'E-7',
    };
    const added = await write('POST', people(), { ...fields, groups: [' team north ', 'Night shift'] });
    expect(added.status, added.text).toBe(200);
    const { id, number } = added.body.data;
    expect(added.body.data).toMatchObject({ ...fields, status: 'active', hasPassword: false });
    expect(added.body.data.groups).toEqual(['Team North', 'Night shift']);
    expect((await scim.call('GET', `/Users/${id}`)).body).toMatchObject({
      userName: 'grace.hopper',
      name: { givenName: 'Grace' },
      emails: [{ value: 'grace@example.com', primary: true }],
      [urns.enterprise]: { employeeNumber: 'E-7' },
    });
    const group = (await scim.call('GET', `/Groups/${team.id}`)).body;
    expect(group.members).toMatchObject([{ value: id }]);
    expect(group.meta.version).not.toBe(team.meta.version);
    const { body } = await api.call('GET', `/audit?entity=person&limit=200`);
    const ids = body.data.map(({ entityId }: { entityId: string }) => entityId);
    expect(ids).toContain(personChangeId(scim.environmentId, number));
  });

  it('is changed field by field, in the version that was seen; what SCIM alone knows stays', async () => {
    const { id } = await scim.user({ ...ada, userName: 'countess', externalId: 'ext-countess' });
    const path = `${people()}/${id}`;
    const seen = await api.call('GET', path);
    const change = { lastName: null, email: 'new@example.com', groups: ['Readers'] };
    const changed = await write('PATCH', path, change, { 'if-match': seen.headers['etag'] });
    expect(changed.status, changed.text).toBe(200);
    expect(changed.body.data).toMatchObject({
      firstName: 'Ada',
      email: 'new@example.com',
      groups: ['Readers'],
    });
    expect(changed.body.data).not.toHaveProperty('lastName');
    const late = await write('PATCH', path, { groups: [] }, { 'if-match': seen.headers['etag'] });
    expect(late.status).toBe(412);
    const left = await write('PATCH', path, { groups: [] });
    expect(left.body.data.groups).toEqual([]);
    expect(left.headers['etag']).not.toBe(changed.headers['etag']);
    const user = (await scim.call('GET', `/Users/${id}`)).body;
    expect(user).toMatchObject({ title: 'Analyst', name: { givenName: 'Ada', middleName: 'King' } });
    expect(user.emails).toEqual([{ value: 'new@example.com', type: 'work', primary: true }]);
  });

  it.each([
    [{ userName: 'COUNTESS' }, 409, 'userName'],
    [{ userName: ' ' }, 400, 'data.userName'],
    [{ userName: 'a\u202eb' }, 400, 'data.userName'],
    [{ groups: ['fine', 'x\u200b'] }, 400, 'data.groups.1'],
    [{ groups: 'Agents' }, 400, 'data.groups'],
    [{ password: 'no-way-to-set-one' }, 400, 'password'],
    [{}, 400, 'data.userName'],
  ])('refuses %j with %i at %s', async (fields, status, field) => {
    const named = 'userName' in fields || Object.keys(fields).length === 0 ? {} : { userName: randomUuid() };
    const answer = await write('POST', people(), { ...named, ...fields });
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(field)]);
  });

  it('is deleted with everything, and only once', async () => {
    const { id } = await scim.user({ userName: randomUuid() });
    expect((await write('DELETE', `${people()}/${id}`)).status).toBe(200);
    expect((await write('DELETE', `${people()}/${id}`)).status).toBe(404);
    expect((await scim.call('GET', `/Users/${id}`)).status).toBe(404);
  });
});

describe('where the people are elsewhere', () => {
  it('SCIM is refused with the reason', async () => {
    const id = await api.contactCenter();
    const answer = await api.call('GET', `/contact-centers/${id}/scim/v2/Users`);
    expect(answer.body).toMatchObject({
      status: '409',
      detail: expect.stringContaining('Configuration Servers'),
    });
  });
});

describe('an environment', () => {
  it('is deleted with its people and their numbers', async () => {
    const gone = await createScimClient(api);
    await gone.user({ userName: 'somebody' });
    expect((await api.call('DELETE', `/contact-centers/${gone.contactCenterId}`)).status).toBe(200);
    const answer = await api.call('DELETE', `/environments/${gone.environmentId}`);
    expect(answer.status, answer.text).toBe(200);
  });
});
