/** What RFC 7643 and RFC 7644 ask of every SCIM server: the form of errors, searches by a body, schemas, and the paths of PATCH. */
import { isPersonPassword } from '@gatehouse/caller-auth/credentials';
import { personPasswordPlace } from '@gatehouse/contracts/environment-api';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { watchSecret } from '@gatehouse/testing/secrets';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Method, type RunningApi, startApi } from './running-api.ts';
import { createScimClient, type ScimClient, urns } from './scim-client.ts';

let api: RunningApi;
let scim: ScimClient;

beforeAll(async () => {
  api = await startApi();
  scim = await createScimClient(api);
});
afterAll(() => api.close());

const user = (fields: object = {}) => scim.user({ userName: randomUuid(), ...fields });
const refusal = ({ body: { scimType, detail } }: Answer) => [scimType, detail];

describe('an error', () => {
  it.each<[Method, string, number]>([
    ['GET', '/Users/nobody', 404],
    ['GET', '/Nothing', 404],
    ['POST', '/Users/x/y', 404],
    ['GET', '', 404],
    ['PUT', '/Users', 405],
    ['DELETE', '/Bulk', 405],
    ['GET', '/Me', 501],
    ['PATCH', '/Me', 501],
    ['GET', '/Users?count=many', 400],
    ['GET', '/Schemas/none', 404],
    // The router itself refuses these.
    ['GET', '/Users/%zz', 400],
    ['GET', '/Nothing/%zz', 400],
    ['GET', '/Users/%61nna', 400],
    ['DELETE', `/Users/${'x'.repeat(600)}`, 414],
  ])('at %s %s has the members of SCIM, and no others', async (method, path, status) => {
    const answer = await scim.call(method, path, ['PUT', 'POST', 'PATCH'].includes(method) ? {} : undefined);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toMatch('application/scim+json');
    expect(answer.body).toEqual({
      schemas: [urns.error],
      status: String(status),
      detail: expect.stringMatching(/\w/),
      ...(status === 400 ? { scimType: 'invalidValue' } : {}),
    });
  });

  it('at a path without a route, and at /Me, asks nobody for a key, and repeats no part of the path that may be one', async () => {
    for (const [path, status] of [
      ['/Nothing', 404],
      ['/Me', 501],
      ['/gs_a-key-in-the-wrong-place', 404],
    ] as const) {
      const answer = await api.call('GET', `${scim.base}${path}`, { headers: { authorization: '' } });
      expect(answer.status).toBe(status);
      expect(answer.text).not.toContain('gs_a-key');
    }
    expect((await scim.call('GET', '/Me')).body.detail).toContain('a key belongs to no person');
    const wrong = await scim.call('PUT', '/Users', {});
    expect(wrong.headers['allow']).toBe('GET, HEAD, POST');
  });
});

