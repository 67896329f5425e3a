import { described } from '@gatehouse/contracts/resource';
import { knownSetting, knownSettingNames, standingOf, storedText } from '@gatehouse/contracts/resources';
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
      expect((await post({ name: 'x-any', value: 'v', location })).status).toBe(200);
    },
  );

  it.each(['/NOWHERE', '/USW', '/usw1', '/USW1/DC3'])(
    'refuses the location %s, which matches nothing, naming the locations in use',
    async (location) => {
      const answer = await post({ name: 'x-lost', value: 'v', location });
      expect(answer.status).toBe(400);
      expect(answer.body.errors[0].status.field).toBe('data.location');
      expect(answer.body.status.message).toContain(location);
      expect(answer.body.status.message).toContain('/, /EUW1, /USW1/DC2');
      expect(await named('x-lost')).toEqual([]);
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
    ['a location without a slash', { name: 'x-n', value: 'v', location: 'USW1' }, 'data.location'],
    ['a location that ends in a slash', { name: 'x-n', value: 'v', location: '/USW1/' }, 'data.location'],
    ['a flag that is none', { name: 'x-n', value: 'v', shared: 'maybe' }, 'data.shared'],
    ['a NUL in the value', { name: 'x-n', value: 'a\u0000' }, 'data.value'],
  ])('refuses %s with 400 and the name of the field', async (_name, data, field) => {
    const answer = await post(data);
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].status.field).toBe(field);
  });

  it('makes a new version of the contact centre, unless the value was there already', async () => {
    const first = await post({ name: 'x-versioned', value: '1' });
    const same = await post({ name: 'x-versioned', value: '1' });
    const next = await post(
      { name: 'x-versioned', value: '2' },
      { 'if-match': first.headers['etag'] as string },
    );
    const stale = await post(
      { name: 'x-versioned', value: '3' },
      { 'if-match': first.headers['etag'] as string },
    );
    expect(same.headers['etag']).toBe(first.headers['etag']);
    expect(next.headers['etag']).not.toBe(first.headers['etag']);
    expect(stale.status).toBe(412);
    const center = await api.call('GET', `/contact-centers/${id}`);
    expect(center.headers['etag']).toBe(next.headers['etag']);
  });

  it('keeps every one of many settings written at once', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `x-parallel-${index}`);
    const answers = await Promise.all(names.map((name) => post({ name, value: name })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const present = (await list()).map(({ name }) => name);
    expect(present).toEqual(expect.arrayContaining(names));
  });

  it('answers 404 for a contact centre that does not exist', async () => {
    const answer = await api.call('POST', '/contact-centers/00000000-0000-4000-8000-000000000000/settings', {
      payload: { data: { name: 'x-n', value: 'v' } },
    });
    expect(answer.status).toBe(404);
  });
});

