import { randomUuid } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;
let environmentId: string;

beforeAll(async () => {
  api = await startApi();
  environmentId = await api.environment();
});
afterAll(() => api.close());

const post = (data: Record<string, unknown>) =>
  api.call('POST', '/contact-centers', { payload: { data: { membership: { by: 'all' }, ...data } } });
const tenant = () => `tenant-${randomUuid()}`;

describe('POST /contact-centers', () => {
  it('answers status.code 0, the path with the new id, and the fields', async () => {
    const domains = [tenant(), tenant()];
    const answer = await post({ environmentId, domains, auth: 'configServer' });
    expect(answer.status).toBe(200);
    const { id } = answer.body.data;
    expect(answer.body).toMatchObject({
      status: { code: 0 },
      path: `/contact-centers/${id}`,
      data: { id, environmentId, domains, name: domains[0], auth: 'configServer', status: 'active' },
    });
    expect((await api.call('GET', `/contact-centers/${id}`)).body.data).toEqual(answer.body.data);
  });

  it('takes tenant names that are easily typed wrong, as installers of before chose them, with a warning', async () => {
    const domains = [tenant(), `b ${tenant()}`, `-${tenant()}`];
    const answer = await post({ environmentId, domains });
    const warnings = [
      {
        field: 'data.domains.1',
        value: domains[1],
        message: expect.stringContaining('holds a space'),
        sentences: [{ key: 'warning.domain.space', parameters: { domain: domains[1] } }],
      },
      {
        field: 'data.domains.2',
        value: domains[2],
        message: expect.stringContaining('begins with a hyphen'),
        sentences: [{ key: 'warning.domain.hyphen', parameters: { domain: domains[2] } }],
      },
    ];
    expect([answer.status, answer.body.warnings]).toEqual([200, warnings]);
    const path = `/contact-centers/${answer.body.data.id}`;
    const change = async (data: object) =>
      (await api.call('PATCH', path, { payload: { data } })).body.warnings;
    expect([await change({ name: 'Other' }), await change({ domains })]).toEqual([undefined, warnings]);
  });

  it.each([
    ['no domain', { domains: [] }, 'data.domains'],
    ['a domain twice in two spellings', { domains: ['Twice', 'TWICE'] }, 'data.domains'],
    ['a domain with a backslash', { domains: ['a\\b'] }, 'data.domains.0'],
    ['a domain that is too long when written out', { domains: ['\ufdfa'.repeat(200)] }, 'data.domains.0'],
    ['half a Unicode character', { name: 'a\ud800' }, 'data.name'],
    ['another kind of login', { auth: 'magic' }, 'data.auth'],
    ['an environment that does not exist', { environmentId: randomUuid() }, 'data.environmentId'],
    ['an environment id that is no UUID', { environmentId: 'x' }, 'data.environmentId'],
  ])('refuses %s with 400 and the name of the field', async (_name, fields, field) => {
    const answer = await post({ environmentId, domains: [tenant()], ...fields });
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].status.field).toBe(field);
  });

  it.each([
    ['case', 'acme-east', 'ACME-East'],
    ['case beyond ASCII', 'Öko', 'öKO'],
    ['a final sigma', 'ΣΑΣ', 'σας'],
    ['a sharp s', 'STRASSE', 'straße'],
    ['compatibility forms', 'acme9', 'ａｃｍｅ９'],
  ])(
    'refuses a domain that differs from a taken one by %s with 409, naming who has it',
    async (_name, first, second) => {
      const owner = await api.contactCenter({ environmentId, domains: [first] });
      const refused = await post({ environmentId, domains: [tenant(), second] });
      expect(refused.status).toBe(409);
      expect(refused.body.errors[0].status.field).toBe('data.domains');
      expect(refused.body.status.message).toContain(owner);
      const other = await api.contactCenter({ environmentId });
      const change = await api.call('PUT', `/contact-centers/${other}`, {
        payload: { data: { domains: [second] } },
      });
      expect(change.status).toBe(409);
    },
  );

  it('lets exactly one of many racing creators have a domain, and none waits for ever', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [left, right] = [tenant(), tenant()];
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          post({
            environmentId,
            domains: index % 2 ? [left, right] : [right.toUpperCase(), left.toUpperCase()],
          }),
        ),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(409)]);
    }
  });
});

