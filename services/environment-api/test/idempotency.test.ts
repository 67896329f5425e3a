import { randomUuid } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReplay, outcomePlace } from '../src/idempotency/replay.ts';
import { environmentBody, type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;

beforeAll(async () => {
  api = await startApi();
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

  it('gives the same ids again, which are not readable in the database', async () => {
    const environmentId = await api.environment();
    const center = await api.contactCenter({ environmentId });
    const server = { primaryAddress: 'second', primaryPort: 8888, password: 'sent-again-2' };
    const requests: [string, Record<string, unknown>][] = [
      ['/contact-centers', { environmentId, domains: [`d-${randomUuid()}`], membership: { by: 'all' } }],
      [`/environments/${environmentId}/config-servers`, server],
      [`/contact-centers/${center}/settings`, { name: 'x-n', value: 'v' }],
      ['/cors', { contactCenterId: center, origin: 'https://a.example.com' }],
      ['/settings', { name: 'x-g', value: 'v' }],
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

  // attack: password guessed by the digest of its request | CWE-916, ASVS 6.2.1 | guard: services/environment-api/src/idempotency/store.ts
  it('leaves no digest of what it sent outside the seal', async () => {
    const key = randomUuid();
    await post('/environments', key, environmentBody());
    const { rows } = await api.pool.query(
      'SELECT request_digest FROM environment.idempotent_requests WHERE key = $1',
      [key],
    );
    expect(rows).toEqual([{ request_digest: '' }]);
  });

  // attack: API key out of a stored answer | CWE-312, CWE-522 | guard: services/environment-api/src/api-keys/service.ts
  it('that issues an API key shows it once: a repetition says so, and it is stored nowhere', async () => {
    const path = `/contact-centers/${await api.contactCenter()}/api-keys`;
    const made = await post(path, 'make', { name: 'k' });
    const rotation = `${path}/${made.body.data.id}/rotate`;
    const rotated = await post(rotation, 'rotate', { overlapSeconds: 60 });
    for (const [first, again] of [
      [made, await post(path, 'make', { name: 'k' })],
      [rotated, await post(rotation, 'rotate', { overlapSeconds: 60 })],
    ] as const) {
      const { key, ...rest } = first.body.data;
      expect(key).toMatch(/^gk_/);
      expect(again.body).toEqual({
        ...first.body,
        data: rest,
        warnings: [
          { field: 'data.key', value: `${rest.prefix}…`, message: expect.stringContaining('shown once') },
        ],
      });
      expect(again.headers['etag']).toBe(first.headers['etag']);
      expect(await storedOutcomes()).not.toContain(key);
    }
  });

  // attack: API key out of an answer that the release before stored | CWE-312 | guard: services/environment-api/src/api-keys/service.ts
  it('does not show a key that the release before has stored', async () => {
    const path = `/contact-centers/${await api.contactCenter()}/api-keys`;
    const { key } = (await post(path, 'before', { name: 'k' })).body.data;
    const place = outcomePlace('ops:ops', 'before');
    const { rows } = await api.pool.query(
      `SELECT outcome FROM environment.idempotent_requests WHERE key = 'before'`,
    );
    const outcome = JSON.parse(api.deps.core.secretBox.open(rows[0].outcome, place).toString());
    const { digest, value } = outcome;
    value.result.key = key;
    await api.pool.query(
      `UPDATE environment.idempotent_requests SET request_digest = $1, outcome = $2 WHERE key = 'before'`,
      [digest, api.deps.core.secretBox.seal(JSON.stringify({ value }), place)],
    );
    const again = await post(path, 'before', { name: 'k' });
    expect([again.status, again.text.includes(key)]).toEqual([200, false]);
    expect((await post(path, 'before', { name: 'other' })).status).toBe(422);
  });

  // attack: repeated request after the right was lost | CWE-285, ASVS 8.3.1 | guard: services/environment-api/src/access/guard.ts
  it('is refused to a caller who has lost the right since', async () => {
    const environmentId = await api.environment();
    const center = await api.contactCenter({ environmentId });
    const other = await api.contactCenter({ environmentId });
    const authorities = ['ROLE_MANAGEMENT_APPLICATION'];
    const as = (fields: object) => ({ authorization: api.authApi.token(fields) });
    const requests: [string, Record<string, unknown>, object][] = [
      [`/contact-centers/${center}/api-keys`, { name: 'k' }, { contact_center_ids: [center] }],
      [`/contact-centers/${center}/settings`, { name: 'x-n', value: 'v' }, { contact_center_ids: [center] }],
      [
        '/cors',
        { contactCenterId: center, origin: 'https://b.example.com' },
        { contact_center_ids: [center] },
      ],
      ['/environments', environmentBody(), {}],
      ['/contact-centers', { environmentId, domains: [`d-${randomUuid()}`], membership: { by: 'all' } }, {}],
      [
        `/environments/${environmentId}/config-servers`,
        { primaryAddress: 'third', primaryPort: 1, password: 'sent-again-1' },
        {},
      ],
      ['/settings', { name: 'x-lost', value: 'v' }, {}],
      ['/locations', { location: '/LOST' }, {}],
    ];
    for (const [path, data, bound] of requests) {
      const key = randomUuid();
      expect([path, (await post(path, key, data, as({ authorities, ...bound }))).status]).toEqual([
        path,
        200,
      ]);
      const withoutRight = await post(path, key, data, as(bound));
      const elsewhere = await post(path, key, data, as({ authorities, contact_center_ids: [other] }));
      for (const { status, body } of [withoutRight, elsewhere]) {
        expect([path, [403, 404].includes(status), body.data]).toEqual([path, true, undefined]);
      }
    }
  });

  it('with another body or path under the same key is refused with 422', async () => {
    const key = randomUuid();
    await post('/settings', key, { name: 'x-a', value: '1' });
    for (const answer of [
      await post('/settings', key, { name: 'x-a', value: '2' }),
      await post('/locations', key, { location: '/L' }),
    ]) {
      expect([answer.status, answer.body.status.name]).toEqual([422, 'idempotency_key_reused']);
    }
    const authorization = api.authApi.token({
      internal_client: true,
      authorities: ['ROLE_MANAGEMENT_APPLICATION'],
    });
    expect((await post('/settings', key, { name: 'x-a', value: '3' }, { authorization })).status).toBe(200);
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
    await post('/settings', key, { name: 'x-day', value: '1' });
    const before = await count('idempotent_requests');
    await api.pool.query(
      `UPDATE environment.idempotent_requests SET expires_at = expires_at - interval '24 hours'`,
    );
    expect((await post('/settings', key, { name: 'x-day', value: '2' })).status).toBe(200);
    expect(await count('idempotent_requests')).toBeLessThan(before);
  });

  // attack: have a change done twice while the clock of PostgreSQL is ahead | CWE-367, CWE-799 | guard: services/environment-api/src/idempotency/store.ts
  it('is done once while the clock of PostgreSQL is two days ahead of that of the replicas', async () => {
    let behindMs = 0;
    const replay = createReplay({ secretBox: api.deps.core.secretBox, now: () => Date.now() - behindMs });
    const caller = { kind: 'client', name: 'repeats' } as Parameters<typeof replay.once>[1];
    let runs = 0;
    const send = (key: string) =>
      replay.once(api.pool, caller, { key, digest: 'of-the-request' }, async () => (runs += 1));
    const key = randomUuid();
    expect(await send(key)).toBe(1);
    // As after a jump: for PostgreSQL the day is over, for the process it has just begun.
    behindMs = 2 * 86_400_000;
    await api.pool.query(
      `UPDATE environment.idempotent_requests SET expires_at = expires_at - interval '2 days' WHERE key = $1`,
      [key],
    );
    expect(await send(key)).toBe(1);
    // Nor does another request delete it.
    expect(await send(randomUuid())).toBe(2);
    expect(await send(key)).toBe(1);
  });

  it.each(['', 'ä', 'x'.repeat(256), 'a b'])('refuses the key %j with 400', async (key) => {
    const answer = await post('/settings', key, { name: 'x-a', value: '1' });
    expect([answer.status, answer.body.errors?.[0].status.field]).toEqual([400, 'Idempotency-Key']);
  });
});

async function storedOutcomes(): Promise<string> {
  const { rows } = await api.pool.query('SELECT caller, key, outcome FROM environment.idempotent_requests');
  return rows
    .map(({ caller, key, outcome }) =>
      api.deps.core.secretBox.open(outcome, outcomePlace(caller, key)).toString(),
    )
    .join();
}

describe('lists', () => {
  it('find contact centres by a part of the name or of a domain, in any case', async () => {
    const environmentId = await api.environment();
    const name = 'Northern Äpfel 😀!';
    const id = await api.contactCenter({ environmentId, name, domains: ['Orchard-West'] });
    const find = async (search: string) =>
      (await api.call('GET', `/contact-centers?search=${encodeURIComponent(search)}`)).body.data.map(
        (center: { id: string }) => center.id,
      );
    // Also where the database lowers ASCII letters only, as here: others are found as they are written.
    for (const text of ['northern', 'Äpfel', 'NORTHERN Äpfel', 'CHARD-w', 'Ä', 'ÄP', 'pfel', '😀!', ' 😀!'])
      expect(await find(text)).toEqual([id]);
    for (let end = 6; end <= 'Northern Äpfel'.length; end += 1)
      expect(await find(name.slice(2, end))).toEqual([id]);
    for (const text of ['%', '_', 'nothing', 'northern pfel', 'northern northern', 'orchard-west.'])
      expect(await find(text)).toEqual([]);
  });

  it('find contact centres page by page, whether the name or a domain has the text', async () => {
    const environmentId = await api.environment();
    const made: string[] = [];
    for (const [name, domains] of [
      ['Paged one', ['first.of-pages']],
      ['Other', ['second.paged', 'third.paged']],
      ['PAGED', ['fourth.paged']],
      ['Another', ['fifth.of-pages']],
      ['Last', ['sixth.paged']],
    ] as const)
      made.push(await api.contactCenter({ environmentId, name, domains }));
    const [first, second, third, , last] = made;
    const ids = (body: { data: { id: string }[] }) => body.data.map(({ id }) => id);
    const page = async (more: string) => {
      const path = `/contact-centers?search=paged&environmentId=${environmentId}&limit=2${more}`;
      return (await api.call('GET', path)).body;
    };
    const begin = await page('');
    expect(ids(begin)).toEqual([first, second]);
    const end = await page(`&cursor=${begin.nextCursor}`);
    expect([ids(end), end.nextCursor]).toEqual([[third, last], undefined]);
    expect(ids(await page('&offset=1'))).toEqual([second, third]);
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
