/** People of the people store: found by a part of a name, read one by one, disabled and enabled again. */
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPeopleStore } from './people-store.ts';
import { type RunningApi, startApi } from './running-api.ts';
import { scimKey, withSchemas } from './scim-client.ts';

let api: RunningApi;
let store: Awaited<ReturnType<typeof createPeopleStore>>;
let other: Awaited<ReturnType<typeof createPeopleStore>>;
const ids = new Map<string, string>();

beforeAll(async () => {
  api = await startApi();
  [store, other] = [await createPeopleStore(api), await createPeopleStore(api)];
  for (const [userName, givenName, familyName, email] of [
    ['zoe', 'Anna', 'Berg', 'Zq@example.com'],
    ['Anton', 'Toni', 'Amsel', undefined],
    ['bert', 'Bert', 'Änders', undefined],
    ['100%', undefined, '_x', undefined],
    ['chloe', 'Chloe', 'de la Cruz', undefined],
  ])
    ids.set(
      userName ?? '',
      await create({
        userName,
        name: { givenName, familyName },
        emails: email && [{ value: email }],
        displayName: userName === 'Anton' ? 'Toni who smiles' : undefined,
      }),
    );
  await other.add({ userName: 'anja' });
});
afterAll(() => api.close());

async function create(user: object): Promise<string> {
  const path = `/contact-centers/${store.contactCenterId}/scim/v2/Users`;
  return (await api.call('POST', path, { payload: withSchemas('POST', path, user) })).body.id;
}

const ask = async (query: Record<string, string>, environmentId = store.environmentId) => {
  const path = `/internal/environments/${environmentId}/people/search?${new URLSearchParams(query)}`;
  const headers = { authorization: api.authApi.token({ internal_client: true }) };
  return api.call('GET', path, { headers });
};
const search = async (...asked: Parameters<typeof ask>) =>
  (await ask(...asked)).body.data.people as { userName: string }[];
const namesOf = async (text: string) => (await search({ text })).map(({ userName }) => userName);

describe('a search', () => {
  it.each([
    ['a user name', 'AN', ['Anton', 'zoe']],
    ['an e-mail address', 'zQ@', ['zoe']],
    ['a last name', 'Änd', ['bert']],
    ['first and last name', 'anna be', ['zoe']],
    ['a last name of several words', 'DE LA', ['chloe']],
    ['one character', 'b', ['bert', 'zoe']],
    ['two characters', 'er', []],
  ])('finds people by the beginning of %s, in any case', async (_what, text, names) => {
    expect(await namesOf(text)).toEqual(names);
  });

  it.each([
    ['a user name', 'LOE', ['chloe']],
    ['a first name', 'nna', ['zoe']],
    ['a last name', 'nders', ['bert']],
    ['first and last name together', 'na BER', ['zoe']],
    ['a name of several words', 'cruz', ['chloe']],
    ['an e-mail address', 'q@exa', ['zoe']],
    ['a name to show', 'smiles', ['Anton']],
  ])('finds people by three characters or more anywhere in %s', async (_what, text, names) => {
    expect(await namesOf(text)).toEqual(names);
  });

  // attack: read everybody by a pattern in the place of a name | CWE-89, CWE-943 | guard: services/environment-api/src/people/search.ts
  it.each([
    ['%', []],
    ['_', ['100%']],
    ["' OR true --", []],
    ['\\', []],
    ['.*', []],
  ])('takes %j as it stands', async (text, names) => {
    expect(await namesOf(text)).toEqual(names);
  });

  it.each([
    'no moment',
    '2026-13-01',
    '99999999-01-01',
    '72bc33c0-a944-4d5c-8475-24407c714a7a',
    '2026-01-01 +99:00',
  ])('refuses the key %j of no moment', async (afterKey) => {
    const { status, body } = await ask({ sort: 'changed', after: 'zoe', afterKey });
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain('afterKey must be the sortKey');
  });

  it.each(['', 'e'])(
    'comes in each order of the columns, from either end, page by page; search: %j',
    async (text) => {
      const sorted = async (sort: string) => {
        const names: string[] = [];
        for (let place = {}; ; ) {
          const page = await search({ text, sort, limit: '1', ...place });
          const [last] = page as { userName: string; sortKey?: string }[];
          if (last === undefined) return names;
          names.push(last.userName);
          place = { after: last.userName, ...(last.sortKey === undefined ? {} : { afterKey: last.sortKey }) };
        }
      };
      const found = text === '' ? ['100%', 'Anton', 'bert', 'chloe', 'zoe'] : [];
      const add = await store.add({ userName: 'emil' });
      const orders: Record<string, string[]> = {
        userName: [...found.slice(0, 4), 'emil', ...found.slice(4)],
        // Somebody without a name comes first.
        name: text === '' ? ['emil', '100%', 'zoe', 'bert', 'chloe', 'Anton'] : ['emil'],
        email: text === '' ? ['100%', 'Anton', 'bert', 'chloe', 'emil', 'zoe'] : ['emil'],
        changed: [
          ...['zoe', 'Anton', 'bert', '100%', 'chloe'].filter((name) => found.includes(name)),
          'emil',
        ],
      };
      for (const [sort, names] of Object.entries(orders)) {
        expect([sort, await sorted(sort)]).toEqual([sort, names]);
        expect([sort, await sorted(`-${sort}`)]).toEqual([sort, names.toReversed()]);
      }
      await api.call('DELETE', `/contact-centers/${store.contactCenterId}/people/${add.id}`);
    },
  );

  it('goes on after a user name, in the order of user names, without the people of others', async () => {
    const all = ['100%', 'Anton', 'bert', 'chloe', 'zoe'];
    expect(await namesOf('')).toEqual(all);
    const found: string[] = [];
    for (let after: string | undefined; found.length < all.length; ) {
      const page = await search({ limit: '2', ...(after === undefined ? {} : { after }) });
      found.push(...page.map(({ userName }) => userName));
      after = found.at(-1);
    }
    expect(found).toEqual(all);
    expect(await search({ text: 'a', after: 'anton' })).toMatchObject([{ userName: 'zoe' }]);
    expect(JSON.stringify(await search({ text: 'zoe' }))).not.toMatch(/password|attributes/);
  });
});

