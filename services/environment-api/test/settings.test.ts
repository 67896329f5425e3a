import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentBody, type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;
let id: string;

beforeAll(async () => {
  api = await startApi();
  const servers = (...locations: string[]) => [{ primaryAddress: 'cs', primaryPort: 8888, locations }];
  const environmentId = await api.environment(
    environmentBody({ configServers: servers('/USW1/DC2', '/EUW1') }),
  );
  id = await api.contactCenter({ environmentId });
});
afterAll(() => api.close());

const post = (data: Record<string, unknown>, headers: Record<string, string> = {}) =>
  api.call('POST', `/contact-centers/${id}/settings`, { payload: { data }, headers });
const list = async (query = '') =>
  (await api.call('GET', `/contact-centers/${id}/settings${query}`)).body.data.settings as Record<
    string,
    unknown
  >[];
const named = async (name: string, query = '') =>
  (await list(query)).filter((setting) => setting['name'] === name);

describe('POST /contact-centers/{id}/settings', () => {
  it('takes the body that installers send, and replaces the value the second time', async () => {
    const name = 'cors-origins';
    const first = await post({
      location: '/',
      name,
      shared: 'true',
      value: 'https://a.example,https://b.example',
    });
    expect(first.body).toMatchObject({
      status: { code: 0 },
      path: `/contact-centers/${id}/settings/${name}`,
    });
    expect(await named(name)).toEqual([
      { name, location: '/', shared: true, value: 'https://a.example,https://b.example' },
    ]);
    await post({ location: '/', name, shared: 'true', value: 'https://c.example' });
    expect(await named(name)).toEqual([{ name, location: '/', shared: true, value: 'https://c.example' }]);
  });

  it.each(['/', '/USW1', '/USW1/DC2', '/EUW1'])(
    'takes the location %s, which is in use',
    async (location) => {
      expect((await post({ name: 'any', value: 'v', location })).status).toBe(200);
    },
  );

  it.each(['/NOWHERE', '/USW', '/usw1', '/USW1/DC3'])(
    'refuses the location %s, which matches nothing, naming the locations in use',
    async (location) => {
      const answer = await post({ name: 'lost', value: 'v', location });
      expect(answer.status).toBe(400);
      expect(answer.body.errors[0].status.field).toBe('data.location');
      expect(answer.body.status.message).toContain(location);
      expect(answer.body.status.message).toContain('/, /EUW1, /USW1/DC2');
      expect(await named('lost')).toEqual([]);
    },
  );

  it('takes origins for a location that no server has yet, because they count everywhere', async () => {
    const data = { name: 'cors-origins', location: '/NEW1', shared: 'true', value: 'https://new.example' };
    expect((await post(data)).body.status.code).toBe(0);
    const { origins } = (await api.call('GET', `/cors?contactCenterId=${id}`)).body.data;
    expect(origins).toContain('https://new.example');
    expect((await api.call('POST', '/settings', { payload: { data } })).body.status.code).toBe(0);
  });

  it.each([
    ['no name', { value: 'v' }, 'data.name'],
    ['no value', { name: 'n' }, 'data.value'],
    ['a location without a slash', { name: 'n', value: 'v', location: 'USW1' }, 'data.location'],
    ['a location that ends in a slash', { name: 'n', value: 'v', location: '/USW1/' }, 'data.location'],
    ['a flag that is none', { name: 'n', value: 'v', shared: 'maybe' }, 'data.shared'],
    ['a NUL in the value', { name: 'n', value: 'a\u0000' }, 'data.value'],
  ])('refuses %s with 400 and the name of the field', async (_name, data, field) => {
    const answer = await post(data);
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].status.field).toBe(field);
  });

  it('makes a new version of the contact centre, unless the value was there already', async () => {
    const first = await post({ name: 'versioned', value: '1' });
    const same = await post({ name: 'versioned', value: '1' });
    const next = await post(
      { name: 'versioned', value: '2' },
      { 'if-match': first.headers['etag'] as string },
    );
    const stale = await post(
      { name: 'versioned', value: '3' },
      { 'if-match': first.headers['etag'] as string },
    );
    expect(same.headers['etag']).toBe(first.headers['etag']);
    expect(next.headers['etag']).not.toBe(first.headers['etag']);
    expect(stale.status).toBe(412);
    const center = await api.call('GET', `/contact-centers/${id}`);
    expect(center.headers['etag']).toBe(next.headers['etag']);
  });

  it('keeps every one of many settings written at once', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `parallel-${index}`);
    const answers = await Promise.all(names.map((name) => post({ name, value: name })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const present = (await list()).map(({ name }) => name);
    expect(present).toEqual(expect.arrayContaining(names));
  });

  it('answers 404 for a contact centre that does not exist', async () => {
    const answer = await api.call('POST', '/contact-centers/00000000-0000-4000-8000-000000000000/settings', {
      payload: { data: { name: 'n', value: 'v' } },
    });
    expect(answer.status).toBe(404);
  });
});

