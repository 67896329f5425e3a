import { randomUuid } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentBody, type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const post = (fields?: Record<string, unknown>) =>
  api.call('POST', '/environments', { payload: { data: environmentBody(fields) } });

describe('POST /environments', () => {
  it('answers status.code 0, the path with the new id, and the fields without the password', async () => {
    const answer = await post();
    expect(answer.status).toBe(200);
    const { id } = answer.body.data;
    expect(answer.body).toEqual({
      status: { code: 0 },
      path: `/environments/${id}`,
      data: {
        id,
        name: expect.stringMatching(/^Configuration Server 172\.24\.132\.84( \(\d+\))?$/),
        directory: 'configServer',
        username: 'default',
        connectionProtocol: 'addp',
        localTimeout: 5,
        remoteTimeout: 7,
        traceMode: 'CFGTMBoth',
        tenant: 'Environment',
        appName: 'Cloud',
        tlsEnabled: false,
        configServers: [
          {
            id: expect.any(String),
            primaryAddress: '172.24.132.84',
            primaryPort: 8888,
            readOnly: false,
            locations: ['/USW1'],
          },
        ],
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
      },
    });
    expect(answer.headers['etag']).toMatch(/^"\d+"$/);
  });

  it('takes an id of the caller, and refuses it the second time with 409', async () => {
    const id = '6F1E3C52-0B46-4B8B-9A55-0A0E4D8C7B11';
    const first = await post({ id });
    expect(first.body.path).toBe(`/environments/${id.toLowerCase()}`);
    const second = await post({ id });
    expect(second.status).toBe(409);
    expect(second.body.status).toMatchObject({ code: 409, name: 'conflict' });
    expect(second.body.errors[0].status.field).toBe('data.id');
  });

  it('gives one without a name its usual name, also to several at once, and refuses a name twice', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => post()));
    const names = answers.map(({ body }) => body.data.name);
    expect(new Set(names).size).toBe(5);
    const [name] = names;
    for (const taken of [name, name.toUpperCase()]) {
      const refused = await post({ name: taken });
      expect([refused.status, refused.body.errors[0].status.field]).toEqual([409, 'data.name']);
    }
    const { id } = (await post({ name: 'Nordic people' })).body.data;
    const change = (data: object) => api.call('PATCH', `/environments/${id}`, { payload: { data } });
    expect((await change({ name })).status).toBe(409);
    expect((await change({ name: 'Nordic people\u202e' })).status).toBe(400);
    expect((await change({ name: 'NORDIC people' })).body.data.name).toBe('NORDIC people');
    expect((await change({ appName: 'Portal' })).body.data.name).toBe('NORDIC people');
    const found = await api.call('GET', '/environments?search=nordic');
    expect(found.body.data.map((one: { id: string }) => one.id)).toEqual([id]);
  });

  it('finds a name that is taken or deceptive in the dry run, too', async () => {
    const create = (name: string) =>
      api.call('POST', '/environments', { payload: { data: { directory: 'people', name } } });
    const { id } = (await create('Southern people')).body.data;
    await create('Eastern people');
    const tried = async (path: string, data: object) => {
      const { status, body } = await api.call('POST', `/environments${path}/dry-run`, { payload: { data } });
      return [status, body.errors?.[0].status.field];
    };
    for (const [path, data] of [
      ['', { directory: 'people' }],
      [`/${id}`, {}],
    ] as const) {
      expect(await tried(path, { ...data, name: 'EASTERN people' })).toEqual([409, 'data.name']);
      expect(await tried(path, { ...data, name: 'Eastern\u202epeople' })).toEqual([400, 'data.name']);
      expect(await tried(path, { ...data, name: 'Western people' })).toEqual([200, undefined]);
    }
    expect(await tried(`/${id}`, { name: 'SOUTHERN people' })).toEqual([200, undefined]);
  });

  it.each(['', '&search=harbour'])('comes by name from either end, page by page%s', async (search) => {
    const mark = randomUuid();
    for (const name of [`harbour B ${mark}`, `Harbour a ${mark}`]) await post({ name });
    const { id } = (await post({ appName: 'harbour' })).body.data;
    await api.pool.query('DELETE FROM environment.environment_names WHERE environment_id = $1', [id]);
    const all = async (sort: string) => {
      const names: string[] = [];
      for (let cursor = ''; ; ) {
        const query = `limit=1&sort=${sort}${search}${cursor && `&cursor=${cursor}`}`;
        const { body } = await api.call('GET', `/environments?${query}`);
        names.push(...body.data.map(({ name }: { name: string }) => name));
        if (body.nextCursor === undefined) return names;
        cursor = body.nextCursor;
      }
    };
    const names = await all('name');
    expect(names.filter((name) => name.includes(mark))).toEqual([`Harbour a ${mark}`, `harbour B ${mark}`]);
    // One without a name of its own is among them by the usual one.
    expect(names).toContain('Configuration Server 172.24.132.84');
    expect(await all('-name')).toEqual(names.toReversed());
    expect((await api.call('GET', '/environments?sort=size')).status).toBe(400);
  });

  it('has the usual name where a replica of the release before made it', async () => {
    const { id } = (await post()).body.data;
    await api.pool.query('DELETE FROM environment.environment_names WHERE environment_id = $1', [id]);
    const { name } = (await api.call('GET', `/environments/${id}`)).body.data;
    expect(name).toBe('Configuration Server 172.24.132.84');
  });

  it('fills in what is not given, with TLS on', async () => {
    const answer = await api.call('POST', '/environments', {
      payload: {
        data: {
          username: 'u',
          password: 'p',
          configServers: [{ primaryAddress: 'cs', primaryPort: '8888' }],
        },
      },
    });
    expect(answer.body.data).toMatchObject({
      connectionProtocol: 'addp',
      localTimeout: 20,
      remoteTimeout: 20,
      traceMode: 'CFGTMNone',
      tenant: 'Environment',
      appName: 'default',
      tlsEnabled: true,
    });
    expect(answer.body.data.configServers[0]).toMatchObject({
      primaryPort: 8888,
      readOnly: false,
      locations: ['/'],
    });
  });

  it.each([
    ['no servers', { configServers: [] }, 'data.configServers'],
    ['a list that is missing', { configServers: undefined }, 'data.configServers'],
    [
      'a server without a primary',
      { configServers: [{ backupAddress: 'b', backupPort: 1 }] },
      'data.configServers.0.primaryAddress',
    ],
    [
      'half a backup',
      { configServers: [{ primaryAddress: 'a', primaryPort: 1, backupAddress: 'b' }] },
      'data.configServers.0.backupPort',
    ],
    [
      'an address with a scheme',
      { configServers: [{ primaryAddress: 'tcp://a', primaryPort: 1 }] },
      'data.configServers.0.primaryAddress',
    ],
    [
      'a port out of range',
      { configServers: [{ primaryAddress: 'a', primaryPort: 70000 }] },
      'data.configServers.0.primaryPort',
    ],
    [
      'a location without a slash',
      { configServers: [{ primaryAddress: 'a', primaryPort: 1, locations: 'USW1' }] },
      'data.configServers.0.locations',
    ],
    [
      'two servers with one id',
      {
        configServers: [1, 2].map((primaryPort) => ({
          id: '6f1e3c52-0b46-4b8b-9a55-0a0e4d8c7b22',
          primaryAddress: 'a',
          primaryPort,
        })),
      },
      'data.configServers',
    ],
    ['an unknown trace mode', { traceMode: 'loud' }, 'data.traceMode'],
    ['another protocol', { connectionProtocol: 'smoke' }, 'data.connectionProtocol'],
    ['an empty password', { password: '' }, 'data.password'],
    ['an id that is no UUID', { id: 'one' }, 'data.id'],
    ['a NUL', { username: 'a\u0000b' }, 'data.username'],
    ['a time that is no number', { localTimeout: 'soon' }, 'data.localTimeout'],
  ])('refuses %s with 400 and the name of the field', async (_name, fields, field) => {
    const answer = await post(fields);
    expect(answer.status).toBe(400);
    expect(answer.body.status).toMatchObject({ code: 400, name: 'bad_request' });
    expect(answer.body.errors.map((error: { status: { field: string } }) => error.status.field)).toContain(
      field,
    );
  });

  it('ignores fields that it does not know', async () => {
    const answer = await post({ consoleColour: 'green' });
    expect(answer.status).toBe(200);
    expect(answer.text).not.toContain('consoleColour');
  });
});

