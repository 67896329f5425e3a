import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentBody, type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;
let id: string;

beforeAll(async () => {
  api = await startApi();
  const configServers = [{ primaryAddress: 'cs', primaryPort: 8888, locations: ['/USW1/DC2', '/EUW1'] }];
  const environmentId = await api.environment(environmentBody({ configServers }));
  id = await api.contactCenter({ environmentId });
});
afterAll(() => api.close());

const set = (path: string, data: Record<string, unknown>, headers: Record<string, string> = {}) =>
  api.call('POST', path, { payload: { data }, headers });
const own = () => `/contact-centers/${id}/settings`;
const at = (location: string, headers: Record<string, string> = {}) =>
  api.call('GET', `${own()}?location=${encodeURIComponent(location)}`, { headers });
const internal = (headers: Record<string, string> = {}) =>
  api.call('GET', `/internal/contact-centers/${id}?location=/USW1`, {
    headers: { authorization: api.authApi.token({ internal_client: true }), ...headers },
  });

describe('inheritance', () => {
  it('goes from the location over the contact centre to what is global, for each setting apart', async () => {
    const valueAt = async (location: string) => {
      const { settings } = (await at(location)).body.data;
      const found = settings.find(({ name }: { name: string }) => name === 'x-colour');
      return found && [found.value, found.inheritedFrom];
    };
    expect(await valueAt('/USW1')).toBeUndefined();
    await set('/settings', { name: 'x-colour', value: 'global' });
    await set('/settings', { name: 'x-colour', value: 'global in a region', location: '/USW1' });
    expect(await valueAt('/EUW1')).toEqual(['global', 'global']);
    expect(await valueAt('/USW1/DC2')).toEqual(['global in a region', 'global']);
    await set(own(), { name: 'x-colour', value: 'own in Europe', location: '/EUW1' });
    expect(await valueAt('/EUW1')).toEqual(['own in Europe', undefined]);
    expect(await valueAt('/USW1')).toEqual(['global in a region', 'global']);
    await set(own(), { name: 'x-colour', value: 'own' });
    expect(await valueAt('/USW1')).toEqual(['own', undefined]);
    expect(await valueAt('/EUW1')).toEqual(['own in Europe', undefined]);
    await api.call('DELETE', `${own()}/x-colour`);
    expect(await valueAt('/EUW1')).toEqual(['global', 'global']);
    await api.call('DELETE', '/settings/x-colour');
    expect(await valueAt('/EUW1')).toBeUndefined();
  });

  it("leaves the list of a contact centre's own settings alone", async () => {
    await set('/settings', { name: 'x-only-global', value: 'v' });
    const names = (await api.call('GET', own())).body.data.settings.map(({ name }: { name: string }) => name);
    expect(names).not.toContain('x-only-global');
  });

  it('reaches Auth API: another version, another tag, a change event without a contact centre', async () => {
    const before = await internal();
    await set('/settings', { name: 'x-reaches', value: 'v' });
    const after = await internal({ 'if-none-match': before.headers['etag'] as string });
    expect(after.status).toBe(200);
    expect(after.body.data.settings['x-reaches']).toBe('v');
    expect(after.body.data.version).toBeGreaterThan(before.body.data.version);
    await api.call('DELETE', '/settings/x-reaches');
    const last = await internal({ 'if-none-match': after.headers['etag'] as string });
    expect(last.body.data.version).toBeGreaterThan(after.body.data.version);
    const authorization = api.authApi.token({ internal_client: true });
    const { changes } = (await api.call('GET', '/internal/changes', { headers: { authorization } })).body
      .data;
    expect(changes.at(-1)).toMatchObject({ seq: expect.any(Number), entity: 'setting', id: 'x-reaches' });
  });
});

describe('/settings', () => {
  it("guards its own version by If-Match; the tag of effective settings serves for the contact centre's", async () => {
    const first = await set('/settings', { name: 'x-guarded', value: '1' });
    expect(
      (
        await set(
          '/settings',
          { name: 'x-guarded', value: '2' },
          { 'if-match': first.headers['etag'] as string },
        )
      ).status,
    ).toBe(200);
    expect(
      (
        await set(
          '/settings',
          { name: 'x-guarded', value: '3' },
          { 'if-match': first.headers['etag'] as string },
        )
      ).status,
    ).toBe(412);
    const effective = (await at('/USW1')).headers['etag'] as string;
    expect((await at('/USW1', { 'if-none-match': effective })).status).toBe(304);
    expect((await set(own(), { name: 'x-x', value: '1' }, { 'if-match': effective })).status).toBe(200);
    expect((await set(own(), { name: 'x-x', value: '2' }, { 'if-match': effective })).status).toBe(412);
  });

  it('refuses a location that matches nothing, and answers 404 for what is not there', async () => {
    expect((await set('/settings', { name: 'x-n', value: 'v', location: '/NOWHERE' })).status).toBe(400);
    expect((await api.call('DELETE', '/settings/nothing')).status).toBe(404);
  });

  it('is read by bound clients, which inherit them, and written for the installation alone', async () => {
    const token = (fields: object) => ({
      authorization: api.authApi.token({ contact_center_ids: [id], ...fields }),
    });
    const manager = token({ authorities: ['ROLE_MANAGEMENT_APPLICATION'] });
    expect((await api.call('GET', '/settings', { headers: manager })).status).toBe(200);
    expect((await set('/settings', { name: 'x-n', value: 'v' }, manager)).status).toBe(403);
    expect((await api.call('DELETE', '/settings/n', { headers: manager })).status).toBe(403);
  });

  it('allows global origins everywhere', async () => {
    await set('/settings', { name: 'cors-origins', value: 'https://console.example.com' });
    const page = await api.call('GET', '/settings', { headers: { origin: 'https://console.example.com' } });
    expect(page.headers['access-control-allow-origin']).toBe('https://console.example.com');
  });
});
