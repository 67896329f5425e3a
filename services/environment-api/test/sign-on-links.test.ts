/** Links of people to identity providers that administrators see, make and remove. */
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPeopleStore } from './people-store.ts';
import { type RunningApi, startApi } from './running-api.ts';
import { askSignOn, issuer, type SignOnFields } from './sign-on-call.ts';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const link = { protocol: 'oidc', issuer, subject: 'subject' };

async function stage() {
  const { contactCenterId, environmentId, add } = await createPeopleStore(api);
  const person = await add({ userName: 'grace' });
  const pathOf = (id: string) => `/contact-centers/${contactCenterId}/people/${id}/links`;
  const path = pathOf(person.id);
  return {
    contactCenterId,
    environmentId,
    person,
    add,
    path,
    list: async () => (await api.call('GET', path)).body.data,
    link: (data: object = link, id = person.id, headers = {}) =>
      api.call('POST', pathOf(id), { payload: { data }, headers }),
    unlink: (id: string) => api.call('DELETE', `${path}/${id}`),
    signOn: async (given: SignOnFields = {}) =>
      (await askSignOn(api, contactCenterId, { userName: 'grace', ...given })).body.data,
  };
}

it('lets a person of the store in by a link that an administrator makes, and no longer without it', async () => {
  const { person, signOn, link: make, list, unlink } = await stage();
  expect(await signOn()).toEqual({ outcome: 'taken' });
  const made = await make();
  expect(made.status).toBe(200);
  expect(made.body.data).toEqual([
    { ...link, id: expect.any(String), linkedBy: expect.any(String), createdAt: expect.any(String) },
  ]);
  expect(await list()).toEqual(made.body.data);
  expect(await signOn()).toEqual({ outcome: 'known', userName: 'grace', dbid: person.dbid });

  expect((await unlink(made.body.data[0].id)).status).toBe(200);
  expect(await list()).toEqual([]);
  expect(await signOn()).toEqual({ outcome: 'taken' });
  expect((await unlink(made.body.data[0].id)).status).toBe(404);
});

it('shows the link of a first sign-in, without an administrator', async () => {
  const { contactCenterId, signOn } = await stage();
  await signOn({ userName: 'ada', issuer: 'saml https://idp.example/saml' });
  const found = await api.call(
    'GET',
    `/contact-centers/${contactCenterId}/scim/v2/Users?filter=${encodeURIComponent('userName eq "ada"')}`,
  );
  const links = await api.call(
    'GET',
    `/contact-centers/${contactCenterId}/people/${found.body.Resources[0].id}/links`,
  );
  expect(links.body.data).toEqual([
    {
      protocol: 'saml',
      issuer: 'https://idp.example/saml',
      subject: 'subject',
      id: expect.any(String),
      createdAt: expect.any(String),
    },
  ]);
});

it('takes away groups of the provider with the link, ends the sessions of the person, and leaves a trail', async () => {
  const { contactCenterId, environmentId, person, signOn, link: make, unlink } = await stage();
  const { body } = await make();
  await signOn({ isFollowed: true, groups: ['Agents'] });
  await unlink(body.data[0].id);
  const read = await api.call('GET', `/contact-centers/${contactCenterId}/people/${person.id}`);
  expect(read.body.data.groups).toEqual([]);
  const { rows: ends } = await api.pool.query(
    `SELECT FROM environment.changes WHERE entity = 'person-end' AND entity_id = $1`,
    [`${environmentId} ${person.dbid}`],
  );
  expect(ends).toHaveLength(1);
  const audit = await api.call('GET', `/audit?contactCenterId=${contactCenterId}`);
  const changes = audit.body.data.map((one: { changes: object }) => one.changes);
  expect(changes).toContainEqual({ signOnLink: { to: '[secret]' } });
  expect(changes).toContainEqual({ signOnLink: { from: '[secret]' } });
  expect(JSON.stringify(audit.body)).not.toContain('"subject"');
});

// attack: link of one person taken over for another | CWE-639 | guard: services/environment-api/src/people/sign-on/sign-on-links.ts
it('gives no link of one person to another, also where that person is deleted', async () => {
  const { contactCenterId, person, add, signOn, link: make } = await stage();
  await make();
  const other = await add({ userName: 'eve' });
  expect(await make(link, other.id)).toMatchObject({ status: 409, body: { status: { reason: 'taken' } } });
  await api.call('DELETE', `/contact-centers/${contactCenterId}/people/${person.id}`);
  expect((await make(link, other.id)).status).toBe(409);
  expect(await signOn({ userName: 'eve' })).toEqual({ outcome: 'deleted' });
});