describe('PUT and PATCH /contact-centers/{id}', () => {
  it.each(['PUT', 'PATCH'] as const)('%s changes what is given and keeps the rest', async (method) => {
    const id = await api.contactCenter({ environmentId });
    const before = await api.call('GET', `/contact-centers/${id}`);
    const answer = await api.call(method, `/contact-centers/${id}`, { payload: { data: { name: 'East' } } });
    expect(answer.body.data).toEqual({ ...before.body.data, name: 'East', updatedAt: expect.any(String) });
  });

  it('moves a domain once its owner has given it up', async () => {
    const domain = tenant();
    const first = await api.contactCenter({ environmentId, domains: [domain] });
    const second = await api.contactCenter({ environmentId });
    await api.call('PATCH', `/contact-centers/${first}`, { payload: { data: { domains: [tenant()] } } });
    const moved = await api.call('PATCH', `/contact-centers/${second}`, {
      payload: { data: { domains: [tenant(), domain.toUpperCase()] } },
    });
    expect(moved.status).toBe(200);
    const found = await api.call('GET', `/contact-centers?domain=${domain}`);
    expect(found.body.data.map(({ id }: { id: string }) => id)).toEqual([second]);
  });

  it('changes the spelling of a domain of its own', async () => {
    const domain = tenant();
    const id = await api.contactCenter({ environmentId, domains: [domain] });
    const answer = await api.call('PATCH', `/contact-centers/${id}`, {
      payload: { data: { domains: domain.toUpperCase() } },
    });
    expect(answer.body.data.domains).toEqual([domain.toUpperCase()]);
  });

  it('answers 200 or 409, never more, to contact centres that swap their domains at the same moment', async () => {
    for (let round = 0; round < 3; round += 1) {
      const domains = [tenant(), tenant()];
      const ids = await Promise.all(
        domains.map((domain) => api.contactCenter({ environmentId, domains: [domain] })),
      );
      const answers = await Promise.all(
        ids.map((id, index) =>
          api.call('PATCH', `/contact-centers/${id}`, { payload: { data: { domains: domains[1 - index] } } }),
        ),
      );
      for (const { status } of answers) expect([200, 409]).toContain(status);
    }
  });

  it('never loses a change of two writers at once', async () => {
    const id = await api.contactCenter({ environmentId });
    for (let round = 0; round < 10; round += 1) {
      const [name, domain, status] = [`name-${round}`, tenant(), round % 2 ? 'active' : 'disabled'];
      const answers = await Promise.all(
        [{ name }, { domains: [domain] }, { status }].map((data) =>
          api.call('PATCH', `/contact-centers/${id}`, { payload: { data } }),
        ),
      );
      expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
      const { data } = (await api.call('GET', `/contact-centers/${id}`)).body;
      expect(data).toMatchObject({ name, domains: [domain], status });
    }
  });

  it('refuses a stale If-Match with 412, on DELETE too', async () => {
    const id = await api.contactCenter({ environmentId });
    for (const method of ['PUT', 'PATCH', 'DELETE'] as const) {
      const answer = await api.call(method, `/contact-centers/${id}`, {
        headers: { 'if-match': '"0"' },
        ...(method === 'DELETE' ? {} : { payload: { data: { name: 'x' } } }),
      });
      expect(answer.status).toBe(412);
    }
    const { etag } = (await api.call('GET', `/contact-centers/${id}`)).headers;
    const gone = await api.call('DELETE', `/contact-centers/${id}`, {
      headers: { 'if-match': etag as string },
    });
    expect(gone.body).toEqual({ status: { code: 0 } });
    expect((await api.call('GET', `/contact-centers/${id}`)).status).toBe(404);
  });
});

