/** The bodies that Entra ID and Okta document for SCIM, in our own values. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningApi, startApi } from './running-api.ts';
import { createScimClient, type ScimClient, urns } from './scim-client.ts';

let api: RunningApi;
let scim: ScimClient;

beforeAll(async () => {
  api = await startApi();
  scim = await createScimClient(api);
});
afterAll(() => api.close());

const found = (filter: string, endpoint = 'Users') =>
  scim.call('GET', `/${endpoint}?filter=${encodeURIComponent(filter)}`).then(({ body }) => body);

describe('Entra ID', () => {
  /** As its connector creates users: `meta` and unknown extensions come along. */
  const sent = (name: string) => ({
    schemas: [urns.user, urns.enterprise, 'urn:ietf:params:scim:schemas:extension:custom:2.0:User'],
    externalId: name,
    userName: `${name}@contoso.example`,
    active: true,
    displayName: 'Bea Miller',
    emails: [{ primary: true, type: 'work', value: `${name}@contoso.example` }],
    meta: { resourceType: 'User' },
    name: { formatted: 'Bea Miller', familyName: 'Miller', givenName: 'Bea' },
    roles: [],
    addresses: [{ primary: false, type: 'work', country: 'NO', locality: 'Oslo' }],
    [urns.enterprise]: { employeeNumber: '31', department: 'Service' },
    'urn:ietf:params:scim:schemas:extension:custom:2.0:User': { tag: 'x' },
  });

  it('tests the connection with a user that does not exist', async () => {
    expect(await found('userName eq "3f1d9a0c-none"')).toMatchObject({ totalResults: 0, Resources: [] });
  });

  it('creates a user and matches it by its names', async () => {
    const created = await scim.call('POST', '/Users', sent('bea'));
    expect(created.status, created.text).toBe(201);
    expect(created.body.schemas).toEqual([urns.user, urns.enterprise]);
    for (const filter of [
      'userName eq "BEA@contoso.example"',
      'externalId eq "bea"',
      'emails[type eq "work"].value eq "bea@contoso.example"',
    ])
      expect((await found(filter)).Resources).toMatchObject([{ id: created.body.id }]);
  });

  it('changes attributes by paths with a capital verb', async () => {
    const { id } = await scim.user(sent('cleo'));
    const answer = await scim.patch(`/Users/${id}`, [
      { op: 'Replace', path: 'emails[type eq "work"].value', value: 'cleo.new@contoso.example' },
      { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '+47 22 00 00 00' },
      { op: 'Replace', path: 'name.familyName', value: 'Stone' },
      { op: 'Add', path: `${urns.enterprise}:manager`, value: 'manager-1' },
      { op: 'Replace', path: `${urns.enterprise}:department`, value: 'Sales' },
      { op: 'Add', path: 'addresses[type eq "work"].postalCode', value: '0150' },
      { op: 'Remove', path: 'displayName' },
    ]);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.body).toMatchObject({
      emails: [{ primary: true, type: 'work', value: 'cleo.new@contoso.example' }],
      phoneNumbers: [{ type: 'mobile', value: '+47 22 00 00 00' }],
      name: { familyName: 'Stone', givenName: 'Bea', formatted: 'Bea Miller' },
      addresses: [{ type: 'work', postalCode: '0150', locality: 'Oslo' }],
      [urns.enterprise]: { employeeNumber: '31', department: 'Sales', manager: { value: 'manager-1' } },
    });
    expect(answer.body).not.toHaveProperty('displayName');
    const { rows } = await api.pool.query('SELECT email, last_name FROM environment.people WHERE id = $1', [
      id,
    ]);
    expect(rows).toEqual([{ email: 'cleo.new@contoso.example', last_name: 'Stone' }]);
  });

  it('makes the address that a replace names and the user does not have', async () => {
    const { id } = await scim.user({ userName: 'without-address' });
    const answer = await scim.patch(`/Users/${id}`, [
      { op: 'Replace', path: 'emails[type eq "work"].value', value: 'made@contoso.example' },
      { op: 'Replace', path: 'roles[primary eq "True"].value', value: 'agent' },
    ]);
    expect(answer.body).toMatchObject({
      emails: [{ type: 'work', value: 'made@contoso.example' }],
      roles: [{ primary: true, value: 'agent' }],
    });
  });

  it('disables a user by the text False, and restores it by True', async () => {
    const { id } = await scim.user(sent('dora'));
    const off = await scim.patch(`/Users/${id}`, [{ op: 'Replace', path: 'active', value: 'False' }]);
    expect(off.body.active).toBe(false);
    const on = await scim.patch(`/Users/${id}`, [{ op: 'Replace', path: 'active', value: 'True' }]);
    expect(on.body.active).toBe(true);
    // With the flag that makes it follow the RFC.
    const flagged = await scim.patch(`/Users/${id}`, [{ op: 'replace', value: { active: false } }]);
    expect(flagged.body.active).toBe(false);
  });

  it('replaces several attributes without a path, by names with dots and brackets', async () => {
    const { id } = await scim.user(sent('edda'));
    const answer = await scim.patch(`/Users/${id}`, [
      {
        op: 'replace',
        value: {
          displayName: 'Edda B',
          'name.givenName': 'Edda',
          'emails[type eq "work"].value': 'edda@contoso.example',
          [`${urns.enterprise}:department`]: 'Care',
          [urns.enterprise]: { costCenter: '9' },
          unknownAttribute: 'left out',
          id: 'left out',
        },
      },
    ]);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.body).toMatchObject({
      id,
      displayName: 'Edda B',
      name: { givenName: 'Edda', familyName: 'Miller' },
      emails: [{ value: 'edda@contoso.example' }],
      [urns.enterprise]: { department: 'Care', costCenter: '9', employeeNumber: '31' },
    });
    expect(answer.text).not.toContain('left out');
  });

  it('creates a group, finds it without members, and changes them', async () => {
    const [one, two] = [await scim.user(sent('fay')), await scim.user(sent('gil'))];
    const created = await scim.call('POST', '/Groups', {
      schemas: [urns.group, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
      externalId: '8aa1a0c0',
      displayName: 'Team North',
      meta: { resourceType: 'Group' },
    });
    expect(created.status).toBe(201);
    const path = `/Groups/${created.body.id}`;
    const listed = await scim.call(
      'GET',
      `/Groups?excludedAttributes=members&filter=${encodeURIComponent('displayName eq "Team North"')}`,
    );
    expect(listed.body.Resources[0]).not.toHaveProperty('members');
    const members = async () => {
      const { body } = await scim.call('GET', path);
      return body.members.map(({ value }: { value: string }) => value);
    };
    const add = {
      op: 'Add',
      path: 'members',
      value: [
        { $ref: null, value: one.id },
        { $ref: null, value: two.id },
      ],
    };
    expect((await scim.patch(path, [add])).status).toBe(204);
    expect(await members()).toEqual([one.id, two.id]);
    await scim.patch(path, [{ op: 'Remove', path: 'members', value: [{ $ref: null, value: one.id }] }]);
    expect(await members()).toEqual([two.id]);
    const isMember = (id: string) => found(`id eq "${created.body.id}" and members eq "${id}"`, 'Groups');
    expect((await isMember(two.id)).totalResults).toBe(1);
    expect((await isMember(one.id)).totalResults).toBe(0);
    expect(
      (await scim.patch(path, [{ op: 'Replace', path: 'displayName', value: 'Team South' }])).status,
    ).toBe(204);
    expect((await scim.call('DELETE', path)).status).toBe(204);
  });
});

