/** What was deleted can be restored for some days: once, by those who may delete it, and without its secrets. */
import { consoleClientId, contactCenterAdminAuthority } from '@gatehouse/contracts/auth-api';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPeopleStore } from './people-store.ts';
import { flat } from './pictures.ts';
import { type Method, type RunningApi, startApi } from './running-api.ts';
import { withSchemas } from './scim-client.ts';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const send = (method: Method, path: string, data?: object, headers: Record<string, string> = {}) =>
  api.call(method, path, { headers, ...(data === undefined ? {} : { payload: { data } }) });
const dataOf = async (path: string) => (await send('GET', path)).body.data;
const keptOf = async (objectId: string) => (await dataOf(`/deleted?objectId=${objectId}`))[0];
const restore = (id: string, anew: object = {}, headers: Record<string, string> = {}) =>
  send('POST', `/deleted/${id}/restore`, anew, headers);

async function remove(path: string) {
  const answer = await send('DELETE', path);
  expect([200, 204]).toContain(answer.status);
  return keptOf(path.split('/').at(-1) as string);
}

/** Everything that a contact centre has, but times and versions. */
async function wholeOf(id: string) {
  const parts = ['settings', 'saml', 'oidc', 'branding'].map((part) =>
    dataOf(`/contact-centers/${id}/${part}`),
  );
  const center = await dataOf(`/contact-centers/${id}`);
  const { createdAt: _createdAt, updatedAt: _updatedAt, ...fields } = center;
  return { fields, parts: await Promise.all(parts) };
}

it('brings a contact centre back with its settings, origins and look, and its single sign-on switched off without its secret', async () => {
  const id = await api.contactCenter({ name: 'Acme Nord', domains: ['Acme', 'nord.example'] });
  const center = `/contact-centers/${id}`;
  await send('POST', `${center}/settings`, { name: 'x-colour', value: 'blue', location: '/USW1' });
  await send('POST', '/cors', { contactCenterId: id, origin: 'https://desk.example' });
  await send('PUT', `${center}/branding`, { name: 'Acme' });
  const logo = await api.call('PUT', `${center}/branding/logo`, {
    payload: await flat(20, 20).png().toBuffer(),
    headers: { 'content-type': 'image/png' },
  });
  expect(logo.status).toBe(200);
  const oidc = {
    enabled: true,
    issuer: 'https://idp.example',
    clientId: 'gatehouse',
    clientSecret: 'secret-at-the-provider',
    authorizationEndpoint: 'https://idp.example/authorize',
    tokenEndpoint: 'https://idp.example/token',
    jwksUri: 'https://idp.example/keys',
  };
  expect((await send('PUT', `${center}/oidc`, oidc)).status).toBe(200);
  const key = (await send('POST', `${center}/api-keys`, { name: 'reports' })).body.data.key;
  const before = await wholeOf(id);

  const kept = await remove(center);
  expect(kept).toMatchObject({
    kind: 'contact-center',
    objectId: id,
    name: 'Acme Nord',
    deletedBy: 'ops',
    lostSecrets: ['oidcSecret'],
  });
  expect(Date.parse(kept.until) - Date.parse(kept.deletedAt)).toBe(30 * 86_400_000);
  const stored = await api.pool.query('SELECT part::text AS text FROM environment.deleted_parts');
  expect(stored.rows.map(({ text }) => text).join()).not.toMatch(/v1\.first\./);
  expect((await send('GET', center)).status).toBe(404);
  // The look of somebody else is taken away: pictures that nobody uses are deleted then.
  await send('DELETE', '/branding/logo');

  const restored = await restore(kept.id);
  expect(restored.status).toBe(200);
  expect(restored.body.data).toMatchObject({ kind: 'contact-center', id, lostSecrets: ['oidcSecret'] });
  const after = await wholeOf(id);
  expect(restored.headers['etag']).toBe((await send('GET', center)).headers['etag']);
  expect(after.fields).toEqual(before.fields);
  const [settings, saml, oidcAfter, branding] = after.parts;
  expect([settings, saml, branding]).toEqual([before.parts[0], before.parts[1], before.parts[3]]);
  expect(JSON.stringify(oidcAfter)).toContain('"enabled":false');
  expect((await send('GET', `/api-keys/${key}`)).status).toBe(404);
  expect(await dataOf(`/deleted?objectId=${id}`)).toEqual([]);
  expect((await restore(kept.id)).status).toBe(404);

  const trail = await dataOf(`/audit?contactCenterId=${id}&limit=3`);
  expect(trail.map(({ action, entity }: Record<string, string>) => `${action} ${entity}`)).toEqual([
    'update deletion',
    'create contact-center',
    'delete contact-center',
  ]);
});