describe('a managing client that is bound to a contact centre', () => {
  const boundTo = (center: string) => ({
    authorization: api.authApi.token({
      contact_center_ids: [center],
      authorities: ['ROLE_MANAGEMENT_APPLICATION'],
    }),
  });

  // attack: tenant name of another contact centre claimed or asked for | CWE-639, CWE-204 | guard: services/environment-api/src/contact-centers/authorise-change.ts
  it.each(['PUT', 'PATCH'] as const)(
    'sets no domains by %s, and learns of nobody who has them',
    async (method) => {
      const taken = tenant();
      const owner = await api.contactCenter({ environmentId, domains: [taken] });
      const id = await api.contactCenter({ environmentId });
      const headers = boundTo(id);
      const answers = [];
      for (const domains of [[taken], [tenant()]]) {
        const answer = await api.call(method, `/contact-centers/${id}`, {
          headers,
          payload: { data: { domains } },
        });
        expect([answer.status, answer.body.errors[0].status.field]).toEqual([403, 'data.domains']);
        expect(answer.text).not.toContain(owner);
        answers.push(answer.text.replaceAll(/"correlationId":"[^"]*"/g, ''));
      }
      expect(answers[0]).toBe(answers[1]);
    },
  );

  it('changes the other fields, and may send back the domains that are there', async () => {
    const id = await api.contactCenter({ environmentId, domains: [tenant(), tenant()] });
    const { domains } = (await api.call('GET', `/contact-centers/${id}`)).body.data;
    const answer = await api.call('PUT', `/contact-centers/${id}`, {
      headers: boundTo(id),
      payload: { data: { domains, name: 'Renamed', environmentId } },
    });
    expect([answer.status, answer.body.data.name]).toEqual([200, 'Renamed']);
  });
});

describe('GET /contact-centers', () => {
  it('pages by limit and offset, and by a cursor that no deletion shifts', async () => {
    const own = await api.environment();
    const ids: string[] = [];
    for (let index = 0; index < 7; index += 1) ids.push(await api.contactCenter({ environmentId: own }));
    const list = async (query: string) => {
      const { body } = await api.call('GET', `/contact-centers?environmentId=${own}&${query}`);
      return { ids: body.data.map(({ id }: { id: string }) => id), nextCursor: body.nextCursor };
    };
    expect((await list('')).ids).toEqual(ids);
    expect(await list('limit=3&offset=2')).toMatchObject({ ids: ids.slice(2, 5) });
    const first = await list('limit=3');
    expect(first.ids).toEqual(ids.slice(0, 3));
    await api.call('DELETE', `/contact-centers/${ids[1]}`);
    const second = await list(`limit=3&cursor=${first.nextCursor}`);
    expect(second.ids).toEqual(ids.slice(3, 6));
    const last = await list(`limit=3&cursor=${second.nextCursor}`);
    expect(last).toEqual({ ids: ids.slice(6), nextCursor: undefined });
    const query = `/contact-centers?environmentId=${own}&limit=1&offset=2`;
    expect((await api.call('GET', `${query}&count=true`)).body).toMatchObject({ total: 6 });
    expect((await api.call('GET', query)).body).not.toHaveProperty('total');
    expect((await api.call('GET', `${query}&count=all`)).status).toBe(400);
  });

  it.each(['', '&search=Pier'])(
    'comes by name from either end, page by page, names that are alike included%s',
    async (search) => {
      const own = await api.environment();
      const made = ['Pier b', 'pier A', 'Pier b', 'Pier C'].map((name) =>
        api.contactCenter({ environmentId: own, name }),
      );
      await Promise.all(made);
      const all = async (sort: string) => {
        const names: string[] = [];
        let cursor = '';
        do {
          const query = `environmentId=${own}&limit=1&sort=${sort}${search}${cursor && `&cursor=${cursor}`}`;
          const { body } = await api.call('GET', `/contact-centers?${query}`);
          names.push(...body.data.map(({ name }: { name: string }) => name));
          cursor = body.nextCursor ?? '';
        } while (cursor !== '');
        return names;
      };
      expect(await all('name')).toEqual(['pier A', 'Pier b', 'Pier b', 'Pier C']);
      expect(await all('-name')).toEqual(['Pier C', 'Pier b', 'Pier b', 'pier A']);
      const counted = `/contact-centers?environmentId=${own}&limit=1&count=true${search}`;
      expect((await api.call('GET', counted)).body).toMatchObject({ total: 4 });
    },
  );

  it('answers 304 until something changes', async () => {
    const first = await api.call('GET', '/contact-centers');
    const conditional = () =>
      api.call('GET', '/contact-centers', { headers: { 'if-none-match': first.headers['etag'] as string } });
    expect((await conditional()).status).toBe(304);
    await api.contactCenter({ environmentId });
    expect((await conditional()).status).toBe(200);
  });

  it.each([
    'limit=0',
    'limit=1001',
    'limit=x',
    'offset=-1',
    'cursor=zzz',
    'cursor=YWZ0ZXI6MQ&offset=1',
    'environmentId=x',
    'sort=status',
    // `after:1` and `after:x:A` are keys of no list by name, nor is `after:1:` with a control character.
    'sort=name&cursor=YWZ0ZXI6MQ',
    'sort=name&cursor=YWZ0ZXI6eDpB',
    'sort=name&cursor=YWZ0ZXI6MToA',
  ])('refuses %s with 400', async (query) => {
    expect((await api.call('GET', `/contact-centers?${query}`)).status).toBe(400);
  });
});
