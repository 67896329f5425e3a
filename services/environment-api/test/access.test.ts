import type { IntrospectionActive } from '@gatehouse/contracts/auth-api';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { hash } from '@node-rs/argon2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic, becomeReadOnly, ops, type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;
let environmentId: string;
let own: string;
let other: string;
let now = Date.now();

beforeAll(async () => {
  api = await startApi({ now: () => now });
  environmentId = await api.environment();
  own = await api.contactCenter({ environmentId });
  other = await api.contactCenter({ environmentId });
});
afterAll(() => api.close());

const management = ['ROLE_MANAGEMENT_APPLICATION'];

const callers = {
  'an internal client': { internal_client: true },
  'an internal client that manages': { internal_client: true, authorities: management },
  'an unbound client that manages': { authorities: management },
  'an unbound client': {},
  'a bound client': { bound: true },
  'a bound client that manages': { bound: true, authorities: management },
  'a user of an internal client': { bound: true, internal_client: true, sub: 'user-1', username: 'agent' },
  'a user who manages': { bound: true, sub: 'user-2', username: 'admin', authorities: management },
} satisfies Record<string, Partial<IntrospectionActive> & { bound?: boolean }>;

type CallerName = keyof typeof callers;

function authorizationOf(name: CallerName): string {
  const { bound, ...fields } = callers[name] as Partial<IntrospectionActive> & { bound?: boolean };
  return api.authApi.token({
    ...fields,
    ...(bound ? { contact_center_ids: [own], contact_center_id: own } : {}),
  });
}

/** Status of: read own, read other, read environment, own setting, other's setting, create environment, internal read. */
const matrix: [CallerName, number[]][] = [
  ['an internal client', [200, 200, 200, 403, 403, 403, 200]],
  ['an internal client that manages', [200, 200, 200, 200, 200, 200, 200]],
  ['an unbound client that manages', [200, 200, 200, 200, 200, 200, 403]],
  ['an unbound client', [404, 404, 404, 404, 404, 403, 403]],
  ['a bound client', [200, 404, 404, 403, 404, 403, 403]],
  ['a bound client that manages', [200, 404, 404, 200, 404, 403, 403]],
  ['a user of an internal client', [200, 404, 404, 403, 404, 403, 403]],
  ['a user who manages', [200, 404, 404, 200, 404, 403, 403]],
];

// attack: token for authorization details used at Environment API | RFC 9396 12, ASVS 10.3.1 | guard: services/environment-api/src/access/introspection.ts
it('a token for authorization details alone is refused, whoever has it', async () => {
  const details = { scope: '', authorization_details: [{ type: 'call-recordings' }] };
  const read = async (fields: Partial<IntrospectionActive>) => {
    const authorization = api.authApi.token({ internal_client: true, ...fields });
    return (await api.call('GET', `/contact-centers/${own}`, { headers: { authorization } })).status;
  };
  expect(await read(details)).toBe(403);
  expect(await read({ ...details, scope: 'calls' })).toBe(200);
});

describe.each(matrix)('%s', (name, expected) => {
  it(`gets ${expected.join(', ')}`, async () => {
    const headers = { authorization: authorizationOf(name) };
    const setting = { payload: { data: { name: 'x-n', value: randomUuid() } }, headers };
    const environment = {
      username: 'u',
      password: 'p',
      configServers: [{ primaryAddress: 'a', primaryPort: 1 }],
    };
    const answers = [
      await api.call('GET', `/contact-centers/${own}`, { headers }),
      await api.call('GET', `/contact-centers/${other}`, { headers }),
      await api.call('GET', `/environments/${environmentId}`, { headers }),
      await api.call('POST', `/contact-centers/${own}/settings`, setting),
      await api.call('POST', `/contact-centers/${other}/settings`, setting),
      await api.call('POST', '/environments', { payload: { data: environment }, headers }),
      await api.call('GET', `/internal/contact-centers/${own}`, { headers }),
    ];
    expect(answers.map(({ status }) => status)).toEqual(expected);
  });
});

