import { randomUuid } from '@gatehouse/service-kit/crypto/secrets';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentBody, type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;
let now = Date.now();

beforeAll(async () => {
  api = await startApi({ now: () => now });
});
afterAll(() => api.close());

const post = (
  path: string,
  key: string,
  data: Record<string, unknown>,
  headers: Record<string, string> = {},
) => api.call('POST', path, { payload: { data }, headers: { 'idempotency-key': key, ...headers } });
const count = async (table: string) =>
  Number((await api.pool.query(`SELECT count(*) FROM environment.${table}`)).rows[0].count);

describe('a POST with an Idempotency-Key', () => {
  it('is done once and answered alike, also when it comes many times at once', async () => {
    const key = randomUuid();
    const before = [await count('environments'), await count('audit')] as const;
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => post('/environments', key, environmentBody())),
    );
    answers.push(await post('/environments', key, environmentBody()));
    expect(
      new Set(answers.map(({ status, text, headers }) => `${status} ${text} ${headers['etag']}`)).size,
    ).toBe(1);
    expect(answers[0]?.status).toBe(200);
    expect([await count('environments'), await count('audit')]).toEqual([before[0] + 1, before[1] + 1]);
  });

  it('gives the same ids and the same API key again, which is not readable in the database', async () => {
    const environmentId = await api.environment();
    const center = await api.contactCenter({ environmentId });
    const server = { primaryAddress: 'second', primaryPort: 8888 };
    const requests: [string, Record<string, unknown>][] = [
      ['/contact-centers', { environmentId, domains: [`d-${randomUuid()}`] }],
      [`/environments/${environmentId}/config-servers`, server],
      [`/contact-centers/${center}/settings`, { name: 'n', value: 'v' }],
      [`/contact-centers/${center}/api-keys`, { name: 'k' }],
      ['/cors', { contactCenterId: center, origin: 'https://a.example.com' }],
      ['/settings', { name: 'g', value: 'v' }],
      ['/locations', { location: '/NEW' }],
    ];
    for (const [path, data] of requests) {
      const key = randomUuid();
      const [first, second] = [await post(path, key, data), await post(path, key, data)];
      expect([path, first.status, second.text]).toEqual([path, 200, first.text]);
    }
    const { rows } = await api.pool.query('SELECT outcome FROM environment.idempotent_requests');
    expect(rows.every(({ outcome }) => /^v1\.first\./.test(outcome))).toBe(true);
  });

  it('with another body or path under the same key is refused with 422', async () => {
    const key = randomUuid();
    await post('/settings', key, { name: 'a', value: '1' });
    for (const answer of [
      await post('/settings', key, { name: 'a', value: '2' }),
      await post('/locations', key, { location: '/L' }),
    ]) {
      expect([answer.status, answer.body.status.name]).toEqual([422, 'idempotency_key_reused']);
    }
    const authorization = api.authApi.token({
      internal_client: true,
      authorities: ['ROLE_MANAGEMENT_APPLICATION'],
    });
    expect((await post('/settings', key, { name: 'a', value: '3' }, { authorization })).status).toBe(200);
  });

  it('that failed is tried again', async () => {
    const [key, id] = [randomUuid(), randomUuid()];
    const data = { environmentId: id, domains: [`d-${id}`] };
    expect((await post('/contact-centers', key, data)).status).toBe(400);
    await api.environment({ id });
    expect((await post('/contact-centers', key, data)).status).toBe(200);
  });

  it('is done again after a day', async () => {
    const key = randomUuid();
    await post('/settings', key, { name: 'day', value: '1' });
    now += 24 * 3600 * 1000;
    expect((await post('/settings', key, { name: 'day', value: '2' })).status).toBe(200);
    expect(await count('idempotent_requests')).toBeLessThan(15);
  });

  it.each(['', 'ä', 'x'.repeat(256), 'a b'])('refuses the key %j with 400', async (key) => {
    const answer = await post('/settings', key, { name: 'a', value: '1' });
    expect([answer.status, answer.body.errors?.[0].status.field]).toEqual([400, 'Idempotency-Key']);
  });
});

describe('lists', () => {
  it('find contact centres by a part of the name or of a domain, in any case', async () => {
    const environmentId = await api.environment();
    const id = await api.contactCenter({ environmentId, name: 'Northern Äpfel', domains: ['Orchard-West'] });
    const find = async (search: string) =>
      (await api.call('GET', `/contact-centers?search=${encodeURIComponent(search)}`)).body.data.map(
        (center: { id: string }) => center.id,
      );
    for (const text of ['northern', 'Äpfel', 'CHARD-w']) expect(await find(text)).toEqual([id]);
    for (const text of ['%', '_', 'nothing']) expect(await find(text)).toEqual([]);
  });

  it('find environments by a part of a server address', async () => {
    const id = await api.environment({
      configServers: [{ primaryAddress: 'CS7.search.example', primaryPort: 1 }],
    });
    const found = await api.call('GET', '/environments?search=cs7.SEARCH');
    expect(found.body.data.map((one: { id: string }) => one.id)).toEqual([id]);
  });

  it('read by cursor show every row that stays once, while others come and go', async () => {
    const environmentId = await api.environment();
    const make = () => api.contactCenter({ environmentId });
    const staying = await Promise.all(Array.from({ length: 9 }, make));
    const leaving = await Promise.all(Array.from({ length: 9 }, make));
    const seen: string[] = [];
    let cursor: string | undefined = '';
    while (cursor !== undefined) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page = await api.call('GET', `/contact-centers?environmentId=${environmentId}&limit=4${query}`);
      seen.push(...page.body.data.map((center: { id: string }) => center.id));
      cursor = page.body.nextCursor;
      const gone = leaving.pop();
      if (gone) await api.call('DELETE', `/contact-centers/${gone}`);
      await make();
      if (seen.length > 60) break;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(staying));
  });
});
