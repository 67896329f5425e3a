/** Attacks on SCIM: with a key of another contact centre, with more than there is to say, and with what is not the caller's to set. */
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProvidedPasswords } from '../src/people/provided-password.ts';
import { inOrder } from '../src/scim/bulk/bulk-order.ts';
import type { BulkOperation } from '../src/scim/bulk/bulk-request.ts';
import { type Method, type RunningApi, startApi } from './running-api.ts';
import { createScimClient, type ScimClient, urns } from './scim-client.ts';

let api: RunningApi;
let scim: ScimClient;
let stranger: ScimClient;

beforeAll(async () => {
  api = await startApi();
  scim = await createScimClient(api);
  stranger = await createScimClient(api);
});
afterAll(() => api.close());

const filtered = (filter: string) => scim.call('GET', `/Users?filter=${encodeURIComponent(filter)}`);
const columnsOf = async (id: string) =>
  (await api.pool.query('SELECT * FROM environment.people WHERE id = $1', [id])).rows[0];

describe('a filter', () => {
  // attack: SCIM filter bomb | RFC 7644 7.2, CWE-674, CWE-400 | guard: services/environment-api/src/scim/filter/filter.ts
  it.each([
    ['deep', `${'('.repeat(200)}userName pr${')'.repeat(200)}`, /deep/],
    ['deep by not', `${'not ('.repeat(100)}userName pr${')'.repeat(100)}`, /deep/],
    ['long', `userName eq "${'x'.repeat(4_000)}"`, /longer/],
    ['full of comparisons', Array(60).fill('title pr').join(' or '), /comparisons/],
  ])('that is too %s is refused before it is translated', async (_name, filter, reason) => {
    const { status, body } = await filtered(filter);
    expect([status, body.scimType]).toEqual([400, 'invalidFilter']);
    expect(body.detail).toMatch(reason);
  });

  // attack: SCIM filter bomb | RFC 7644 7.2, CWE-1333 | guard: services/environment-api/src/scim/filter/filter.ts
  it('in a path of a megabyte is refused by its length', async () => {
    const { id } = await scim.user({ userName: randomUuid() });
    const path = `emails[type eq "${'\\"'.repeat(200_000)}`;
    const { body } = await scim.patch(`/Users/${id}`, [{ op: 'replace', path, value: 'x' }]);
    expect(body).toMatchObject({
      status: '400',
      scimType: 'invalidPath',
      detail: expect.stringMatching(/longer/),
    });
  });

  // attack: SQL in a SCIM filter | CWE-89 | guard: services/environment-api/src/scim/filter/filter-sql.ts
  it('carries no SQL, neither as a name nor as a value', async () => {
    await scim.user({ userName: 'o\'brien", $2' });
    for (const value of ["x' OR '1'='1", "x') OR true --", '$2', '\\u0027 OR 1=1 --'])
      expect((await filtered(`title eq "${value}" or name.givenName co "${value}"`)).body.totalResults).toBe(
        0,
      );
    expect((await filtered(String.raw`userName eq "o'brien\", $2"`)).body.totalResults).toBe(1);
    for (const name of ["title' || 'x", 'p.password', 'attributes', "emails.value')", 'title;', '"title"']) {
      const { status, body } = await filtered(`${name} eq "x"`);
      expect([name, status, body.scimType]).toEqual([name, 400, 'invalidFilter']);
    }
  });

  // attack: SCIM filter over what is never shown | RFC 7643 2.2, CWE-203 | guard: services/environment-api/src/scim/filter/filter-sql.ts
  it.each(['password', 'passwordEnvelope', 'meta.version', 'schemas', `${urns.user}:password`])(
    'over %s is refused: its hits would tell what it begins with',
    async (name) => {
      const filter = `${name} sw "$argon2id"`;
      const answers = ['/.search', '/Users/.search', '/Groups/.search'].map((path) =>
        scim.call('POST', path, { filter }),
      );
      for (const { body } of await Promise.all([filtered(filter), ...answers]))
        expect(body).toMatchObject({ status: '400', scimType: 'invalidFilter' });
    },
  );
});