it('brings a contact centre back whose picture is gone', async () => {
  const id = await api.contactCenter();
  const look = `/contact-centers/${id}/branding`;
  await send('PUT', look, { name: 'Acme' });
  await api.call('PUT', `${look}/logo`, {
    payload: await flat(21, 21).png().toBuffer(),
    headers: { 'content-type': 'image/png' },
  });
  expect(JSON.stringify(await dataOf(look))).toContain('logo');
  const kept = await remove(`/contact-centers/${id}`);
  // As a replica of the release before does with pictures that nobody uses.
  await api.pool.query(
    `DELETE FROM environment.images
      WHERE digest IN (SELECT part ->> 'logo' FROM environment.deleted_parts WHERE deleted_id = $1)`,
    [kept.id],
  );
  expect((await restore(kept.id)).status).toBe(200);
  const after = JSON.stringify(await dataOf(look));
  expect([after.includes('Acme'), after.includes('logo')]).toEqual([true, false]);
});

it('gives a domain free at once, and asks for others when somebody has taken it', async () => {
  const environmentId = await api.environment();
  const fields = { environmentId, domains: ['taken.example'], name: 'First' };
  const id = await api.contactCenter(fields);
  const kept = await remove(`/contact-centers/${id}`);
  await api.contactCenter(fields);
  const refused = await restore(kept.id);
  expect(refused.status).toBe(409);
  expect(refused.text).toContain('data.domains');
  expect((await restore(kept.id, { domains: ['other.example'], name: 'Second' })).status).toBe(200);
  expect(await dataOf(`/contact-centers/${id}`)).toMatchObject({
    domains: ['other.example'],
    name: 'Second',
  });
});

// attack: rights and sessions of a deleted contact centre that Auth API has not heard of yet, in the next one of its id | CWE-613, ASVS 8.3.2 | guard: services/environment-api/src/contact-centers/writes.ts
it('makes a contact centre under the id of a deleted one only when the former rights have ended', async () => {
  const { ended } = api.authApi;
  const [restored, made] = [await api.contactCenter(), await api.contactCenter()];
  expect(ended).not.toContain(restored);
  const kept = await remove(`/contact-centers/${restored}`);
  await remove(`/contact-centers/${made}`);
  const environmentId = await api.environment();
  const again = () => send('POST', '/contact-centers', { id: made, environmentId, domains: [randomUuid()] });
  api.authApi.failPlacesWith(503);
  expect([(await restore(kept.id)).status, (await again()).status]).toEqual([503, 503]);
  api.authApi.failPlacesWith(undefined);
  for (const id of [restored, made]) expect((await send('GET', `/contact-centers/${id}`)).status).toBe(404);
  expect([(await restore(kept.id)).status, (await again()).status]).toEqual([200, 200]);
  expect(ended).toEqual(expect.arrayContaining([restored, made]));
});

// attack: delete and make a contact centre, then send the creation again: everybody of the live one is signed out, and its list is empty | CWE-841, ASVS 2.3.2 | guard: services/environment-api/src/contact-centers/writes.ts
it('ends nothing of a contact centre that is there again when it is made or restored once more', async () => {
  const id = await api.contactCenter();
  const kept = await remove(`/contact-centers/${id}`);
  const again = async () =>
    send('POST', '/contact-centers', { id, environmentId: await api.environment(), domains: [randomUuid()] });
  expect((await again()).status).toBe(200);
  const before = [...api.authApi.ended];
  expect([(await again()).status, (await restore(kept.id)).status]).toEqual([409, 409]);
  expect(api.authApi.ended).toEqual(before);
});

it('restores nothing where it crashes in the middle, and everything when it is repeated', async () => {
  const store = await createPeopleStore(api);
  const person = await store.add({ groups: ['Agents'] });
  const path = `/contact-centers/${store.contactCenterId}/people/${person.id}`;
  await send('DELETE', path);
  const kept = await keptOf(person.id);
  const other = await api.pool.connect();
  try {
    await other.query('BEGIN');
    // The memberships return after the person.
    await other.query('LOCK TABLE environment.people_group_members IN SHARE MODE');
    const restoring = restore(kept.id);
    await expect
      .poll(async () => {
        const { rowCount } = await other.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return rowCount;
      })
      .toBe(1);
    expect((await restoring).status).toBeGreaterThanOrEqual(500);
  } finally {
    await other.query('ROLLBACK');
    other.release();
  }
  expect((await send('GET', path)).status).toBe(404);
  expect(await keptOf(person.id)).toEqual(kept);
  expect((await restore(kept.id)).status).toBe(200);
  expect(await dataOf(path)).toMatchObject({ groups: ['Agents'], number: person.dbid });
});