describe('GET /contact-centers/{id}/settings', () => {
  it('gives the value of the longest location that covers the one asked for', async () => {
    for (const [location, value] of Object.entries({ '/': 'root', '/USW1': 'region', '/USW1/DC2': 'site' })) {
      await post({ name: 'inherited', value, location });
    }
    const valueAt = async (location: string) =>
      (await named('inherited', `?location=${encodeURIComponent(location)}`)).map(({ value }) => value);
    expect(await valueAt('/')).toEqual(['root']);
    expect(await valueAt('/EUW1')).toEqual(['root']);
    expect(await valueAt('/USW1')).toEqual(['region']);
    expect(await valueAt('/USW1/DC1')).toEqual(['region']);
    expect(await valueAt('/USW1/DC2/RACK7')).toEqual(['site']);
    expect(await valueAt('/USW10')).toEqual(['root']);
    expect(await named('inherited')).toHaveLength(3);
  });

  it('answers 304 until a setting changes', async () => {
    const { etag } = (await api.call('GET', `/contact-centers/${id}/settings`)).headers;
    const conditional = () =>
      api.call('GET', `/contact-centers/${id}/settings`, { headers: { 'if-none-match': etag as string } });
    expect((await conditional()).status).toBe(304);
    await post({ name: 'fresh', value: '1' });
    expect((await conditional()).status).toBe(200);
  });
});

describe('DELETE /contact-centers/{id}/settings/{name}', () => {
  it('removes one location, or all of them, and answers 404 when there is none', async () => {
    await post({ name: 'a/b c', value: '1' });
    await post({ name: 'a/b c', value: '2', location: '/EUW1' });
    const path = `/contact-centers/${id}/settings/${encodeURIComponent('a/b c')}`;
    expect((await api.call('DELETE', `${path}?location=/EUW1`)).body).toEqual({ status: { code: 0 } });
    expect(await named('a/b c')).toHaveLength(1);
    expect((await api.call('DELETE', `${path}?location=/EUW1`)).status).toBe(404);
    await post({ name: 'a/b c', value: '2', location: '/EUW1' });
    expect((await api.call('DELETE', path)).status).toBe(200);
    expect(await named('a/b c')).toEqual([]);
    expect((await api.call('DELETE', path)).status).toBe(404);
  });
});

describe('/locations', () => {
  it('makes a declared location usable for settings until it is withdrawn', async () => {
    const declare = () => api.call('POST', '/locations', { payload: { data: { location: '/APAC/SYD1' } } });
    expect((await post({ name: 'n', value: 'v', location: '/APAC' })).status).toBe(400);
    expect((await declare()).body).toEqual({ status: { code: 0 } });
    expect((await declare()).status).toBe(200);
    expect((await post({ name: 'n', value: 'v', location: '/APAC' })).status).toBe(200);
    expect((await api.call('GET', '/locations')).body.data).toEqual([
      { location: '/', declared: false },
      { location: '/APAC/SYD1', declared: true },
      { location: '/EUW1', declared: false },
      { location: '/USW1/DC2', declared: false },
    ]);
    expect((await api.call('DELETE', '/locations?location=/APAC/SYD1')).status).toBe(200);
    expect((await api.call('DELETE', '/locations?location=/APAC/SYD1')).status).toBe(404);
    expect((await post({ name: 'm', value: 'v', location: '/APAC' })).status).toBe(400);
  });

  it('counts the location that the service runs at', async () => {
    const other = await startApi({ env: { GATEHOUSE_LOCATION: '/SAE1' } });
    try {
      const centerId = await other.contactCenter();
      const answer = await other.call('POST', `/contact-centers/${centerId}/settings`, {
        payload: { data: { name: 'n', value: 'v', location: '/SAE1' } },
      });
      expect(answer.status).toBe(200);
    } finally {
      await other.close();
    }
  });
});
