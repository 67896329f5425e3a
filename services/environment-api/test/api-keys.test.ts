import { randomToken, sha256 } from '@gatehouse/service-kit/crypto';
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

const create = async (data: Record<string, unknown>, center = id) =>
  api.call('POST', `/contact-centers/${center}/api-keys`, { payload: { data } });
const validate = (key: string, headers: Record<string, string> = {}) =>
  api.call('POST', '/api-keys/validate', { payload: { data: { key } }, headers });
const later = (ms: number) => new Date(now + ms).toISOString();
/** As if the key were so much older: its life goes by the clock of PostgreSQL. */
const age = (keyId: string, interval: string) =>
  api.pool.query(
    `UPDATE environment.api_keys SET valid_from = valid_from - $2::interval, expires_at = expires_at - $2::interval,
      previous_until = previous_until - $2::interval WHERE id = $1`,
    [keyId, interval],
  );

describe('a new API key', () => {
  it('is shown once, in the answer that makes it, and kept as a digest', async () => {
    const made = await create({ name: 'shown once' });
    expect(made.body.data.key).toMatch(/^gk_[A-Za-z0-9_-]{43}$/);
    expect(made.body.path).toBe(`/contact-centers/${id}/api-keys/${made.body.data.id}`);
    expect(made.headers['cache-control']).toBe('no-store');
    const { key, prefix } = made.body.data;
    expect(key.startsWith(prefix)).toBe(true);
    const list = await api.call('GET', `/contact-centers/${id}/api-keys`);
    expect(list.text).toContain(prefix);
    const { rows } = await api.pool.query('SELECT * FROM environment.api_keys WHERE prefix = $1', [prefix]);
    const audit = await api.call('GET', '/audit?entity=api-key');
    for (const text of [list.text, JSON.stringify(rows), audit.text, api.logged()])
      expect(text).not.toContain(key);
    expect(rows[0].digest).toBe(sha256(key));
    expect(audit.body.data[0]).toMatchObject({ action: 'create', changes: { name: { to: 'shown once' } } });
  });

  it('tells its contact centre to whoever validates it, by body and by path, and stands in no log', async () => {
    const { key, id: keyId } = (await create({ name: 'validated' })).body.data;
    const byBody = await validate(key);
    const byPath = await api.call('GET', `/api-keys/${key}`);
    for (const answer of [byBody, byPath]) {
      expect(answer.body).toEqual({
        status: { code: 0 },
        data: { contactCenterId: id, id: keyId, name: 'validated' },
      });
    }
    for (const [method, path] of [
      ['PUT', `/api-keys/${key}`],
      ['GET', `/api-keys/${key}/`],
    ] as const)
      expect((await api.call(method, path)).status).toBeGreaterThanOrEqual(404);
    expect(api.logged()).toContain('/environment/v3/api-keys/:key');
    expect(api.logged()).not.toContain(key);
  });

  // attack: read an API key from the log of a caller with a wrong base address | CWE-532 | guard: packages/service-kit/src/http/known-paths.ts
  it.each([
    ['/environment//v3/api-keys/', '/environment//v3/api-keys/*'],
    ['/environment/v3/api-keys//', '/environment/v3/api-keys//*'],
    ['/Environment/V3/API-keys/', '/*/*/*/*'],
    ['/environment/', '/environment/*'],
    ['/', '/*'],
  ])('stands in no log, nor in the answer, where it comes after %s', async (beginning, shown) => {
    const key = randomToken(32);
    const headers = { authorization: opsAuthorization };
    const answer = await api.app.inject({ url: `${beginning}${key}`, headers });

    expect([answer.statusCode, answer.body.includes(key)]).toEqual([404, false]);
    expect(api.logged()).toContain(`"path":"${shown}"`);
    expect(api.logged()).not.toContain(key);
  });

  it.each([
    ['no name', {}, 'data.name'],
    ['an end in the past', { name: 'a', expiresAt: '2026-06-01T11:59:59Z' }, 'data.expiresAt'],
    [
      'an end before its begin',
      { name: 'a', validFrom: '2027-01-01T00:00:00Z', expiresAt: '2026-12-31T00:00:00Z' },
      'data.expiresAt',
    ],
    ['an end without a time zone', { name: 'a', expiresAt: '2027-01-01T00:00:00' }, 'data.expiresAt'],
  ])('with %s is refused with 400 and the name of the field', async (_name, data, field) => {
    const answer = await create(data);
    expect([answer.status, answer.body.errors?.[0].status.field]).toEqual([400, field]);
  });
});