it('restores once where two ask at the same time', async () => {
  const kept = await remove(`/contact-centers/${await api.contactCenter()}`);
  const answers = await Promise.all([restore(kept.id), restore(kept.id)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 404]);
});

it('brings an environment back with its people and their numbers, when its password is typed again', async () => {
  const id = await api.environment({ tenant: 'Nordic', name: 'Nordic people' });
  const before = await dataOf(`/environments/${id}`);
  const number = `/internal/environments/${id}/person-numbers`;
  const service = api.authApi.token({ internal_client: true });
  const ask = (externalIds: string[]) => send('POST', number, { externalIds }, { authorization: service });
  const [given] = (await ask(['guid-1'])).body.data.numbers;

  const kept = await remove(`/environments/${id}`);
  expect(kept).toMatchObject({
    kind: 'environment',
    name: 'Nordic people',
    lostSecrets: ['accountPassword'],
  });
  const refused = await restore(kept.id);
  expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('data.password')]);
  const namesake = await api.environment({ name: 'Nordic people' });
  const taken = await restore(kept.id, { password: 'typed-again' });
  expect([taken.status, taken.body.errors[0].status.field]).toEqual([409, 'data.name']);
  await send('PATCH', `/environments/${namesake}`, { name: 'Nordic people of 2027' });
  expect((await restore(kept.id, { password: 'typed-again' })).status).toBe(200);
  const {
    updatedAt: _updated,
    createdAt: _created,
    version: _version,
    ...after
  } = await dataOf(`/environments/${id}`);
  expect(before).toMatchObject(after);
  expect((await ask(['guid-1'])).body.data.numbers).toEqual([given]);
});

it('brings back the people of a people store with their environment, and their groups', async () => {
  const store = await createPeopleStore(api);
  const person = await store.add({ groups: ['Agents'], password: 'a-long-password' });
  const path = `/people/${person.id}`;
  await send('DELETE', `/contact-centers/${store.contactCenterId}`);
  const center = await keptOf(store.contactCenterId);
  const environment = await remove(`/environments/${store.environmentId}`);
  expect((await restore(center.id)).status).toBe(400);
  expect((await restore(environment.id)).status).toBe(200);
  expect((await restore(center.id)).status).toBe(200);
  expect(await dataOf(`/contact-centers/${store.contactCenterId}${path}`)).toMatchObject({
    number: person.dbid,
    userName: person.userName,
    groups: ['Agents'],
    hasPassword: false,
  });
});

it('brings a person back who was deleted by SCIM, with the old number and another name where theirs is taken', async () => {
  const store = await createPeopleStore(api);
  const person = await store.add({ userName: 'Anna', groups: ['Agents'], password: 'a-long-password' });
  const users = `/contact-centers/${store.contactCenterId}/scim/v2/Users`;
  expect((await api.call('DELETE', `${users}/${person.id}`)).status).toBe(204);
  expect((await api.call('GET', `${users}/${person.id}`)).status).toBe(404);
  expect((await api.call('GET', `${users}?filter=userName eq "anna"`)).body.totalResults).toBe(0);
  const again = await api.call('POST', users, { payload: withSchemas('POST', users, { userName: 'anna' }) });
  expect(again.status).toBe(201);

  const kept = await keptOf(person.id);
  expect(kept).toMatchObject({ kind: 'person', name: 'Anna', lostSecrets: ['personPassword'] });
  const refused = await restore(kept.id);
  expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('data.name')]);
  expect((await restore(kept.id, { name: 'Anna2' })).status).toBe(200);
  const path = `/contact-centers/${store.contactCenterId}/people/${person.id}`;
  expect(await dataOf(path)).toMatchObject({
    number: person.dbid,
    userName: 'Anna2',
    groups: ['Agents'],
    hasPassword: false,
  });
});

it('ends what is kept when somebody asks for it', async () => {
  const store = await createPeopleStore(api);
  const person = await store.add();
  await api.call('DELETE', `/contact-centers/${store.contactCenterId}/scim/v2/Users/${person.id}`);
  const kept = await keptOf(person.id);
  expect((await send('DELETE', `/deleted/${kept.id}`)).status).toBe(200);
  expect((await restore(kept.id)).status).toBe(404);
  const { rows } = await api.pool.query(
    'SELECT count(*)::integer AS left FROM environment.deleted_parts WHERE deleted_id = $1',
    [kept.id],
  );
  expect(rows).toEqual([{ left: 0 }]);
});