it('tells which environments have people with a part of a name, and whether there may be others', async () => {
  const part = `of-${randomUuid().slice(0, 8)}`;
  for (const of of [store, store, other]) await of.add({ userName: `${randomUuid()}-${part}-x` });
  const ask = (query: Record<string, string>) => {
    const headers = { authorization: api.authApi.token({ internal_client: true }) };
    return api.call('GET', `/internal/people/environments?${new URLSearchParams(query)}`, { headers });
  };
  const both = [store.environmentId, other.environmentId].toSorted();
  expect((await ask({ text: part.toUpperCase() })).body.data).toEqual({
    environmentIds: both,
    isCut: false,
  });
  const one = await ask({ text: part, limit: '1' });
  expect(one.body.data).toEqual({ environmentIds: both.slice(0, 1), isCut: true });
  expect((await ask({ text: '%%%' })).body.data).toEqual({ environmentIds: [], isCut: false });
  expect((await ask({ text: 'of' })).status).toBe(400);
});

describe('a person', () => {
  const path = (id: string, of = store) => `/contact-centers/${of.contactCenterId}/people/${id}`;

  it('is read without SCIM, and without a password', async () => {
    const { status, body, headers } = await api.call('GET', path(ids.get('zoe') ?? ''));
    expect([status, headers['etag']]).toEqual([200, `"${body.data.version}"`]);
    expect(body.data).toMatchObject({
      userName: 'zoe',
      lastName: 'Berg',
      email: 'Zq@example.com',
      status: 'active',
      hasPassword: false,
    });
    const secret = await store.add({ password: 'a-password-of-theirs' });
    const read = await api.call('GET', path(secret.id));
    expect([read.body.data.hasPassword, read.text.includes('v1.')]).toEqual([true, false]);
  });

  it('is disabled and enabled again, once each, by whoever has read the newest version', async () => {
    const id = await create({ userName: randomUuid() });
    const before = (await api.call('GET', path(id))).headers['etag'] ?? '';
    const set = (status: string, etag: string) =>
      api.call('PATCH', path(id), { headers: { 'if-match': etag }, payload: { data: { status } } });

    const disabled = await set('disabled', before);
    expect([disabled.status, disabled.body.data.status]).toEqual([200, 'disabled']);
    expect((await set('active', before)).status).toBe(412);
    const enabled = await set('active', disabled.headers['etag'] ?? '');
    expect(enabled.body.data.status).toBe('active');
    const again = await set('active', enabled.headers['etag'] ?? '');
    expect(again.headers['etag']).toBe(enabled.headers['etag']);
    const { body } = await api.call('GET', `/audit?contactCenterId=${store.contactCenterId}&limit=2`);
    expect(body.data.map((one: { changes: object }) => Object.keys(one.changes))).toEqual([
      ['isActive'],
      ['isActive'],
    ]);
  });

  // attack: read or disable the person of another contact centre by their id | CWE-639, OWASP API1:2023 | guard: services/environment-api/src/people/store.ts
  it('of another contact centre does not exist', async () => {
    const stranger = await other.add();
    expect((await api.call('GET', path(stranger.id))).status).toBe(404);
    const changed = await api.call('PATCH', path(stranger.id), { payload: { data: { status: 'disabled' } } });
    expect(changed.status).toBe(404);
    expect((await api.call('GET', path(stranger.id, other))).body.data.status).toBe('active');
  });

  it('is no business of a SCIM key outside SCIM', async () => {
    const headers = { authorization: `Bearer ${await scimKey(api, store.contactCenterId)}` };
    expect((await api.call('GET', path(ids.get('zoe') ?? ''), { headers })).status).toBe(401);
  });

  it.each([[{ status: 'gone' }], [{ userName: '' }], [{ status: 'disabled', password: 'of-somebody-else' }]])(
    'is not changed by %j',
    async (data) => {
      expect((await api.call('PATCH', path(ids.get('zoe') ?? ''), { payload: { data } })).status).toBe(400);
    },
  );
});