describe('a key of another contact centre', () => {
  // attack: SCIM key at another contact centre | CWE-639, API1:2023 | guard: services/environment-api/src/api-keys/service.ts
  it('opens nothing', async () => {
    const { id } = await scim.user({ userName: randomUuid() });
    const headers = { authorization: `Bearer ${stranger.key}` };
    for (const [method, path] of [
      ['GET', '/Users'],
      ['GET', `/Users/${id}`],
      ['DELETE', `/Users/${id}`],
      ['GET', '/ServiceProviderConfig'],
    ] as const) {
      const answer = await api.call(method, `${scim.base}${path}`, { headers });
      expect([answer.status, answer.headers['www-authenticate']]).toEqual([
        401,
        expect.stringMatching(/^Bearer /),
      ]);
      expect(answer.body).toMatchObject({ schemas: [urns.error], status: '401' });
    }
    expect(await columnsOf(id)).toBeDefined();
  });

  // attack: SCIM id of another contact centre | CWE-639, API1:2023 | guard: services/environment-api/src/people/store.ts
  it('reaches no person of this one by the id', async () => {
    const { id } = await scim.user({ userName: 'victim', title: 'Mine' });
    const patch = { Operations: [{ op: 'replace', value: { active: false } }] };
    for (const [method, payload] of [
      ['GET', undefined],
      ['PUT', { userName: 'taken over' }],
      ['PATCH', patch],
      ['DELETE', undefined],
    ] as const)
      expect((await stranger.call(method, `/Users/${id}`, payload)).status).toBe(404);
    const bulk = { Operations: [{ method: 'PATCH', path: `/Users/${id}`, data: patch }] };
    expect((await stranger.call('POST', '/Bulk', bulk)).body.Operations[0].status).toBe('404');
    expect((await stranger.call('GET', `/Users?filter=id%20eq%20%22${id}%22`)).body.totalResults).toBe(0);
    expect(await columnsOf(id)).toMatchObject({ is_active: true, user_name: 'victim' });
  });

  // attack: SCIM member of another contact centre | CWE-639, API1:2023 | guard: services/environment-api/src/people/group-store.ts
  it('puts no person of this one into its groups, and reaches none of its groups', async () => {
    const { id } = await scim.user({ userName: randomUuid() });
    const members = [{ value: id }];
    expect((await stranger.call('POST', '/Groups', { displayName: 'Catch', members })).status).toBe(400);
    const group = await scim.call('POST', '/Groups', { displayName: randomUuid(), members });
    expect(
      (await stranger.patch(`/Groups/${group.body.id}`, [{ op: 'remove', path: 'members' }])).status,
    ).toBe(404);
    expect((await scim.call('GET', `/Groups/${group.body.id}`)).body.members).toHaveLength(1);
  });
});

