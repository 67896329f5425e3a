import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { opsAuthorization, type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;
let id: string;
let now = Date.now();

beforeAll(async () => {
  api = await startApi({ now: () => now });
  id = await api.contactCenter();
});
afterAll(() => api.close());

const add = (origin: string, contactCenterId = id) =>
  api.call('POST', '/cors', { payload: { data: { contactCenterId, origin } } });
const remove = (origin: string) =>
  api.call('DELETE', `/cors?contactCenterId=${id}&origin=${encodeURIComponent(origin)}`);
const origins = async () => (await api.call('GET', `/cors?contactCenterId=${id}`)).body.data.origins;
const setting = async () =>
  (await api.call('GET', `/contact-centers/${id}/settings`)).body.data.settings.find(
    ({ name }: { name: string }) => name === 'cors-origins',
  )?.value;
const from = (origin: string, headers: Record<string, string> = {}) =>
  api.call('GET', '/environments', { headers: { origin, host: 'login.example.com', ...headers } });

/** Sets the global origins. */
const allowEverywhere = (value: string) =>
  api.call('POST', '/settings', { payload: { data: { name: 'cors-origins', value } } });

describe('the store', () => {
  it('is one: what comes in by /cors is seen in the setting, and the other way round', async () => {
    await add('https://a.example.com');
    await add('HTTPS://B.example.com:443');
    await add('https://b.example.com');
    expect(await setting()).toBe('https://a.example.com,https://b.example.com');
    await api.call('POST', `/contact-centers/${id}/settings`, {
      payload: {
        data: { name: 'cors-origins', value: ' http://c.example.com:8080 , https://d.example.com' },
      },
    });
    expect(await origins()).toEqual(['http://c.example.com:8080', 'https://d.example.com']);
    expect((await remove('https://d.example.com')).status).toBe(200);
    expect(await setting()).toBe('http://c.example.com:8080');
    expect((await remove('https://d.example.com')).status).toBe(404);
    await api.call('DELETE', '/cors', {
      payload: { data: { contactCenterId: id, origin: 'http://c.example.com:8080' } },
    });
    expect(await setting()).toBeUndefined();
    expect(await origins()).toEqual([]);
  });

  it('keeps every origin of many added at once', async () => {
    const many = Array.from({ length: 8 }, (_, index) => `https://app${index}.example.com`);
    await Promise.all(many.map((origin) => add(origin)));
    expect((await origins()).sort()).toEqual(many);
  });

  it.each([
    'null',
    '*',
    'https://*.example.com',
    'https://a.example.com/',
    'https://a.example.com/x',
    'a.example.com',
    'ftp://a.example.com',
    'https://u:p@a.example.com',
    'https://',
    'javascript:alert(1)',
    'https://a.example.com:99999',
    '',
  ])('refuses %j, which is no origin, in both ways', async (origin) => {
    const byCors = await add(origin);
    expect([byCors.status, byCors.body.errors[0].status.field]).toEqual([400, 'data.origin']);
    if (origin === '') return;
    const bySetting = await api.call('POST', `/contact-centers/${id}/settings`, {
      payload: { data: { name: 'cors-origins', value: `https://fine.example.com,${origin}` } },
    });
    expect([bySetting.status, bySetting.body.errors[0].status.field]).toEqual([400, 'data.value']);
  });

  it('tells Auth API by the change event cors and the internal list', async () => {
    const authorization = api.authApi.token({ internal_client: true });
    const internal = (path: string, headers = {}) =>
      api.call('GET', `/internal${path}`, { headers: { authorization, ...headers } });
    const { latest } = (await internal('/changes')).body.data;
    const before = await internal('/cors');
    await add('https://told.example.com');
    const { changes } = (await internal(`/changes?since=${latest}`)).body.data;
    expect(changes.map(({ entity }: { entity: string }) => entity)).toEqual(['setting', 'cors']);
    const after = await internal('/cors', { 'if-none-match': before.headers['etag'] as string });
    expect(after.body.data.origins).toContain('https://told.example.com');
    expect(after.body.data.contactCenters[id]).toContain('https://told.example.com');
    expect(after.body.data.global).not.toContain('https://told.example.com');
    expect((await internal('/cors', { 'if-none-match': after.headers['etag'] as string })).status).toBe(304);
  });

  it('loses the origins of a contact centre that is deleted, and tells so', async () => {
    const leaving = await api.contactCenter();
    await add('https://gone.example.com', leaving);
    const authorization = api.authApi.token({ internal_client: true });
    const changes = async () =>
      (await api.call('GET', '/internal/changes', { headers: { authorization } })).body.data.changes;
    await api.call('DELETE', `/contact-centers/${leaving}`);
    expect((await changes()).at(-1)).toMatchObject({ entity: 'cors', contactCenterId: leaving });
    expect((await from('https://gone.example.com')).status).toBe(403);
  });

  it('shows a bound client its own origins only', async () => {
    const other = await api.contactCenter();
    await add('https://other.example.com', other);
    const headers = { authorization: api.authApi.token({ contact_center_ids: [other] }) };
    expect((await api.call('GET', '/cors', { headers })).body.data.origins).toEqual([
      'https://other.example.com',
    ]);
    expect((await api.call('GET', `/cors?contactCenterId=${id}`, { headers })).body.data.origins).toEqual([]);
  });
});

describe('a page that calls', () => {
  it('is served from a global origin, named exactly, without cookies', async () => {
    await allowEverywhere('https://page.example.com');
    const answer = await from('https://page.example.com');
    expect(answer.status).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBe('https://page.example.com');
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
    expect(answer.headers['vary']).toContain('origin');
  });

  it('gets errors that it can read', async () => {
    await add('https://page.example.com');
    const answer = await from('https://page.example.com', { authorization: 'Bearer nobodys' });
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([
      401,
      'https://page.example.com',
    ]);
  });

  it.each([
    'https://evil.example',
    'null',
    'http://page.example.com',
    'https://page.example.com:444',
    'https://page.example.com.evil.example',
    'file://',
  ])('is refused from %s with an answer that says so', async (origin) => {
    await add('https://page.example.com');
    const answer = await from(origin);
    expect(answer.status).toBe(403);
    expect(answer.body.status.name).toBe('origin_not_allowed');
    expect(answer.body.status.message).toContain(origin);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('needs no permission from its own origin', async () => {
    expect((await from('https://login.example.com')).status).toBe(200);
    expect((await from('https://proxied.example.com', { 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await from('https://login.example.com', { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  });

  const ask = (origin: string, method: string) =>
    api.app.inject({
      method: 'OPTIONS',
      url: `/environment/v3/contact-centers/${id}/settings`,
      headers: { origin, 'access-control-request-method': method, host: 'login.example.com' },
    });

  it('may ask first without credentials, on every path', async () => {
    await allowEverywhere('https://page.example.com');
    const allowed = await ask('https://page.example.com', 'POST');
    expect(allowed.statusCode).toBe(204);
    expect(allowed.headers['access-control-allow-methods']).toContain('POST');
    expect(allowed.headers['access-control-allow-headers']).toContain('authorization');
    expect((await ask('https://evil.example', 'POST')).statusCode).toBe(403);
  });

  // attack: page of a tenant's origin writes configuration | ASVS 3.4.2 | guard: services/environment-api/src/cors/allowed-origins.ts
  it('may ask to read, and not to write, from an origin that only a contact centre has', async () => {
    await add('https://tenant.example.com');
    expect((await ask('https://tenant.example.com', 'GET')).statusCode).toBe(204);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const refused = await ask('https://tenant.example.com', method);
      expect([refused.statusCode, refused.headers['access-control-allow-origin']]).toEqual([403, undefined]);
    }
  });

  // attack: page writes by the cached answer to a preflight for reading | ASVS 3.4.2, Fetch 4.9 | guard: packages/service-kit/src/http/cors.ts
  it('is told only the methods of its origin, and writes nothing without having asked', async () => {
    await add('https://tenant.example.com');
    const told = (await ask('https://tenant.example.com', 'GET')).headers['access-control-allow-methods'];
    expect(told).toBe('GET, HEAD');
    const removal = { headers: { origin: 'https://tenant.example.com', host: 'login.example.com' } };
    expect((await api.call('DELETE', `/contact-centers/${id}`, removal)).status).toBe(403);
    expect((await api.call('GET', `/contact-centers/${id}`)).status).toBe(200);
  });

  // attack: page of another tenant's origin reads configuration | ASVS 3.4.2 | guard: services/environment-api/src/cors/allowed-origins.ts
  it("reads what its own contact centre's token gives, and nothing that the operator or another token gets", async () => {
    const other = await api.contactCenter();
    await add('https://tenant.example.com');
    const reader = async (authorization: string) => {
      const answer = await api.call('GET', '/contact-centers', {
        headers: { origin: 'https://tenant.example.com', host: 'login.example.com', authorization },
      });
      expect(answer.status).toBe(200);
      return answer.headers['access-control-allow-origin'];
    };
    expect(await reader(api.authApi.token({ contact_center_ids: [id] }))).toBe('https://tenant.example.com');
    expect(await reader(api.authApi.token({ contact_center_ids: [other] }))).toBeUndefined();
    expect(await reader(opsAuthorization)).toBeUndefined();
  });

  it('is refused a second after its origin was withdrawn at the latest', async () => {
    await add('https://leaving.example.com');
    expect((await from('https://leaving.example.com')).status).toBe(200);
    await remove('https://leaving.example.com');
    now += 1000;
    expect((await from('https://leaving.example.com')).status).toBe(403);
  });
});