describe('Okta', () => {
  const sent = (name: string) => ({
    schemas: [urns.user],
    userName: `${name}@okta.example`,
    name: { givenName: 'Test', familyName: 'User' },
    emails: [{ primary: true, value: `${name}@okta.example`, type: 'work' }],
    displayName: 'Test User',
    locale: 'en-US',
    externalId: `00u-${name}`,
    groups: [],
    password: '1mz050nq-and-longer',
    active: true,
  });

  it('looks for the user, creates it with a password and reads it', async () => {
    const query = `/Users?filter=${encodeURIComponent('userName eq "new@okta.example"')}&startIndex=1&count=100`;
    expect((await scim.call('GET', query)).body).toMatchObject({
      totalResults: 0,
      startIndex: 1,
      itemsPerPage: 0,
    });
    const created = await scim.call('POST', '/Users', sent('new'));
    expect(created.status, created.text).toBe(201);
    expect(created.text).not.toContain('1mz050nq');
    const read = await scim.call('GET', `/Users/${created.body.id}`);
    expect(read.body).toMatchObject({ externalId: '00u-new', locale: 'en-US' });
    expect((await scim.call('POST', '/Users', sent('new'))).status).toBe(409);
  });

  it('writes the whole profile by PUT, with what it has read', async () => {
    const user = await scim.user(sent('put'));
    const answer = await scim.call('PUT', `/Users/${user.id}`, {
      ...user,
      name: { ...user.name, middleName: 'Excited' },
    });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.body).toMatchObject({ id: user.id, name: { givenName: 'Test', middleName: 'Excited' } });
  });

  it('deactivates and reactivates by a PATCH without a path', async () => {
    const { id } = await scim.user(sent('off'));
    for (const active of [false, true]) {
      const answer = await scim.patch(`/Users/${id}`, [{ op: 'replace', value: { active } }]);
      expect([answer.status, answer.body.active]).toEqual([200, active]);
    }
  });

  it('sets another password by a PATCH without a path', async () => {
    const { id } = await scim.user(sent('pass'));
    const answer = await scim.patch(`/Users/${id}`, [
      { op: 'replace', value: { password: 'another-new-password' } },
    ]);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.text).not.toContain('another-new');
    const short = await scim.patch(`/Users/${id}`, [{ op: 'replace', value: { password: 'short' } }]);
    expect(short.body).toMatchObject({
      status: '400',
      scimType: 'invalidValue',
      detail: expect.stringContaining('min-length'),
    });
  });

  it('pushes a group with members, renames it with its id, and replaces the members', async () => {
    const [one, two] = [await scim.user(sent('m1')), await scim.user(sent('m2'))];
    const created = await scim.call('POST', '/Groups', {
      schemas: [urns.group],
      displayName: 'Pushed',
      members: [{ value: one.id, display: 'm1@okta.example' }],
    });
    const path = `/Groups/${created.body.id}`;
    const renamed = await scim.patch(path, [
      { op: 'replace', value: { id: created.body.id, displayName: 'Pushed again' } },
    ]);
    expect(renamed.status).toBe(204);
    await scim.patch(path, [
      { op: 'remove', path: `members[value eq "${one.id}"]` },
      { op: 'add', path: 'members', value: [{ value: two.id, display: 'm2@okta.example' }] },
    ]);
    const group = (await scim.call('GET', path)).body;
    expect(group).toMatchObject({ displayName: 'Pushed again', members: [{ value: two.id }] });
    await scim.call('PUT', path, {
      ...group,
      members: [{ value: one.id, display: 'm1' }, { value: two.id }],
    });
    expect((await scim.call('GET', path)).body.members).toHaveLength(2);
    expect((await found('displayName eq "Pushed again"', 'Groups')).totalResults).toBe(1);
  });
});
