/** Whom an identity provider means by a subject: created once at the first single sign-on, and never taken for somebody else. */
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPeopleStore } from './people-store.ts';
import { type RunningApi, startApi } from './running-api.ts';
import { askSignOn, type SignOnFields } from './sign-on-call.ts';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const ask = (contactCenterId: string, given: SignOnFields) => askSignOn(api, contactCenterId, given);
const signOn = async (contactCenterId: string, given: SignOnFields = {}) =>
  (await ask(contactCenterId, given)).body.data;
const peopleOf = async (contactCenterId: string) => {
  const { rows } = await api.pool.query(
    `SELECT p.id, p.user_name AS "userName" FROM environment.people p JOIN environment.contact_centers c
      ON c.environment_id = p.environment_id WHERE c.id = $1 ORDER BY p.dbid`,
    [contactCenterId],
  );
  return rows as { id: string; userName: string }[];
};

it('creates a person with what the provider tells, once, and finds them under another name later', async () => {
  const { contactCenterId } = await createPeopleStore(api);
  expect(await signOn(contactCenterId, { isTrial: true })).toEqual({ outcome: 'new' });
  expect(await peopleOf(contactCenterId)).toEqual([]);

  const given = { firstName: 'Ada', lastName: 'Lovelace', email: 'ada@example.com' };
  const created = await signOn(contactCenterId, given);
  expect(created).toMatchObject({ outcome: 'created', userName: 'ada' });
  const [person] = await peopleOf(contactCenterId);
  const read = await api.call('GET', `/contact-centers/${contactCenterId}/people/${person?.id}`);
  expect(read.body.data).toMatchObject({ userName: 'ada', ...given, status: 'active', groups: [] });
  expect(await signOn(contactCenterId, { userName: 'ada.lovelace' })).toEqual({
    ...created,
    outcome: 'known',
  });
  expect(await peopleOf(contactCenterId)).toHaveLength(1);
});

// attack: account of another person by a name that the identity provider lets people choose | CWE-287, OpenID Core 5.7 | guard: services/environment-api/src/people/sign-on/provided.ts
it('refuses a name that a person has whom the provider did not create, in whatever spelling', async () => {
  const { contactCenterId, add } = await createPeopleStore(api);
  await add({ userName: 'grace' });
  await signOn(contactCenterId);
  for (const userName of ['grace', 'GRACE', 'ada'])
    expect(await signOn(contactCenterId, { subject: 'somebody else', userName })).toEqual({
      outcome: 'taken',
    });
  expect(await peopleOf(contactCenterId)).toHaveLength(2);
});

// attack: account of another person by their subject at another identity provider | CWE-287, OpenID Core 5.7 | guard: services/environment-api/src/people/sign-on/provided.ts
it('takes the subject of another issuer for somebody else', async () => {
  const { contactCenterId } = await createPeopleStore(api);
  await signOn(contactCenterId);
  const other = { issuer: 'https://other.example' };
  expect(await signOn(contactCenterId, other)).toEqual({ outcome: 'taken' });
  expect(await signOn(contactCenterId, { ...other, userName: 'eve' })).toMatchObject({
    outcome: 'created',
    userName: 'eve',
  });
});

// attack: person of another contact centre by the same identity provider | CWE-639 | guard: services/environment-api/src/people/sign-on/provided.ts
it('knows nobody of another contact centre', async () => {
  const [own, other] = [await createPeopleStore(api), await createPeopleStore(api)];
  const mine = await signOn(own.contactCenterId);
  const theirs = await signOn(other.contactCenterId);
  expect(theirs).toMatchObject({ outcome: 'created' });
  expect(theirs.dbid).not.toBe(mine.dbid);
});

// attack: return after a deletion by signing in once more | CWE-613 | guard: services/environment-api/src/people/sign-on/provided.ts
it('does not create a deleted person again, by subject or by name; restores them with their subject; forgets them when erased', async () => {
  const { contactCenterId } = await createPeopleStore(api);
  const created = await signOn(contactCenterId);
  const [person] = await peopleOf(contactCenterId);
  const remove = () => api.call('DELETE', `/contact-centers/${contactCenterId}/people/${person?.id}`);
  const kept = async () => (await api.call('GET', `/deleted?objectId=${person?.id}`)).body.data[0];

  await remove();
  for (const other of [{}, { userName: 'renamed' }, { subject: 'another' }])
    expect(await signOn(contactCenterId, other)).toEqual({ outcome: 'deleted' });

  const restored = await api.call('POST', `/deleted/${(await kept()).id}/restore`, { payload: { data: {} } });
  expect(restored.status).toBe(200);
  expect(await signOn(contactCenterId)).toEqual({ ...created, outcome: 'known' });

  await remove();
  expect((await api.call('DELETE', `/deleted/${(await kept()).id}`)).status).toBeLessThan(300);
  const { rows } = await api.pool.query(
    `SELECT FROM environment.deleted_parts WHERE place = 'people_links' AND part ->> 'person_id' = $1`,
    [person?.id],
  );
  expect(rows).toEqual([]);
  const anew = await signOn(contactCenterId);
  expect(anew.outcome).toBe('created');
  expect(anew.dbid).not.toBe(created.dbid);
});

it('creates one person where one subject signs in ten times at once', async () => {
  const { contactCenterId } = await createPeopleStore(api);
  const answers = await Promise.all(Array.from({ length: 10 }, () => signOn(contactCenterId)));
  expect(answers.map(({ outcome }) => outcome).toSorted()).toEqual(['created', ...Array(9).fill('known')]);
  expect(new Set(answers.map(({ dbid }) => dbid)).size).toBe(1);
});

// attack: fill the people store by an identity provider where anybody registers | CWE-770 | guard: services/environment-api/src/people/sign-on/provided.ts
it('creates a thousand people within an hour and no more; those whom it knows go on', async () => {
  const { contactCenterId, environmentId, add } = await createPeopleStore(api);
  const { id } = await add();
  const known = await signOn(contactCenterId);
  await api.pool.query(
    `INSERT INTO environment.people_links (environment_id, issuer, subject, person_id)
      SELECT $1, 'https://idp.example', 'n-' || n, $2 FROM generate_series(1, 999) n`,
    [environmentId, id],
  );
  const late = { subject: 'late', userName: 'late' };
  expect(await signOn(contactCenterId, late)).toEqual({ outcome: 'limit' });
  expect(await signOn(contactCenterId)).toEqual({ ...known, outcome: 'known' });
  await api.pool.query(
    `UPDATE environment.people_links SET created_at = now() - interval '61 minutes' WHERE environment_id = $1`,
    [environmentId],
  );
  expect(await signOn(contactCenterId, late)).toMatchObject({ outcome: 'created' });
});

it('refuses people who are elsewhere, unknown contact centres, and names that no person may have', async () => {
  expect((await ask(await api.contactCenter(), {})).status).toBe(409);
  expect((await ask(randomUuid(), {})).status).toBe(404);
  const { contactCenterId } = await createPeopleStore(api);
  for (const userName of ['', 'a\u202eda', 'x'.repeat(256)])
    expect((await ask(contactCenterId, { userName })).status).toBe(400);
  expect(await peopleOf(contactCenterId)).toEqual([]);
});