// attack: link to an identity provider made for a person before the person becomes an administrator | CWE-269, ASVS 8.2.1 | guard: services/environment-api/src/people/sign-on/provided.ts
it('leads to nobody who became an administrator since, unless an installation writer made the link', async () => {
  const { contactCenterId, person, list, signOn, link: make, unlink } = await stage();
  const authorization = api.authApi.token({
    authorities: ['ROLE_MANAGEMENT_APPLICATION'],
    contact_center_ids: [contactCenterId],
    contact_center_id: contactCenterId,
  });
  expect((await make(link, person.id, { authorization })).status).toBe(200);
  expect(await signOn()).toMatchObject({ outcome: 'known' });
  const entry = { contactCenterId, dbid: person.dbid };
  api.authApi.administrators.push(entry);
  await expect
    .poll(() => signOn({ isFollowed: true, groups: ['Agents'] }), { timeout: 10_000 })
    .toEqual({ outcome: 'taken' });
  expect(await signOn({ isTrial: true })).toEqual({ outcome: 'taken' });

  const [{ id }] = await list();
  await unlink(id);
  expect((await make()).status).toBe(200);
  expect(await signOn()).toMatchObject({ outcome: 'known', dbid: person.dbid });
  api.authApi.administrators.splice(api.authApi.administrators.indexOf(entry), 1);
});

// attack: person of one identity provider by the name of it in another protocol | CWE-287 | guard: packages/contracts/src/environment-api/people.ts
it('takes an entity id for no issuer of OpenID Connect', async () => {
  const { signOn, link: make } = await stage();
  await make({ ...link, protocol: 'saml' });
  expect(await signOn()).toEqual({ outcome: 'taken' });
  expect(await signOn({ issuer: `saml ${issuer}` })).toMatchObject({ outcome: 'known' });
});

it('links and shows nobody of another contact centre', async () => {
  const [own, other] = [await stage(), await stage()];
  await other.link();
  const authorization = api.authApi.token({
    authorities: ['ROLE_ADMINISTRATOR'],
    contact_center_ids: [own.contactCenterId],
  });
  const [{ id }] = await other.list();
  for (const [method, path, sent] of [
    ['GET', other.path, {}],
    ['POST', other.path, { payload: { data: { ...link, subject: 'mine' } } }],
    ['DELETE', `${other.path}/${id}`, {}],
  ] as const)
    expect((await api.call(method, path, { headers: { authorization }, ...sent })).status).toBe(404);
  const foreign = `/contact-centers/${own.contactCenterId}/people/${other.person.id}/links`;
  expect((await api.call('GET', foreign)).status).toBe(404);
  expect(await other.signOn()).toMatchObject({ outcome: 'known' });
});

it('counts no link of an administrator among the new people of an hour', async () => {
  const { environmentId, person, signOn } = await stage();
  await api.pool.query(
    `INSERT INTO environment.people_links (environment_id, issuer, subject, person_id, linked_by)
      SELECT $1, 'https://idp.example', 'n-' || n, $2, 'ops' FROM generate_series(1, 1000) n`,
    [environmentId, person.id],
  );
  expect(await signOn({ userName: 'ada' })).toMatchObject({ outcome: 'created' });
});

it('refuses a link without its parts, one of an unknown person, and the 21st', async () => {
  const { contactCenterId, environmentId, person, link: make } = await stage();
  for (const [field, data] of [
    ['data.subject', { ...link, subject: '' }],
    ['data.protocol', { ...link, protocol: 'ldap' }],
    ['data.issuer', { protocol: 'oidc', subject: 'subject' }],
  ] as const) {
    const { status, body } = await make(data);
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain(field);
  }
  expect((await make(link, randomUuid())).status).toBe(404);
  await api.pool.query(
    `INSERT INTO environment.people_links (environment_id, issuer, subject, person_id)
      SELECT $1, 'https://idp.example', 'n-' || n, $2 FROM generate_series(1, 20) n`,
    [environmentId, person.id],
  );
  expect((await make()).status).toBe(409);
  const elsewhere = await api.contactCenter();
  expect((await api.call('GET', `/contact-centers/${elsewhere}/people/${person.id}/links`)).status).toBe(409);
  expect(contactCenterId).not.toBe(elsewhere);
});