describe('names of settings', () => {
  it.each(described(knownSetting))(
    '%s takes its example in one form and refuses another, saying which',
    async (name, _schema, { example }) => {
      const right = await post({ name, value: ` ${example} ` });
      expect(right.body.status, right.text).toEqual({ code: 0 });
      expect(right.body).not.toHaveProperty('warnings');
      expect((await named(name)).filter(({ location }) => location === '/')).toMatchObject([
        { value: storedText(name as 'cors-origins', String(example)) },
      ]);
      for (const path of [`/contact-centers/${id}/settings`, '/settings']) {
        const wrong = await api.call('POST', path, { payload: { data: { name, value: 'none of these' } } });
        expect(wrong.status).toBe(400);
        expect(wrong.body.errors[0].status.reason).toEqual(expect.any(String));
        expect(wrong.body.errors[0].status.field).toMatch(/^data\.value/);
        expect(wrong.body.status.message).toMatch(
          /must be a whole number from 1 to 168|is no origin: write scheme/,
        );
      }
      expect((await named(name)).filter(({ location }) => location === '/')).toMatchObject([
        { value: storedText(name as 'cors-origins', String(example)) },
      ]);
    },
  );

  it.each(knownSettingNames)(
    'refuses %s with a slip of the hand, also where it is marked as shared, and says what was meant',
    async (name) => {
      for (const slip of [
        name.slice(0, -1),
        name.toUpperCase(),
        name.replaceAll('-', '_'),
        name.replace(/(.)(.)$/, '$2$1'),
      ]) {
        const answer = await post({ name: slip, value: '1', shared: 'true', location: '/' });
        expect([answer.status, answer.body.status.reason], slip).toEqual([400, 'unknown_setting']);
        expect(answer.body.errors[0].status.field).toBe('data.name');
        expect(answer.body.status.message).toContain(`did you mean ${name}?`);
      }
    },
  );

  it('takes the bounds of a number, and names the one that is exceeded', async () => {
    const of = async (value: string) => {
      const { status, errors } = (await post({ name: 'password-link-hours', value })).body;
      return errors?.[0].status ?? status;
    };
    expect(await of('168')).toEqual({ code: 0 });
    expect(await of('169')).toMatchObject({
      ...{ code: 400, reason: 'too_large', limit: 168 },
      message: 'must be a whole number from 1 to 168',
    });
    expect(await of('0')).toMatchObject({ code: 400, reason: 'too_small', limit: 1 });
    expect(await of('1.5')).toMatchObject({ code: 400, message: expect.stringContaining('whole number') });
  });

  it('takes names of the installation itself: with x-, or marked as shared', async () => {
    for (const data of [
      { name: 'x-voice.codec', value: 'opus' },
      { name: 'voice.codec', value: 'opus', shared: 'true' },
    ]) {
      const answer = await post(data);
      expect([answer.status, answer.body.warnings]).toEqual([200, undefined]);
    }
    for (const path of [`/contact-centers/${id}/settings`, '/settings']) {
      const answer = await api.call('POST', path, {
        payload: { data: { name: 'recording.days', value: '9' } },
      });
      expect([answer.status, answer.body.status.reason]).toEqual([400, 'unknown_setting']);
      expect(answer.body.status.message).toMatch(/it reads cors-origins, .*x-.*marked as shared/);
    }
  });

  it('lets a name that was there before be read, changed and deleted, with a warning', async () => {
    await api.pool.query(
      `INSERT INTO environment.settings (contact_center_id, name, location, value, shared) VALUES ($1, 'cors-origin', '/', 'old', false)`,
      [id],
    );
    expect(await named('cors-origin')).toHaveLength(1);
    const changed = await post({ name: 'cors-origin', value: 'new' });
    expect(changed.body).toMatchObject({
      status: { code: 0 },
      warnings: [
        {
          field: 'data.name',
          value: 'cors-origin',
          message: expect.stringContaining('Nothing in Gatehouse reads'),
        },
      ],
    });
    const path = `/contact-centers/${id}/settings/cors-origin`;
    expect((await api.call('DELETE', path)).status).toBe(200);
    expect((await post({ name: 'cors-origin', value: 'again' })).status).toBe(400);
  });

  it('takes every name that is no slip of the hand from callers of before, with a warning', async () => {
    const compat = await startApi({ env: { GATEHOUSE_COMPAT_ENABLED: 'true' } });
    try {
      const path = `/contact-centers/${await compat.contactCenter()}/settings`;
      const of = async (at: string, name: string) =>
        (await compat.call('POST', at, { payload: { data: { name, value: 'v', location: '/' } } })).body;
      for (const at of [path, '/settings']) {
        expect(await of(at, 'recording.days')).toMatchObject({
          status: { code: 0 },
          warnings: [{ field: 'data.name' }],
        });
        expect(await of(at, 'cors-orgins')).toMatchObject({
          status: { code: 400, reason: 'unknown_setting' },
        });
      }
    } finally {
      await compat.close();
    }
  });

  it('are told apart by their standing', () => {
    const of = (name: string, shared = false) => standingOf({ name, shared });
    expect([of('cors-origins'), of('x-a'), of('a', true), of('a'), of('x-'), of('toString')]).toEqual([
      'known',
      'own',
      'own',
      'unread',
      'unread',
      'unread',
    ]);
  });
});