it('erases everything that is kept of a person, also within a deleted environment', async () => {
  const store = await createPeopleStore(api);
  const [erased, other] = [await store.add({ groups: ['Agents'] }), await store.add({ groups: ['Agents'] })];
  const center = await remove(`/contact-centers/${store.contactCenterId}`);
  const environment = await remove(`/environments/${store.environmentId}`);
  const answer = await send('DELETE', `/deleted?userName=${erased.userName.toUpperCase()}`);
  expect([answer.status, answer.body.data]).toEqual([200, { people: 1 }]);
  const kept = await api.pool.query(
    'SELECT part::text FROM environment.deleted_parts WHERE deleted_id = $1',
    [environment.id],
  );
  expect(JSON.stringify(kept.rows)).not.toContain(erased.userName);
  for (const { id } of [environment, center]) expect((await restore(id)).status).toBe(200);
  const people = `/contact-centers/${store.contactCenterId}/people`;
  expect((await send('GET', `${people}/${erased.id}`)).status).toBe(404);
  expect(await dataOf(`${people}/${other.id}`)).toMatchObject({ groups: ['Agents'] });
});

it('keeps nothing for longer than 30 days', async () => {
  const kept = await remove(`/contact-centers/${await api.contactCenter()}`);
  const age = (days: number) =>
    api.pool.query(
      `UPDATE environment.deleted SET deleted_at = now() - $2 * interval '1 day' WHERE id = $1`,
      [kept.id, days],
    );
  await age(29);
  await api.deps.restoration.removeOld();
  expect((await send('GET', `/deleted/${kept.id}`)).status).toBe(200);
  await age(31);
  expect((await send('GET', `/deleted/${kept.id}`)).status).toBe(404);
  expect((await restore(kept.id)).status).toBe(404);
  await api.deps.restoration.removeOld();
  const { rows } = await api.pool.query('SELECT FROM environment.deleted WHERE id = $1', [kept.id]);
  expect(rows).toEqual([]);
});

// attack: read or restore people who were deleted in another contact centre, or a contact centre itself | CWE-639, OWASP API1:2023 | guard: services/environment-api/src/deleted/kept.ts
it('shows administrators of a contact centre the people who were deleted there, and nothing else', async () => {
  const [own, other] = [await createPeopleStore(api), await createPeopleStore(api)];
  const people = [await own.add(), await other.add()] as const;
  for (const [index, { contactCenterId }] of [own, other].entries())
    await api.call('DELETE', `/contact-centers/${contactCenterId}/scim/v2/Users/${people[index]?.id}`);
  const center = await api.contactCenter();
  await send('DELETE', `/contact-centers/${center}`);
  const bound = (contactCenterId: string) => ({
    authorization: api.authApi.token({
      contact_center_ids: [contactCenterId],
      contact_center_id: contactCenterId,
      client_id: consoleClientId,
      sub: randomUuid(),
      grant_type: 'authorization_code',
      auth_time: Math.floor(Date.now() / 1000),
      authorities: [contactCenterAdminAuthority],
    }),
  });
  const listed = (id: string, center: string) =>
    send('GET', `/contact-centers/${center}/deleted-people`, undefined, bound(id));
  const [mine, foreign, gone] = [
    await keptOf(people[0].id),
    await keptOf(people[1].id),
    await keptOf(center),
  ];
  expect((await listed(own.contactCenterId, own.contactCenterId)).body.data).toEqual([mine]);
  expect((await listed(own.contactCenterId, other.contactCenterId)).status).toBe(404);
  expect((await send('GET', '/deleted', undefined, bound(own.contactCenterId))).status).toBe(403);
  // Nor do clients of the installation that may not read its people.
  const internal = { authorization: api.authApi.token({ internal_client: true }) };
  for (const path of ['/deleted', `/deleted/${mine.id}`])
    expect((await send('GET', path, undefined, internal)).status).toBe(403);
  const headers = bound(own.contactCenterId);
  const ofOwn = `/contact-centers/${own.contactCenterId}/deleted-people`;
  for (const { id } of [foreign, gone]) {
    expect((await send('GET', `${ofOwn}/${id}`, undefined, headers)).status).toBe(404);
    expect((await send('POST', `${ofOwn}/${id}/restore`, {}, headers)).status).toBe(404);
    expect((await send('DELETE', `${ofOwn}/${id}`, undefined, headers)).status).toBe(404);
  }
  expect((await restore(mine.id, {}, headers)).status).toBe(403);
  expect((await send('POST', `${ofOwn}/${mine.id}/restore`, {}, headers)).status).toBe(200);
});