describe('a SCIM key', () => {
  // attack: SCIM key at the other routes | CWE-863, API5:2023 | guard: services/environment-api/src/api-keys/api-key.ts
  it('is nobody anywhere else', async () => {
    const { id, contactCenterId } = { id: scim.environmentId, ...scim };
    const headers = { authorization: `Bearer ${scim.key}` };
    for (const path of [
      `/contact-centers/${contactCenterId}`,
      '/contact-centers',
      `/environments/${id}`,
      `/contact-centers/${contactCenterId}/api-keys`,
      '/audit',
      `/internal/environments/${id}/people?dbid=1`,
    ])
      expect([path, (await api.call('GET', path, { headers })).status]).toEqual([path, 401]);
    const validated = await api.call('POST', '/api-keys/validate', { payload: { data: { key: scim.key } } });
    expect(validated.status).toBe(404);
    expect((await api.call('GET', `/api-keys/${scim.key}`)).status).toBe(404);
  });

  it('stays one when it is rotated, and an API key never becomes one', async () => {
    const client = await createScimClient(api);
    const keys = `/contact-centers/${client.contactCenterId}/api-keys`;
    const [listed] = (await api.call('GET', keys)).body.data;
    expect(listed).toMatchObject({ purpose: 'scim', prefix: client.key.slice(0, 11) });
    const rotated = (await api.call('POST', `${keys}/${listed.id}/rotate`, { payload: {} })).body.data;
    const status = async (key: string) =>
      (await api.call('GET', `${client.base}/Users`, { headers: { authorization: `Bearer ${key}` } })).status;
    expect([await status(rotated.key), await status(client.key)]).toEqual([200, 401]);
    const other = await api.call('POST', keys, { payload: { data: { name: 'plain' } } });
    expect(other.body.data).toMatchObject({ purpose: 'api', key: expect.stringMatching(/^gk_/) });
    expect(await status(other.body.data.key)).toBe(401);
    expect(await status(other.body.data.key.replace('gk_', 'gs_'))).toBe(401);
  });

  // attack: SCIM key of a contact centre that is switched off | CWE-613 | guard: services/environment-api/src/api-keys/store.ts
  it('of a contact centre that is disabled is refused at once', async () => {
    const client = await createScimClient(api);
    await api.call('PUT', `/contact-centers/${client.contactCenterId}`, {
      payload: { data: { status: 'disabled' } },
    });
    expect((await client.call('GET', '/Users')).status).toBe(401);
    expect((await client.call('POST', '/Users', { userName: 'x' })).status).toBe(401);
  });

  // attack: wrong SCIM keys without end | CWE-307, API4:2023 | guard: services/environment-api/src/scim/authenticate.ts
  it('that is wrong is looked up two hundred times a minute, no more', async () => {
    const guess = () =>
      api.app.inject({
        url: `/environment/v3${scim.base}/Users?count=0`,
        headers: { authorization: `Bearer gs_${randomUuid()}1234567` },
        remoteAddress: '10.1.2.3',
      });
    const statuses: number[] = [];
    for (let tries = 0; tries < 202; tries += 1) statuses.push((await guess()).statusCode);
    expect(statuses.filter((status) => status === 401)).toHaveLength(200);
    expect(statuses.slice(200)).toEqual([429, 429]);
    expect((await scim.call('GET', '/Users?count=0')).status).toBe(200);
  });

  // attack: keep a provisioning program out by wrong keys from its address | CWE-645 | guard: services/environment-api/src/scim/authenticate.ts
  it('that worked before works on while wrong ones come from the same address', async () => {
    const statusOf = async (key: string) => {
      const { statusCode } = await api.app.inject({
        url: `/environment/v3${scim.base}/Users?count=0`,
        headers: { authorization: `Bearer ${key}` },
        remoteAddress: '10.1.2.4',
      });
      return statusCode;
    };
    const guess = () => statusOf(`gs_${randomUuid()}1234567`);
    expect(await statusOf(scim.key)).toBe(200);
    for (let tries = 0; tries < 200; tries += 1) await guess();
    expect([await guess(), await statusOf(scim.key)]).toEqual([429, 200]);
  });
});