describe('GET /contact-centers/{id}/settings', () => {
  it('gives the value of the longest location that covers the one asked for', async () => {
    for (const [location, value] of Object.entries({ '/': 'root', '/USW1': 'region', '/USW1/DC2': 'site' })) {
      await post({ name: 'x-inherited', value, location });
    }
    const valueAt = async (location: string) =>
      (await named('x-inherited', `?location=${encodeURIComponent(location)}`)).map(({ value }) => value);
    expect(await valueAt('/')).toEqual(['root']);
    expect(await valueAt('/EUW1')).toEqual(['root']);
    expect(await valueAt('/USW1')).toEqual(['region']);
    expect(await valueAt('/USW1/DC1')).toEqual(['region']);
    expect(await valueAt('/USW1/DC2/RACK7')).toEqual(['site']);
    expect(await valueAt('/USW10')).toEqual(['root']);
    expect(await named('x-inherited')).toHaveLength(3);
  });

  it('answers 304 until a setting changes', async () => {
    const { etag } = (await api.call('GET', `/contact-centers/${id}/settings`)).headers;
    const conditional = () =>
      api.call('GET', `/contact-centers/${id}/settings`, { headers: { 'if-none-match': etag as string } });
    expect((await conditional()).status).toBe(304);
    await post({ name: 'x-fresh', value: '1' });
    expect((await conditional()).status).toBe(200);
  });
});

describe('DELETE /contact-centers/{id}/settings/{name}', () => {
  it('removes one location, or all of them, and answers 404 when there is none', async () => {
    await post({ name: 'x-a/b c', value: '1' });
    await post({ name: 'x-a/b c', value: '2', location: '/EUW1' });
    const path = `/contact-centers/${id}/settings/${encodeURIComponent('x-a/b c')}`;
    expect((await api.call('DELETE', `${path}?location=/EUW1`)).body).toEqual({ status: { code: 0 } });
    expect(await named('x-a/b c')).toHaveLength(1);
    expect((await api.call('DELETE', `${path}?location=/EUW1`)).status).toBe(404);
    await post({ name: 'x-a/b c', value: '2', location: '/EUW1' });
    expect((await api.call('DELETE', path)).status).toBe(200);
    expect(await named('x-a/b c')).toEqual([]);
    expect((await api.call('DELETE', path)).status).toBe(404);
  });
});

describe('/locations', () => {
  it('makes a declared location usable for settings until it is withdrawn', async () => {
    const declare = () => api.call('POST', '/locations', { payload: { data: { location: '/APAC/SYD1' } } });
    expect((await post({ name: 'x-n', value: 'v', location: '/APAC' })).status).toBe(400);
    expect((await declare()).body).toEqual({ status: { code: 0 } });
    expect((await declare()).status).toBe(200);
    expect((await post({ name: 'x-n', value: 'v', location: '/APAC' })).status).toBe(200);
    expect((await api.call('GET', '/locations')).body.data).toEqual([
      { location: '/', declared: false },
      { location: '/APAC/SYD1', declared: true },
      { location: '/EUW1', declared: false },
      { location: '/USW1/DC2', declared: false },
    ]);
    expect((await api.call('DELETE', '/locations?location=/APAC/SYD1')).status).toBe(200);
    expect((await api.call('DELETE', '/locations?location=/APAC/SYD1')).status).toBe(404);
    expect((await post({ name: 'x-m', value: 'v', location: '/APAC' })).status).toBe(400);
  });

  it('counts the location that the service runs at', async () => {
    const other = await startApi({ env: { GATEHOUSE_LOCATION: '/SAE1' } });
    try {
      const centerId = await other.contactCenter();
      const answer = await other.call('POST', `/contact-centers/${centerId}/settings`, {
        payload: { data: { name: 'x-n', value: 'v', location: '/SAE1' } },
      });
      expect(answer.status).toBe(200);
    } finally {
      await other.close();
    }
  });
});