describe('a search by a body', () => {
  let found: ScimClient;
  beforeAll(async () => {
    found = await createScimClient(api);
    for (const name of ['a1', 'a2', 'a3'])
      await found.user({ userName: name, displayName: 'Team', active: name !== 'a2' });
    for (const displayName of ['Team', 'Others']) await found.call('POST', '/Groups', { displayName });
  });
  const search = (question: object, path = '') => found.call('POST', `${path}/.search`, question);
  /** Names of the page, and the numbers that the answer says. */
  const page = async (question: object, path = '') => {
    const { status, text, body } = await search(question, path);
    expect(status, text).toBe(200);
    expect(body.schemas).toEqual(['urn:ietf:params:scim:api:messages:2.0:ListResponse']);
    const names = body.Resources.map((one: Record<string, string>) => one['userName'] ?? one['displayName']);
    return [body.totalResults, body.startIndex, body.itemsPerPage, names.join()];
  };

  it('lists users, groups, or both as one list, page by page', async () => {
    expect(await page({}, '/Users')).toEqual([3, 1, 3, 'a1,a2,a3']);
    expect(await page({ startIndex: 2, count: 1 }, '/Users')).toEqual([3, 2, 1, 'a2']);
    expect(await page({}, '/Groups')).toEqual([2, 1, 2, 'Team,Others']);
    expect(await page({})).toEqual([5, 1, 5, 'a1,a2,a3,Team,Others']);
    expect(await page({ startIndex: 3, count: 2 })).toEqual([5, 3, 2, 'a3,Team']);
    expect(await page({ startIndex: 5, count: 9 })).toEqual([5, 5, 1, 'Others']);
    expect(await page({ startIndex: 9 })).toEqual([5, 9, 0, '']);
    expect(await page({ count: 0 })).toEqual([5, 1, 0, '']);
    expect(await page({ filter: null, startIndex: null, count: null, sortBy: 'userName' })).toEqual([
      ...[5, 1, 5, 'a1,a2,a3,Team,Others'],
    ]);
  });

  it.each([
    ['displayName eq "team"', 'a1,a2,a3,Team'],
    ['active eq true', 'a1,a3'],
    ['not (active eq true)', 'a2,Team,Others'],
    ['userName pr', 'a1,a2,a3'],
    ['userName eq null', 'Team,Others'],
    ['members[value eq "00000000-0000-0000-0000-000000000000"] or userName eq "a1"', 'a1'],
    ['emails[type eq "work"].value eq "x" or displayName eq "Others"', 'Others'],
    [`${urns.user}:userName sw "a" and ${urns.enterprise}:department eq null`, 'a1,a2,a3'],
    ['meta.resourceType eq "Group"', 'Team,Others'],
    ['meta.resourceType eq "User" or displayName eq "Others"', 'a1,a2,a3,Others'],
  ])(
    'of both by %s finds %s: an attribute that a kind of resource has not is one without a value',
    async (filter, names) => {
      const length = names.split(',').length;
      expect(await page({ filter })).toEqual([length, 1, length, names]);
    },
  );

  it('answers with the attributes that are asked for', async () => {
    const some = await search({ attributes: ['userName', 'displayName'], filter: 'displayName eq "Team"' });
    expect(Object.keys(some.body.Resources[0])).toEqual(['schemas', 'id', 'displayName', 'userName']);
    expect(Object.keys(some.body.Resources.at(-1))).toEqual(['schemas', 'id', 'displayName']);
    const most = await search({ excludedAttributes: ['members', 'meta'] }, '/Groups');
    expect(Object.keys(most.body.Resources[0])).toEqual(['schemas', 'id', 'displayName']);
  });

  it.each([
    [{ filter: 'nothing eq "x"' }, 'invalidFilter', 'nothing'],
    [{ filter: 'userName eq' }, 'invalidFilter', 'character'],
    [{ startIndex: 'two' }, 'invalidValue', 'startIndex'],
    [{ attributes: 'userName' }, 'invalidValue', 'attributes'],
  ])('of %j is refused with %s, which names %s', async (question, scimType, named) => {
    const answer = await search(question);
    expect([answer.status, ...refusal(answer)]).toEqual([400, scimType, expect.stringContaining(named)]);
  });
});

describe('schemas', () => {
  const patch = { Operations: [{ op: 'replace', path: 'displayName', value: 'Changed' }] };
  it.each<[Method, string, object, string, string]>([
    ['POST', '/Users', { userName: randomUuid() }, urns.user, 'invalidValue'],
    ['PUT', '/Users/{id}', { userName: randomUuid() }, urns.user, 'invalidValue'],
    ['PATCH', '/Users/{id}', patch, urns.patch, 'invalidSyntax'],
    ['POST', '/Groups', { displayName: randomUuid() }, urns.group, 'invalidValue'],
    ['PUT', '/Groups/{id}', { displayName: randomUuid() }, urns.group, 'invalidValue'],
    ['PATCH', '/Groups/{id}', patch, urns.patch, 'invalidSyntax'],
    ['POST', '/Bulk', { Operations: [] }, urns.bulk, 'invalidSyntax'],
    ['POST', '/.search', {}, urns.search, 'invalidSyntax'],
    ['POST', '/Users/.search', {}, urns.search, 'invalidSyntax'],
  ])('of a %s to %s are refused where they are missing or wrong, with the right one', async (...row) => {
    const [method, path, body, urn, scimType] = row;
    const group = await scim.call('POST', '/Groups', { displayName: randomUuid() });
    const { id } = path.startsWith('/Users') ? await user() : group.body;
    const right = { schemas: [urn.toUpperCase(), 'urn:example:of:another'], ...body };
    for (const schemas of [undefined, null, [], urn, {}, [urns.enterprise], [urns.error, 7]]) {
      const answer = await scim.call(method, path.replace('{id}', id), { ...body, schemas });
      expect([answer.status, ...refusal(answer)]).toEqual([400, scimType, expect.stringContaining(urn)]);
    }
    expect((await scim.call(method, path.replace('{id}', id), right)).status).toBeLessThan(300);
  });

  it('of an operation in a bulk request are looked at as well', async () => {
    const post = (bulkId: string, data: object) => ({ method: 'POST', path: '/Users', bulkId, data });
    const Operations = [
      post('a', { schemas: [urns.user], userName: randomUuid() }),
      post('b', { schemas: [urns.group], userName: randomUuid() }),
      post('c', { schemas: undefined, userName: randomUuid() }),
    ];
    const { body } = await scim.call('POST', '/Bulk', { Operations });
    expect(body.Operations.map(({ status }: { status: string }) => status)).toEqual(['201', '400', '400']);
    expect(body.Operations[1].response.detail).toContain(urns.user);
  });

  it('say of references what they lead to, and of members what may be changed', async () => {
    const attributes = async (urn: string, name: string) => {
      const { body } = await scim.call('GET', `/Schemas/${urn}`);
      return body.attributes.find((one: { name: string }) => one.name === name).subAttributes;
    };
    expect(await attributes(urns.group, 'members')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'value', mutability: 'immutable' }),
        expect.objectContaining({ name: '$ref', type: 'reference', referenceTypes: ['User'] }),
        expect.objectContaining({ name: 'type', canonicalValues: ['User'] }),
      ]),
    );
    expect(await attributes(urns.enterprise, 'manager')).toContainEqual(
      expect.objectContaining({ name: '$ref', type: 'reference', referenceTypes: ['User'] }),
    );
  });
});

