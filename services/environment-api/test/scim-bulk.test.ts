/** Bulk requests (RFC 7644 section 3.7), and SCIM in a read-only region. */
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningApi, startApi } from './running-api.ts';
import { createScimClient, type ScimClient, urns, withSchemas } from './scim-client.ts';

let api: RunningApi;
let scim: ScimClient;

beforeAll(async () => {
  api = await startApi();
  scim = await createScimClient(api);
});
afterAll(() => api.close());

const bulk = (Operations: object[], more: object = {}) => scim.call('POST', '/Bulk', { Operations, ...more });
const post = (bulkId: string, data: object, path = '/Users') => ({ method: 'POST', path, bulkId, data });
const statuses = (answer: { body: { Operations: { status: string }[] } }) =>
  answer.body.Operations.map(({ status }) => status);

describe('a bulk request', () => {
  it('creates users and a group that refers to them, wherever it stands', async () => {
    const answer = await bulk([
      post(
        'team',
        { displayName: 'Team', members: [{ value: 'bulkId:a' }, { value: 'bulkId:b' }] },
        '/Groups',
      ),
      post('a', { userName: 'bulk-a', [urns.enterprise]: { manager: { value: 'bulkId:b' } } }),
      post('b', { userName: 'bulk-b' }),
      {
        method: 'PATCH',
        path: '/Users/bulkId:b',
        data: { Operations: [{ op: 'replace', value: { title: 'Lead' } }] },
      },
    ]);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.body.schemas).toEqual(['urn:ietf:params:scim:api:messages:2.0:BulkResponse']);
    const byId = new Map<string, { status: string; location: string; version: string }>(
      answer.body.Operations.map((one: { bulkId: string }) => [one.bulkId, one]),
    );
    for (const id of ['a', 'b', 'team'])
      expect(byId.get(id)).toMatchObject({ status: '201', version: expect.stringMatching(/^W\/"\d+"$/) });
    const idOf = (bulkId: string) => byId.get(bulkId)?.location.split('/').at(-1) ?? '';
    expect((await scim.call('GET', `/Users/${idOf('b')}`)).body).toMatchObject({
      userName: 'bulk-b',
      title: 'Lead',
    });
    expect((await scim.call('GET', `/Users/${idOf('a')}`)).body[urns.enterprise]).toEqual({
      manager: { value: idOf('b') },
    });
    expect((await scim.call('GET', `/Groups/${idOf('team')}`)).body.members).toHaveLength(2);
  });

  it('undoes what fails alone, and says of each what happened', async () => {
    const { id, meta } = await scim.user({ userName: 'in-bulk' });
    const change = { Operations: [{ op: 'replace', path: 'title', value: 'T' }] };
    const { rows: before } = await api.pool.query('SELECT max(seq)::int AS seq FROM environment.changes');
    const answer = await bulk([
      post('x', { userName: 'IN-BULK' }),
      post('y', { userName: 'bulk-y' }),
      { method: 'PATCH', path: `/Users/${id}`, version: 'W/"0"', data: change },
      { method: 'PATCH', path: `/Users/${id}`, version: meta.version, data: change },
      { method: 'DELETE', path: `/Users/${randomUuid()}` },
      post('g', { displayName: 'G', members: [{ value: 'bulkId:x' }] }, '/Groups'),
      { method: 'PUT', path: `/Users/${id}`, data: { userName: '' } },
      { method: 'DELETE', path: `/Users/${id}` },
    ]);
    expect(statuses(answer)).toEqual(['409', '201', '412', '200', '404', '409', '400', '204']);
    expect(answer.body.Operations[0].response).toMatchObject({
      schemas: [urns.error],
      scimType: 'uniqueness',
    });
    const { rows: changes } = await api.pool.query(
      'SELECT entity FROM environment.changes WHERE seq > $1 ORDER BY seq',
      [before[0].seq],
    );
    expect(changes.map(({ entity }) => entity).sort()).toEqual(['person', 'person', 'person', 'person-end']);
  });

  it('creates people who follow each other together, and says of each what happened', async () => {
    await scim.user({ userName: 'together-0' });
    const names = ['together-1', 'TOGETHER-0', 'together-2', 'Together-2', '', 'together-3'];
    const answer = await bulk([
      ...names.map((userName, index) => post(String(index), { userName })),
      post(
        'g',
        { displayName: 'Together', members: [{ value: 'bulkId:0' }, { value: 'bulkId:5' }] },
        '/Groups',
      ),
    ]);
    expect(statuses(answer)).toEqual(['201', '409', '201', '409', '400', '201', '201']);
    const ids = answer.body.Operations.map(({ location }: { location?: string }) =>
      location?.split('/').at(-1),
    );
    const { rows } = await api.pool.query(
      `SELECT p.id, p.user_name, p.dbid FROM environment.people p
        JOIN environment.person_numbers n ON n.dbid = p.dbid AND n.external_id = p.id::text
        WHERE p.id = ANY ($1) ORDER BY p.dbid`,
      [[ids[0], ids[2], ids[5]]],
    );
    expect(rows.map(({ user_name }) => user_name)).toEqual(['together-1', 'together-2', 'together-3']);
    expect((await scim.call('GET', `/Groups/${ids[6]}`)).body.members).toHaveLength(2);
    const { rows: audited } = await api.pool.query(
      `SELECT count(*)::int AS rows FROM environment.audit WHERE request_id = $1 AND entity = 'person' AND action = 'create'`,
      [answer.headers['x-request-id']],
    );
    expect(audited[0].rows).toBe(3);
  });

  it('stops after as many failures as it allows, and keeps what was done before', async () => {
    const answer = await bulk(
      [post('1', { userName: 'stop-1' }), post('2', {}), post('3', {}), post('4', { userName: 'stop-4' })],
      { failOnErrors: 2 },
    );
    expect(statuses(answer)).toEqual(['201', '400', '400']);
    const filter = encodeURIComponent('userName sw "stop-"');
    expect((await scim.call('GET', `/Users?filter=${filter}`)).body.totalResults).toBe(1);
  });

  it('refuses operations that wait for each other or for nothing', async () => {
    const manager = (bulkId: string) => ({ [urns.enterprise]: { manager: { value: `bulkId:${bulkId}` } } });
    const answer = await bulk([
      post('p', { userName: 'circle-p', ...manager('q') }),
      post('q', { userName: 'circle-q', ...manager('p') }),
      post('r', { userName: 'nobody', ...manager('none') }),
    ]);
    expect(statuses(answer)).toEqual(['409', '409', '409']);
  });

  // attack: SCIM bulk requests that take every place | CWE-400, API4:2023 | guard: services/environment-api/src/scim/bulk/bulk.ts
  it('of one contact centre waits for that before it, and leaves a place to others', async () => {
    const neighbour = await createScimClient(api);
    const { id } = await scim.user({ userName: randomUuid() });
    const slow = await api.pool.connect();
    await slow.query('BEGIN');
    await slow.query('SELECT FROM environment.people WHERE id = $1 FOR UPDATE', [id]);
    const data = { Operations: [{ op: 'replace', path: 'title', value: 'T' }] };
    const held = [1, 2, 3].map(() => bulk([{ method: 'PATCH', path: `/Users/${id}`, data }]));
    try {
      await expect.poll(() => api.pool.totalCount - api.pool.idleCount).toBeGreaterThan(1);
      const Operations = [post('a', { userName: randomUuid() })];
      const answer = await neighbour.call('POST', '/Bulk', { Operations });
      expect(statuses(answer)).toEqual(['201']);
    } finally {
      await slow.query('ROLLBACK');
      slow.release();
    }
    for (const answer of await Promise.all(held)) expect(statuses(answer)).toEqual(['200']);
  });

  it.each([
    ['without operations', { schemas: [urns.bulk] }],
    ['with an unknown method', { Operations: [{ method: 'GET', path: '/Users' }] }],
    ['with another endpoint', { Operations: [post('a', {}, '/Bulk')] }],
    ['with a path that leads out', { Operations: [{ method: 'DELETE', path: '/Users/../Groups/x' }] }],
    ['with a POST that has no bulkId', { Operations: [{ method: 'POST', path: '/Users', data: {} }] }],
    ['with a number of failures that is none', { Operations: [], failOnErrors: -1 }],
  ])('%s is refused as a whole', async (_name, body) => {
    const answer = await scim.call('POST', '/Bulk', body);
    expect(answer.body).toMatchObject({ schemas: [urns.error], status: '400' });
  });
});

describe('a read-only region', () => {
  it('reads people and refuses to write them', async () => {
    const other = await startApi({
      postgresUrl: api.config.postgres.url?.reveal() ?? '',
      env: { GATEHOUSE_LOCATION: '/EUW1', GATEHOUSE_WRITABLE_LOCATION: '/USW1' },
    });
    const call = (method: 'GET' | 'POST', path: string, payload?: object) =>
      other.call(method, `${scim.base}${path}`, {
        headers: { authorization: `Bearer ${scim.key}` },
        ...(payload ? { payload: withSchemas(method, path, payload) } : {}),
      });
    expect((await call('GET', '/Users?count=1')).status).toBe(200);
    for (const [path, payload] of [
      ['/Users', { userName: 'new' }],
      ['/Groups', { displayName: 'new' }],
      ['/Bulk', { Operations: [post('a', { userName: 'new' })] }],
    ] as const)
      expect((await call('POST', path, payload)).body).toMatchObject({
        status: '403',
        detail: expect.stringContaining('read-only'),
      });
    const searched = await call('POST', '/.search', { filter: 'id pr' });
    expect(searched.status, searched.text).toBe(200);
    await other.close();
  });
});