describe('a client bound to a contact centre', () => {
  it('gets the same answer for what is hidden as for what does not exist', async () => {
    const headers = { authorization: authorizationOf('a bound client that manages') };
    const unknown = randomUuid();
    const shapes: ['GET' | 'PUT' | 'DELETE', string][] = [
      ['GET', ''],
      ['PUT', ''],
      ['DELETE', ''],
      ['GET', '/settings'],
      ['DELETE', '/settings/n'],
    ];
    for (const [method, suffix] of shapes) {
      const payload = method === 'PUT' ? { payload: { data: { name: 'x' } } } : {};
      const hidden = await api.call(method, `/contact-centers/${other}${suffix}`, { headers, ...payload });
      const missing = await api.call(method, `/contact-centers/${unknown}${suffix}`, { headers, ...payload });
      expect(hidden.status).toBe(404);
      expect(hidden.text.replaceAll(other, '')).toBe(missing.text.replaceAll(unknown, ''));
    }
  });

  it('lists only its own rows, of the audit trail too', async () => {
    const headers = { authorization: authorizationOf('a bound client') };
    const centers = await api.call('GET', '/contact-centers', { headers });
    expect(centers.body.data.map(({ id }: { id: string }) => id)).toEqual([own]);
    for (const path of ['/environments', '/locations', `/audit?contactCenterId=${other}`]) {
      expect((await api.call('GET', path, { headers })).body.data).toEqual([]);
    }
    const audit = await api.call('GET', '/audit', { headers });
    const ids = audit.body.data.map((row: { contactCenterId?: string }) => row.contactCenterId);
    expect(new Set(ids)).toEqual(new Set([own]));
  });

  it('may neither create, delete nor move contact centres', async () => {
    const headers = { authorization: authorizationOf('a bound client that manages') };
    const moved = await api.environment();
    const answers = [
      await api.call('POST', '/contact-centers', {
        headers,
        payload: { data: { environmentId, domains: ['x'] } },
      }),
      await api.call('DELETE', `/contact-centers/${own}`, { headers }),
      await api.call('PUT', `/contact-centers/${own}`, {
        headers,
        payload: { data: { environmentId: moved } },
      }),
      await api.call('POST', '/locations', { headers, payload: { data: { location: '/X' } } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
  });
});

describe('the operator', () => {
  it('is told "Bad credentials" for a wrong name or password, before the body is read', async () => {
    for (const authorization of [basic('ops', 'wrong'), basic('root', ops.password), 'Basic !!!', 'Basic ']) {
      const answer = await api.call('POST', '/environments', {
        headers: { authorization },
        payload: 'not JSON',
      });
      expect(answer.status).toBe(401);
      expect(answer.body).toEqual({ error: 'Unauthorized', error_description: 'Bad credentials' });
      expect(answer.headers['www-authenticate']).toMatch(/^Basic /);
    }
  });

  it('may write the scheme in any case and form-encode the credentials', async () => {
    const special = await startApi({ env: { GATEHOUSE_OPS_PASSWORD: 'p+ä %41:x and more' } });
    try {
      const raw = basic('ops', 'p+ä %41:x and more').replace('Basic', 'bASIC');
      const encoded = basic('ops', encodeURIComponent('p+ä %41:x and more'));
      // More often than wrong passwords may be tried: neither reading counts as one.
      for (const authorization of Array(25).fill([raw, encoded]).flat()) {
        expect((await special.call('GET', '/environments', { headers: { authorization } })).status).toBe(200);
      }
    } finally {
      await special.close();
    }
  });

  it('sends the plain password when the configuration holds its hash; a sent hash is refused and explained in the log', async () => {
    const hashed = await hash('plain-password');
    const special = await startApi({ env: { GATEHOUSE_OPS_PASSWORD: hashed } });
    try {
      const get = async (password: string) =>
        (await special.call('GET', '/environments', { headers: { authorization: basic('ops', password) } }))
          .status;
      expect(await get('plain-password')).toBe(200);
      expect(await get('plain-password')).toBe(200);
      expect(await get('other-password')).toBe(401);
      expect(await get(hashed)).toBe(401);
      expect(special.logged()).toContain('send the plain password');
      expect(special.logged()).not.toContain(hashed);
    } finally {
      await special.close();
    }
  });
});

describe('a Bearer token', () => {
  it.each([undefined, 'Bearer ', 'Bearer nobodys-token', 'Digest x'])(
    '%s is refused with 401',
    async (authorization) => {
      const answer = await api.app.inject({
        method: 'GET',
        url: '/environment/v3/environments',
        ...(authorization === undefined ? {} : { headers: { authorization } }),
      });
      expect(answer.statusCode).toBe(401);
      expect(answer.json()).toHaveProperty('error');
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer /);
    },
  );

  it('is asked about with the service client, once for half a second, also by callers that come at once', async () => {
    const headers = { authorization: authorizationOf('an internal client') };
    const before = api.authApi.asked;
    const get = async () => (await api.call('GET', `/environments/${environmentId}`, { headers })).status;
    expect(new Set(await Promise.all(Array.from({ length: 10 }, get)))).toEqual(new Set([200]));
    expect(api.authApi.asked).toBe(before + 1);
    expect(api.authApi.authorizations.at(-1)).toBe(basic('service-client', 'service-secret-of-the-tests'));
    now += 374;
    await get();
    expect(api.authApi.asked).toBe(before + 1);
    api.authApi.revoke(headers.authorization);
    now += 127;
    expect(await get()).toBe(401);
    expect(await get()).toBe(401);
    expect(api.authApi.asked).toBe(before + 3);
  });

  it('is asked about again before the answer is too old, so that steady use never waits and an end is met no later', async () => {
    const headers = { authorization: authorizationOf('an internal client') };
    const get = async () => (await api.call('GET', `/environments/${environmentId}`, { headers })).status;
    expect(await get()).toBe(200);
    const before = api.authApi.asked;
    api.authApi.failWith(500);
    now += 400;
    expect(await get()).toBe(200);
    await expect.poll(() => api.authApi.asked).toBe(before + 1);
    api.authApi.failWith(undefined);
    // The renewal that failed counts for nothing: another one is made, and gives the answer new time.
    await expect.poll(async () => [await get(), api.authApi.asked > before + 1]).toEqual([200, true]);
    now += 101;
    api.authApi.failWith(500);
    expect(await get()).toBe(200);
    api.authApi.failWith(undefined);
    api.authApi.revoke(headers.authorization);
    now += 389;
    // The answer would count for ten more milliseconds, but the renewal tells of the end.
    await expect.poll(get).toBe(401);
  });

  // attack: token for another client at Environment API | RFC 9068 4 | guard: services/environment-api/src/access/introspection.ts
  it('is refused when its audience is another client', async () => {
    const ask = async (aud: string[] | undefined) => {
      const authorization = api.authApi.token({ internal_client: true, ...(aud && { aud }) });
      return (await api.call('GET', `/environments/${environmentId}`, { headers: { authorization } })).status;
    };
    expect(await ask(undefined)).toBe(200);
    expect(await ask(['some-client'])).toBe(200);
    expect(await ask(['https://login.example.com/auth/v3'])).toBe(200);
    expect(await ask(['reports'])).toBe(401);
  });

  it('is not believed longer than it lives', async () => {
    const exp = Math.ceil(now / 1000) + 1;
    const headers = { authorization: api.authApi.token({ internal_client: true, exp }) };
    const get = async () => (await api.call('GET', `/environments/${environmentId}`, { headers })).status;
    expect(await get()).toBe(200);
    api.authApi.revoke(headers.authorization);
    now = exp * 1000;
    expect(await get()).toBe(401);
  });

  it.each([500, 401])('leads to 503 with Retry-After while Auth API answers %i', async (status) => {
    api.authApi.failWith(status);
    const headers = { authorization: authorizationOf('an internal client') };
    const answer = await api.call('GET', '/environments', { headers });
    api.authApi.failWith(undefined);
    expect(answer.status).toBe(503);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect((await api.call('GET', '/environments', { headers })).status).toBe(200);
    expect((await api.call('GET', '/environments')).status).toBe(200);
  });
});

describe('a read-only region', () => {
  it('refuses every write with 403 that names the writable region, unless the operator forces it', async () => {
    const env = { GATEHOUSE_LOCATION: '/EUW1', GATEHOUSE_WRITABLE_LOCATION: '/USW1' };
    const region = await startApi({ env });
    const forced = await startApi({ env: { ...env, GATEHOUSE_FORCE_WRITABLE: 'true' } });
    try {
      const payload = {
        data: { username: 'u', password: 'p', configServers: [{ primaryAddress: 'a', primaryPort: 1 }] },
      };
      const refused = await region.call('POST', '/environments', { payload });
      expect(refused.status).toBe(403);
      expect(refused.body.status.name).toBe('read_only_region');
      expect(refused.body.status.message).toContain('/USW1');
      expect((await region.call('GET', '/environments')).status).toBe(200);
      expect((await forced.call('POST', '/environments', { payload })).status).toBe(200);
    } finally {
      await Promise.all([region.close(), forced.close()]);
    }
  });

  it('is noticed by the read-only database too', async () => {
    const replica = await startApi();
    try {
      await becomeReadOnly(replica);
      const answer = await replica.call('POST', '/locations', { payload: { data: { location: '/X' } } });
      expect(answer.status).toBe(403);
      expect(answer.body.status.name).toBe('read_only_region');
    } finally {
      await replica.close();
    }
  });
});