describe('GET /environments/{id}', () => {
  it('answers 304 without a body to a caller who has the version already', async () => {
    const id = await api.environment();
    const first = await api.call('GET', `/environments/${id}`);
    expect(first.body.data.id).toBe(id);
    const again = await api.call('GET', `/environments/${id}`, {
      headers: { 'if-none-match': `"0", ${first.headers['etag']}` },
    });
    expect([again.status, again.text, again.headers['etag']]).toEqual([304, '', first.headers['etag']]);
  });

  it.each(['00000000-0000-4000-8000-000000000000', 'nonsense', '%00'])('answers 404 for %s', async (id) => {
    const answer = await api.call('GET', `/environments/${id}`);
    expect(answer.status).toBe(404);
    expect(answer.body.status).toMatchObject({ code: 404, name: 'not_found' });
  });

  it('takes an empty body under a JSON content type', async () => {
    const id = await api.environment();
    const answer = await api.call('GET', `/environments/${id}`, {
      headers: { 'content-type': 'application/json' },
      payload: '',
    });
    expect(answer.body.status.code).toBe(0);
  });
});

describe('PUT and PATCH /environments/{id}', () => {
  it.each(['PUT', 'PATCH'] as const)('%s changes what is given and keeps the rest', async (method) => {
    const id = await api.environment();
    const before = await api.call('GET', `/environments/${id}`);
    const answer = await api.call(method, `/environments/${id}`, { payload: { data: { tenant: 'Other' } } });
    expect(answer.status).toBe(200);
    expect(answer.body.data).toEqual({
      ...before.body.data,
      tenant: 'Other',
      updatedAt: answer.body.data.updatedAt,
    });
    expect(answer.headers['etag']).not.toBe(before.headers['etag']);
  });

  it('keeps the ids of servers that stay, and the order that is given', async () => {
    const id = await api.environment();
    const [server] = (await api.call('GET', `/environments/${id}`)).body.data.configServers;
    const answer = await api.call('PUT', `/environments/${id}`, {
      payload: {
        data: {
          password: 'sent-again-4',
          configServers: [
            {
              primaryAddress: 'new',
              primaryPort: 2020,
              backupAddress: 'spare',
              backupPort: 2021,
              locations: ['/USW1/DC2', '/'],
            },
            { primaryAddress: server.primaryAddress, primaryPort: server.primaryPort, locations: ['/EUW1'] },
          ],
        },
      },
    });
    const [first, second] = answer.body.data.configServers;
    expect(first).toMatchObject({ backupAddress: 'spare', backupPort: 2021, locations: ['/', '/USW1/DC2'] });
    expect(second).toEqual({ ...server, locations: ['/EUW1'] });
  });

  it('changes nothing, the version neither, when the values are those that are there', async () => {
    const id = await api.environment();
    const before = await api.call('GET', `/environments/${id}`);
    const answer = await api.call('PUT', `/environments/${id}`, {
      payload: { data: { tenant: 'Environment' } },
    });
    expect(answer.headers['etag']).toBe(before.headers['etag']);
  });

  it('refuses a stale If-Match with 412 and changes nothing', async () => {
    const id = await api.environment();
    const stale = (await api.call('GET', `/environments/${id}`)).headers['etag'] as string;
    await api.call('PUT', `/environments/${id}`, { payload: { data: { tenant: 'A' } } });
    const refused = await api.call('PUT', `/environments/${id}`, {
      headers: { 'if-match': stale },
      payload: { data: { tenant: 'B' } },
    });
    expect(refused.status).toBe(412);
    expect(refused.body.status.name).toBe('precondition_failed');
    const now = await api.call('GET', `/environments/${id}`);
    expect(now.body.data.tenant).toBe('A');
    const accepted = await api.call('PUT', `/environments/${id}`, {
      headers: { 'if-match': `W/${now.headers['etag']}` },
      payload: { data: { tenant: 'B' } },
    });
    expect(accepted.status).toBe(200);
  });

  it('never loses a change of two writers at once', async () => {
    const id = await api.environment();
    const fields = ['username', 'tenant', 'appName', 'localTimeout', 'remoteTimeout'];
    for (let round = 1; round <= 5; round += 1) {
      const answers = await Promise.all(
        fields.map((field) =>
          api.call('PATCH', `/environments/${id}`, {
            payload: { data: { [field]: field.endsWith('Timeout') ? round + 100 : `${field}-${round}` } },
          }),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
      const { data } = (await api.call('GET', `/environments/${id}`)).body;
      expect(data).toMatchObject({
        username: `username-${round}`,
        tenant: `tenant-${round}`,
        appName: `appName-${round}`,
        localTimeout: round + 100,
        remoteTimeout: round + 100,
      });
    }
  });

  it('lets exactly one of two writers with the same If-Match win', async () => {
    const id = await api.environment();
    for (let round = 0; round < 10; round += 1) {
      const etag = (await api.call('GET', `/environments/${id}`)).headers['etag'] as string;
      const answers = await Promise.all(
        ['left', 'right'].map((side) =>
          api.call('PATCH', `/environments/${id}`, {
            headers: { 'if-match': etag },
            payload: { data: { tenant: `${side}-${round}` } },
          }),
        ),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    }
  });
});

describe('DELETE /environments/{id}', () => {
  it('answers status.code 0, and 404 the second time', async () => {
    const id = await api.environment();
    const answer = await api.call('DELETE', `/environments/${id}`, {
      headers: { 'content-type': 'application/json' },
      payload: '',
    });
    expect(answer.body).toEqual({ status: { code: 0 } });
    expect((await api.call('DELETE', `/environments/${id}`)).status).toBe(404);
  });

  it('is refused with 409 that names the contact centres while they use it', async () => {
    const environmentId = await api.environment();
    const centerId = await api.contactCenter({ environmentId });
    const refused = await api.call('DELETE', `/environments/${environmentId}`);
    expect(refused.status).toBe(409);
    expect(refused.body.status.message).toContain(centerId);
    await api.call('DELETE', `/contact-centers/${centerId}`);
    expect((await api.call('DELETE', `/environments/${environmentId}`)).status).toBe(200);
  });

  it('never shows an old entity tag again when the id is used anew', async () => {
    const id = await api.environment();
    const { etag } = (await api.call('GET', `/environments/${id}`)).headers;
    await api.call('DELETE', `/environments/${id}`);
    await api.environment({ id });
    const answer = await api.call('GET', `/environments/${id}`, {
      headers: { 'if-none-match': etag as string },
    });
    expect(answer.status).toBe(200);
  });
});

describe('the Configuration Server password', () => {
  it('is stored sealed and shows in no answer, no log line and no audit row', async () => {
    const password = 'very-secret-pass-phrase-1';
    const id = await api.environment({ password });
    const next = 'very-secret-pass-phrase-2';
    const answers = [
      await api.call('PUT', `/environments/${id}`, { payload: { data: { password: next } } }),
      await api.call('GET', `/environments/${id}`),
      await api.call('GET', '/environments'),
      await api.call('GET', `/environments/${id}/config-servers`),
      await api.call('GET', `/audit?entityId=${id}`),
      await api.call('PUT', `/environments/${id}`, {
        payload: { data: { password: next, localTimeout: 'x' } },
      }),
      await api.call('POST', '/environments', {
        payload: `{"data":{"password":"${next}"`,
        headers: { 'content-type': 'application/json' },
      }),
      await api.call('DELETE', `/environments/${id}`),
      await api.call('GET', `/audit?entityId=${id}`),
    ];
    for (const { text } of answers) {
      expect(text).not.toMatch(/very-secret-pass-phrase|first\.|passwordEnvelope/);
    }
    expect(api.logged()).not.toContain('very-secret-pass-phrase');
    const changes = answers
      .at(-1)
      ?.body.data.map((row: { changes: { password?: unknown } }) => row.changes.password);
    expect(changes).toEqual([{ from: '[secret]' }, { from: '[secret]', to: '[secret]' }, { to: '[secret]' }]);
  });

  it('makes a new version when it is entered once more: links that gave up begin anew', async () => {
    const id = await api.environment({ password: 'the same one' });
    const before = await api.call('GET', `/environments/${id}`);
    await api.call('PUT', `/environments/${id}`, { payload: { data: { password: 'the same one' } } });
    const after = await api.call('GET', `/environments/${id}`);
    expect(after.headers['etag']).not.toBe(before.headers['etag']);
  });
});

it('GET /environments answers those that are named by their ids, and refuses what is none', async () => {
  const [one, another] = [await post(), await post({ tenant: 'Another' })];
  const ids = [one.body.data.id, another.body.data.id];
  const list = (query: Record<string, string>) =>
    api.call('GET', `/environments?${new URLSearchParams(query)}`);
  const idsOf = async (query: Record<string, string>) =>
    (await list(query)).body.data.map(({ id }: { id: string }) => id);
  expect(await idsOf({ ids: [...ids].reverse().join(',') })).toEqual(ids);
  expect(await idsOf({ ids: ids.join(','), search: 'ANOTHER' })).toEqual([ids[1]]);
  const counted = async (query: Record<string, string>) =>
    (await list({ ...query, ids: ids.join(','), count: 'true', limit: '1' })).body.total;
  expect([await counted({}), await counted({ search: 'another' })]).toEqual([2, 1]);
  expect(await idsOf({ ids: '99999999-9999-4999-8999-999999999999' })).toEqual([]);
  for (const wrong of ['', 'x', `${ids[0]},`, Array.from({ length: 101 }, () => ids[0]).join(',')])
    expect((await list({ ids: wrong })).status).toBe(400);
});