describe('the path of a PATCH', () => {
  const extended = ({ body }: Answer) => body[urns.enterprise];

  it('may be the URN of an extension: its attributes are added, replaced and removed together', async () => {
    const { id } = await user({ [urns.enterprise]: { department: 'Care', costCenter: '9' } });
    const change = (operation: object) => scim.patch(`/Users/${id}`, [operation]);
    const path = urns.enterprise;
    expect(extended(await change({ op: 'add', path, value: { employeeNumber: '7' } }))).toEqual({
      ...{ department: 'Care', costCenter: '9', employeeNumber: '7' },
    });
    const named = { op: 'replace', path: path.toUpperCase(), value: { department: 'Sales' } };
    expect(extended(await change(named))).toEqual({
      ...{ department: 'Sales', costCenter: '9', employeeNumber: '7' },
    });
    const wrong = await change({ op: 'add', path, value: 'x' });
    expect([wrong.status, ...refusal(wrong)]).toEqual([400, 'invalidValue', expect.stringContaining(path)]);
    const removed = await change({ op: 'remove', path });
    expect(removed.body.schemas).toEqual([urns.user]);
    expect(removed.body).not.toHaveProperty([path]);
    expect((await scim.call('GET', `/Users/${id}`)).body).toEqual(removed.body);
  });

  it('may be the URN of the resource, for users with a password too, and for groups', async () => {
    const password = 'the-password-by-a-whole-schema';
    watchSecret(password, 'password of a user');
    const { id } = await user();
    const value = { title: 'Lead', password, unknown: 1 };
    const changed = await scim.patch(`/Users/${id}`, [{ op: 'replace', path: urns.user, value }]);
    expect([changed.status, changed.body.title]).toEqual([200, 'Lead']);
    const { rows } = await api.pool.query('SELECT password FROM environment.people WHERE id = $1', [id]);
    const hash = api.deps.core.secretBox.open(rows[0].password, personPasswordPlace(id)).toString();
    expect(await isPersonPassword(hash, password)).toBe(true);
    const removal = await scim.patch(`/Users/${id}`, [{ op: 'remove', path: urns.user }]);
    expect(refusal(removal)).toEqual(['noTarget', expect.stringContaining('path of an attribute')]);
    const group = (await scim.call('POST', '/Groups', { displayName: randomUuid() })).body;
    const name = randomUuid();
    const members = [{ value: id }];
    await scim.patch(`/Groups/${group.id}`, [
      { op: 'add', path: urns.group, value: { displayName: name, members } },
    ]);
    expect((await scim.call('GET', `/Groups/${group.id}`)).body).toMatchObject({
      displayName: name,
      members,
    });
  });

  it('may be a part of an extension, whose value Entra ID sends as a list of one', async () => {
    const { id } = await user();
    const manager = `${urns.enterprise}:manager`;
    const change = async (operation: object) => {
      const answer = await scim.patch(`/Users/${id}`, [operation]);
      expect(answer.status, answer.text).toBe(200);
      return extended(answer)?.manager;
    };
    const value = [{ $ref: 'https://login.example.com/Users/m-1', value: 'm-1' }];
    expect(await change({ op: 'Add', path: manager, value })).toEqual(value[0]);
    expect(await change({ op: 'Replace', path: manager, value: [{ value: 'm-2' }] })).toMatchObject({
      value: 'm-2',
    });
    expect(await change({ op: 'replace', path: `${manager}.value`, value: 'm-3' })).toMatchObject({
      value: 'm-3',
    });
    expect(await change({ op: 'Remove', path: manager })).toBeUndefined();
    const made = await user({ [urns.enterprise]: { manager: [{ value: 'm-4' }] } });
    expect(made[urns.enterprise].manager).toEqual({ value: 'm-4' });
    const two = await scim.patch(`/Users/${id}`, [
      { op: 'add', path: manager, value: [{ value: 'm-1' }, { value: 'm-2' }] },
    ]);
    expect([two.status, ...refusal(two)]).toEqual([
      400,
      'invalidValue',
      expect.stringContaining('manager must be an object'),
    ]);
  });
});
