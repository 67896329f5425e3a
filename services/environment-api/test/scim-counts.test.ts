/** How a list of SCIM knows how many people there are: whoever pages must not make the database count them for each page. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type RunningApi, startApi } from './running-api.ts';
import { createScimClient, type ScimClient, withSchemas } from './scim-client.ts';

let api: RunningApi;
let scim: ScimClient;

beforeAll(async () => {
  api = await startApi();
  scim = await createScimClient(api);
  await scim.user({ userName: 'first' });
});
afterAll(() => api.close());

const total = async () => (await scim.call('GET', '/Users?count=1')).body.totalResults;

it('pages follow each other without counting everybody again', async () => {
  expect(await total()).toBe(1);
  const query = vi.spyOn(api.deps.core.pool, 'query');
  try {
    expect(await total()).toBe(1);
    const texts = query.mock.calls.map(([text]) => JSON.stringify(text));
    expect(texts.filter((text) => text.includes('count(*) FROM environment.people p'))).toEqual([]);
    expect(texts.length).toBeGreaterThan(0);
  } finally {
    query.mockRestore();
  }
});

it('whoever was added or removed counts at once, also by another replica', async () => {
  const replica = await startApi({ postgresUrl: api.config.postgres.url?.reveal() ?? '' });
  const call = (method: 'POST' | 'DELETE', path: string, payload?: object) =>
    replica.call(method, `${scim.base}${path}`, {
      headers: { authorization: `Bearer ${scim.key}` },
      ...(payload ? { payload: withSchemas(method, path, payload) } : {}),
    });
  expect(await total()).toBe(1);
  const { body } = await call('POST', '/Users', { userName: 'second' });
  expect(await total()).toBe(2);
  await call('DELETE', `/Users/${body.id}`);
  expect(await total()).toBe(1);
  await replica.close();
});