describe('a body', () => {
  // attack: mass assignment by SCIM | CWE-915, API3:2023 | guard: services/environment-api/src/scim/resource.ts
  it.each<[Method, (id: string) => [path: string, payload: (fields: object) => object]]>([
    ['POST', () => ['/Users', (fields) => fields]],
    ['PUT', (id) => [`/Users/${id}`, (fields) => fields]],
    ['PATCH', (id) => [`/Users/${id}`, (value) => ({ Operations: [{ op: 'replace', value }] })]],
  ])('by %s sets nothing that the caller may not set', async (method, to) => {
    const existing = await scim.user({ userName: randomUuid() });
    const before = await columnsOf(existing.id);
    const group = (await scim.call('POST', '/Groups', { displayName: randomUuid() })).body;
    const [path, payload] = to(existing.id);
    const answer = await scim.call(
      method,
      path,
      payload({
        userName: randomUuid(),
        id: randomUuid(),
        dbid: 7,
        environmentId: stranger.environmentId,
        environment_id: stranger.environmentId,
        passwordEnvelope: 'v1.first.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA',
        version: 1,
        isActive: false,
        is_active: false,
        attributes: { emails: [{ value: 'x' }] },
        groups: [{ value: group.id }],
        meta: { created: '2001-01-01T00:00:00Z', version: 'W/"1"', location: 'https://evil.example' },
        constructor: { prototype: { polluted: true } },
      }),
    );
    expect(answer.status, answer.text).toBeLessThan(300);
    expect(answer.text).not.toMatch(/evil|polluted|2001-01-01|dbid/);
    const after = await columnsOf(answer.body.id);
    expect(after).toMatchObject({
      environment_id: scim.environmentId,
      password: null,
      is_active: true,
      attributes: {},
    });
    expect(after.dbid).toBeGreaterThanOrEqual(before.dbid);
    if (method !== 'POST')
      expect(after).toMatchObject({ id: before.id, dbid: before.dbid, created_at: before.created_at });
    expect((await scim.call('GET', `/Groups/${group.id}`)).body.members).toEqual([]);
  });

  // attack: PATCH of a read-only attribute | RFC 7644 3.5.2, CWE-915 | guard: services/environment-api/src/scim/patch.ts
  it.each([
    ['id', 'mutability'],
    ['meta.created', 'mutability'],
    ['groups', 'mutability'],
    ['groups[value eq "x"].value', 'mutability'],
    ['dbid', 'invalidPath'],
    ['__proto__.polluted', 'invalidPath'],
    ['constructor.prototype', 'invalidPath'],
    ['emails[type eq "work"].__proto__', 'invalidPath'],
    ['name.givenName.toString', 'invalidPath'],
    [`${urns.enterprise}:__proto__`, 'invalidPath'],
  ])('whose path is %s is refused (%s)', async (path, scimType) => {
    const { id } = await scim.user({ userName: randomUuid() });
    const { body } = await scim.patch(`/Users/${id}`, [{ op: 'add', path, value: 'x' }]);
    expect(body).toMatchObject({ status: '400', scimType });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('with a key of the prototype is refused', async () => {
    const answer = await scim.call('POST', '/Users', undefined, { 'content-type': 'application/scim+json' });
    expect(answer.status).toBe(400);
    const response = await api.app.inject({
      method: 'POST',
      url: `/environment/v3${scim.base}/Users`,
      headers: { authorization: `Bearer ${scim.key}`, 'content-type': 'application/scim+json' },
      payload: '{"userName":"p","__proto__":{"active":false}}',
    });
    expect([response.statusCode, response.json().scimType]).toEqual([400, 'invalidSyntax']);
  });

  // attack: NUL, lone surrogates, texts without end by SCIM | OWASP ASVS 5.0 V2.2.1, CWE-158 | guard: services/environment-api/src/scim/resource.ts
  it.each([
    ['a NUL', 'a\u0000b'],
    ['half a character', 'a\ud800b'],
    ['a text without end', 'x'.repeat(9_000)],
  ])('with %s is refused in every attribute', async (_name, text) => {
    for (const fields of [
      { userName: text },
      { externalId: text },
      { title: text },
      { name: { middleName: text } },
      { emails: [{ value: text }] },
      { addresses: [{ formatted: text }] },
      { [urns.enterprise]: { manager: { value: text } } },
      { password: text },
    ]) {
      const { body } = await scim.call('POST', '/Users', { userName: randomUuid(), ...fields });
      expect([Object.keys(fields), body.status]).toEqual([Object.keys(fields), '400']);
    }
    expect((await scim.call('POST', '/Groups', { displayName: text })).body).toMatchObject({ status: '400' });
    expect((await scim.call('GET', `/Users/${encodeURIComponent('a\u0000b')}`)).status).toBe(404);
    expect((await filtered(`title eq ${JSON.stringify(text.slice(0, 100))}`)).status).toBeLessThan(500);
  });

  // attack: address that unfolds beyond its column | CWE-1284, UAX 15 | guard: services/environment-api/src/scim/user.ts
  it('with an address that is too long when written out is refused, and harms no other of a bulk request', async () => {
    const emails = [{ value: `${'\ufdfa'.repeat(20)}@example.com` }];
    const { body } = await scim.call('POST', '/Users', { userName: randomUuid(), emails });
    expect(body).toMatchObject({ status: '400', scimType: 'invalidValue' });
    const Operations = [{}, { emails }].map((fields, index) => ({
      method: 'POST',
      path: '/Users',
      bulkId: String(index),
      data: { userName: randomUuid(), ...fields },
    }));
    const { body: bulk } = await scim.call('POST', '/Bulk', { Operations });
    expect(bulk.Operations.map(({ status }: { status: string }) => status)).toEqual(['201', '400']);
  });

  // attack: somebody who was shut out comes back by a PUT | CWE-284 | guard: services/environment-api/src/scim/user.ts
  it('that does not speak of active lets nobody in again', async () => {
    const { id } = await scim.user({ userName: 'shut-out', active: false });
    const answer = await scim.call('PUT', `/Users/${id}`, { userName: 'shut-out', title: 'New' });
    expect([answer.status, answer.body.active]).toEqual([200, false]);
  });
});

describe('a PATCH that removes active', () => {
  // attack: somebody whose status was removed stays in | RFC 7644 3.5.2.2, CWE-636 | guard: services/environment-api/src/scim/user.ts
  it('shuts the person out, who has no status until one is set', async () => {
    const { id } = await scim.user({ userName: randomUuid(), title: 'Agent' });
    const isActive = async () => (await columnsOf(id)).is_active;
    const removed = await scim.patch(`/Users/${id}`, [{ op: 'remove', path: 'active' }]);
    expect([removed.status, removed.body.title]).toEqual([200, 'Agent']);
    expect(removed.body).not.toHaveProperty('active');
    expect(await isActive()).toBe(false);
    // A change of something else lets nobody in.
    const changed = await scim.patch(`/Users/${id}`, [{ op: 'replace', path: 'title', value: 'Lead' }]);
    expect(changed.body).not.toHaveProperty('active');
    expect(await isActive()).toBe(false);
    expect((await scim.call('GET', `/Users/${id}`)).body).toEqual(changed.body);
    const set = await scim.patch(`/Users/${id}`, [{ op: 'add', path: 'active', value: true }]);
    expect([set.body.active, await isActive()]).toEqual([true, true]);
  });
});

describe('a request that makes much of little', () => {
  // attack: SCIM bulk request without end | RFC 7644 3.7.4, API4:2023 | guard: services/environment-api/src/scim/bulk/bulk-request.ts
  it('is refused with more than a thousand operations, before the first is done', async () => {
    const operation = (index: number) => ({
      method: 'POST',
      path: '/Users',
      bulkId: String(index),
      data: { userName: `bomb-${index}` },
    });
    const Operations = Array.from({ length: 1_001 }, (_, index) => operation(index));
    expect((await scim.call('POST', '/Bulk', { Operations })).body).toMatchObject({ status: '413' });
    expect((await filtered('userName sw "bomb-"')).body.totalResults).toBe(0);
  });

  // attack: SCIM body without end | RFC 7644 3.7.4, API4:2023 | guard: services/environment-api/src/scim/routes.ts
  it.each(['/Bulk', '/Users', '/Groups'])('at %s is refused with more than a megabyte', async (path) => {
    const answer = await scim.call('POST', path, {
      displayName: 'g',
      userName: 'u',
      padding: 'x'.repeat(1_048_577),
    });
    expect(answer.body).toMatchObject({ schemas: [urns.error], status: '413' });
  });

  // attack: SCIM PATCH of many operations | API4:2023 | guard: services/environment-api/src/scim/patch.ts
  it('is refused with more than a thousand steps in one PATCH', async () => {
    const { id } = await scim.user({ userName: randomUuid() });
    const steps = Array.from({ length: 1_001 }, (_, index) => ({
      op: 'add',
      path: 'title',
      value: String(index),
    }));
    expect((await scim.patch(`/Users/${id}`, steps)).body).toMatchObject({
      status: '400',
      scimType: 'tooMany',
    });
  });

  // attack: SCIM user of many values | API4:2023 | guard: services/environment-api/src/scim/resource.ts
  it('stores no list of thousands of values', async () => {
    const emails = Array.from({ length: 101 }, (_, index) => ({ value: `${index}@example.com` }));
    const { body } = await scim.call('POST', '/Users', { userName: randomUuid(), emails });
    expect(body).toMatchObject({ status: '400', scimType: 'invalidValue' });
  });

  // attack: SCIM list that grows with each step of a PATCH | CWE-407, API4:2023 | guard: services/environment-api/src/scim/patch.ts
  it('is refused at the step that makes a list too long, not after the last one', async () => {
    const { id } = await scim.user({ userName: randomUuid() });
    const emails = (from: number) =>
      Array.from({ length: 60 }, (_, index) => ({ value: `${from + index}@example.com` }));
    const { body } = await scim.patch(`/Users/${id}`, [
      { op: 'add', path: 'emails', value: emails(0) },
      { op: 'add', path: 'emails', value: emails(60) },
      { op: 'replace', path: 'emails', value: emails(0) },
    ]);
    expect(body).toMatchObject({ status: '400', scimType: 'invalidValue' });
  });

  // attack: SCIM bulk request whose operations wait for each other | RFC 7644 3.7.1, CWE-407 | guard: services/environment-api/src/scim/bulk/bulk-order.ts
  it('is read once, however long its operations wait for each other', () => {
    const length = 200;
    let reads = 0;
    const operations = Array.from(
      { length },
      (_, index): BulkOperation => ({
        method: 'POST',
        path: '/Groups',
        endpoint: 'Groups',
        id: undefined,
        version: undefined,
        bulkId: String(index),
        get data() {
          reads += 1;
          return index === length - 1 ? {} : { members: [{ value: `bulkId:${index + 1}` }] };
        },
      }),
    );
    const ids = new Map<string, string>();
    const order: string[] = [];
    for (const { operations: step } of inOrder(operations, ids, true))
      for (const { bulkId = '' } of step) {
        order.push(bulkId);
        ids.set(bulkId, randomUuid());
      }
    expect(order).toEqual(operations.map(({ bulkId }) => bulkId).reverse());
    expect(reads).toBeLessThanOrEqual(2 * length);
  });

  // attack: SCIM filters that hold every connection to the database | CWE-400, API4:2023 | guard: services/environment-api/src/scim/routes.ts
  it('leaves connections for others while its lists are slow', async () => {
    const slow = await api.pool.connect();
    await slow.query('BEGIN; LOCK TABLE environment.people IN ACCESS EXCLUSIVE MODE');
    const lists = Array.from({ length: 12 }, (_, index) =>
      index % 2 === 0 ? filtered('title co "x"') : scim.call('POST', '/.search', { filter: 'title co "x"' }),
    );
    try {
      await expect.poll(() => api.pool.totalCount - api.pool.idleCount).toBeGreaterThan(4);
      for (let others = 0; others < 20; others += 1)
        expect((await api.call('GET', `/contact-centers/${scim.contactCenterId}`)).status).toBe(200);
    } finally {
      await slow.query('ROLLBACK');
      slow.release();
    }
    for (const { status } of await Promise.all(lists)) expect(status).toBe(200);
  });

  // attack: SCIM passwords that hold every connection to the database | CWE-400, API4:2023 | guard: services/environment-api/src/people/provided-password.ts
  it('has a password compared in its transaction before those that wait outside of one', async () => {
    const passwords = createProvidedPasswords(api.deps.core.secretBox);
    const person = { id: randomUuid(), userName: 'anna' };
    const provided = await passwords.hash('a-long-enough-password');
    const present = await passwords.sealed(provided, { ...person, present: undefined });
    let hashed = 0;
    const hashes = Array.from({ length: 60 }, async () => {
      await passwords.hash('another-long-password');
      hashed += 1;
    });
    expect(await passwords.sealed(provided, { ...person, present })).toBeUndefined();
    expect(hashed).toBeLessThan(50);
    await Promise.all(hashes);
  });

  // attack: SCIM list of groups with everybody in each | API4:2023 | guard: services/environment-api/src/scim/groups.ts
  it('gets groups of very many members page by page', async () => {
    await api.pool.query(
      `WITH number AS (INSERT INTO environment.person_numbers (environment_id, external_id)
          SELECT $1, gen_random_uuid()::text FROM generate_series(1, 6000) RETURNING dbid, external_id)
        INSERT INTO environment.people (id, environment_id, dbid, user_name, user_name_key, is_active)
        SELECT external_id::uuid, $1, dbid, 'n' || dbid, 'n' || dbid, true FROM number`,
      [stranger.environmentId],
    );
    for (let index = 0; index < 5; index += 1) {
      const { body } = await stranger.call('POST', '/Groups', { displayName: `everybody ${index}` });
      await api.pool.query(
        'INSERT INTO environment.people_group_members SELECT $1, id FROM environment.people WHERE environment_id = $2',
        [body.id, stranger.environmentId],
      );
    }
    const { body } = await stranger.call('GET', '/Groups');
    expect(body).toMatchObject({ totalResults: 5, itemsPerPage: 3 });
    const without = await stranger.call('GET', '/Groups?excludedAttributes=members');
    expect(without.body).toMatchObject({ totalResults: 5, itemsPerPage: 5 });
  });
});