describe('names', () => {
  it('belong to one key at any time, in any case, also when two requests come at once', async () => {
    const answers = await Promise.all(['Rival', 'rival', 'RIVAL'].map((name) => create({ name })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused?.body.errors[0].status.field).toBe('data.name');
    expect((await create({ name: 'rival' }, await api.contactCenter())).status).toBe(200);
  });

  it('may pass to a successor that begins when its predecessor ends', async () => {
    const end = later(3_600_000);
    expect((await create({ name: 'relay', expiresAt: end })).status).toBe(200);
    expect((await create({ name: 'relay', validFrom: later(3_599_000) })).status).toBe(409);
    expect((await create({ name: 'relay', validFrom: end })).status).toBe(200);
  });

  it('cannot overlap in the database either', async () => {
    const { id: keyId } = (await create({ name: 'constraint' })).body.data;
    await expect(
      api.pool.query(
        `INSERT INTO environment.api_keys (id, contact_center_id, name, digest, prefix, valid_from)
          SELECT gen_random_uuid(), contact_center_id, 'CONSTRAINT', $2, prefix, valid_from
          FROM environment.api_keys WHERE id = $1`,
        [keyId, sha256('another')],
      ),
    ).rejects.toMatchObject({ code: '23P01' });
  });
});

describe('validity', () => {
  it('begins and ends on time', async () => {
    const hourMs = 3_600_000;
    const times = { validFrom: later(hourMs), expiresAt: later(5 * hourMs) };
    const { id: keyId, key } = (await create({ name: 'timed', ...times })).body.data;
    expect((await validate(key)).status).toBe(404);
    await age(keyId, '1 hour');
    expect((await validate(key)).body.data.expiresAt).toBe(later(4 * hourMs));
    await age(keyId, '4 hours');
    expect((await validate(key)).status).toBe(404);
  });

  it('ends with the deletion of the key and while the contact centre is disabled', async () => {
    const center = await api.contactCenter();
    const { key, id: keyId } = (await create({ name: 'k' }, center)).body.data;
    const setStatus = (status: string) =>
      api.call('PATCH', `/contact-centers/${center}`, { payload: { data: { status } } });
    await setStatus('disabled');
    expect((await validate(key)).status).toBe(404);
    await setStatus('active');
    expect((await validate(key)).status).toBe(200);
    expect((await api.call('DELETE', `/contact-centers/${center}/api-keys/${keyId}`)).status).toBe(200);
    expect((await validate(key)).status).toBe(404);
    expect((await api.call('DELETE', `/contact-centers/${center}/api-keys/${keyId}`)).status).toBe(404);
  });

  it("is answered alike for an unknown key, another contact centre's and what is no key", async () => {
    const { key } = (await create({ name: 'hidden' })).body.data;
    const authorization = api.authApi.token({ contact_center_ids: [await api.contactCenter()] });
    const answers = [
      await validate(key, { authorization }),
      await validate(`gk_${'A'.repeat(43)}`),
      await validate('nonsense'),
      await validate(''),
    ];
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(404);
  });
});

describe('rotation', () => {
  const rotate = (keyId: string, payload?: object) =>
    api.call('POST', `/contact-centers/${id}/api-keys/${keyId}/rotate`, payload ? { payload } : {});

  it('ends the old key at once, unless an overlap is asked for', async () => {
    const first = (await create({ name: 'rotated' })).body.data;
    const second = (await rotate(first.id)).body.data;
    expect(second).toMatchObject({ id: first.id, name: 'rotated' });
    expect((await validate(first.key)).status).toBe(404);
    const third = (await rotate(first.id, { data: { overlapSeconds: 60 } })).body.data;
    expect(third.previousUntil).toBe(later(60_000));
    expect((await validate(second.key)).body.data.expiresAt).toBe(later(60_000));
    expect((await validate(third.key)).status).toBe(200);
    await age(first.id, '1 minute');
    expect((await validate(second.key)).status).toBe(404);
    expect((await validate(third.key)).status).toBe(200);
    expect((await rotate(first.id, { operationId: '' })).status).toBe(200);
  });

  it('is refused for a key that is over', async () => {
    const { id: keyId } = (await create({ name: 'over', expiresAt: later(1000) })).body.data;
    await age(keyId, '1 hour');
    expect((await rotate(keyId)).status).toBe(409);
  });
});

describe('the last use', () => {
  it('is written behind the request, once a minute at most', async () => {
    const center = await api.contactCenter();
    const { key } = (await create({ name: 'used' }, center)).body.data;
    const lastUse = async () =>
      (await api.call('GET', `/contact-centers/${center}/api-keys`)).body.data[0].lastUsedAt;
    expect(await lastUse()).toBeUndefined();
    await validate(key);
    const first = later(0);
    await expect.poll(lastUse).toBe(first);
    now += 59_000;
    await validate(key);
    now += 1000;
    await validate(key);
    await expect.poll(lastUse).toBe(later(0));
    expect(await lastUse()).not.toBe(first);
  });
});
