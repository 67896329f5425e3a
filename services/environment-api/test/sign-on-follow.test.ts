/** Names, addresses and groups of people that follow an identity provider, and what of a person stays as an administrator left it. */
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { createPeopleStore } from './people-store.ts';
import { becomeReadOnly, type RunningApi, startApi } from './running-api.ts';
import { askSignOn, issuer, type SignOnFields } from './sign-on-call.ts';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

async function stage(at = api) {
  const { contactCenterId } = await createPeopleStore(at);
  const signOn = async (given: SignOnFields = {}) => {
    const answer = await askSignOn(at, contactCenterId, { isFollowed: true, ...given });
    return answer.body.data ?? answer.body.status;
  };
  const created = await signOn({ firstName: 'Ada', email: 'ada@example.com', groups: ['Agents'] });
  expect(created).toMatchObject({ outcome: 'created' });
  const { rows } = await at.pool.query(
    `SELECT p.id FROM environment.people p JOIN environment.contact_centers c ON c.environment_id = p.environment_id
      WHERE c.id = $1`,
    [contactCenterId],
  );
  const path = `/contact-centers/${contactCenterId}/people/${rows[0].id}`;
  const change = (data: object) => at.call('PATCH', path, { payload: { data } });
  const read = async () => (await at.call('GET', path)).body.data;
  return { contactCenterId, signOn, change, read };
}

it('writes what differs, once, and says what that is; keeps what the provider does not say', async () => {
  const { signOn, read } = await stage();
  const given = { firstName: 'Augusta', lastName: 'King', groups: ['Agents', 'Supervisors'] };
  const changes = { fields: ['firstName', 'lastName'], joined: ['Supervisors'], left: [] };
  expect(await signOn({ ...given, isTrial: true })).toMatchObject({ outcome: 'known', changes });
  expect(await read()).toMatchObject({ firstName: 'Ada', groups: ['Agents'] });

  expect(await signOn({ ...given, isFollowed: false })).not.toHaveProperty('changes');
  expect(await read()).toMatchObject({ firstName: 'Ada' });

  expect(await signOn(given)).toMatchObject({ outcome: 'known', changes });
  const after = await read();
  expect(after).toMatchObject({ ...given, userName: 'ada', email: 'ada@example.com' });
  expect(await signOn(given)).not.toHaveProperty('changes');
  expect((await read()).version).toBe(after.version);
});

// attack: identity provider takes away a right that an administrator gave | CWE-269 | guard: services/environment-api/src/people/group-service.ts
it('takes away only groups that the provider gave', async () => {
  const { signOn, change, read } = await stage();
  await change({ groups: ['Agents', 'Quality'] });
  expect(await signOn({ groups: ['Quality'] })).toMatchObject({
    changes: { fields: [], joined: [], left: ['Agents'] },
  });
  expect(await signOn({ groups: [] })).not.toHaveProperty('changes');
  expect((await read()).groups).toEqual(['Quality']);
});

// attack: disabled person gets rights by signing in | CWE-285 | guard: services/environment-api/src/people/sign-on/provided.ts
it('changes nothing of a person whom an administrator has disabled', async () => {
  const { signOn, change, read } = await stage();
  await change({ status: 'disabled' });
  const before = await read();
  const answer = await signOn({ firstName: 'Eve', groups: ['Administrators'] });
  expect(answer).toMatchObject({ outcome: 'known', userName: 'ada' });
  expect(answer).not.toHaveProperty('changes');
  expect(await read()).toEqual(before);
});

it('comes to one result where one person signs in ten times at once', async () => {
  const { signOn, read } = await stage();
  await Promise.all(
    Array.from({ length: 10 }, () => signOn({ firstName: 'Eve', groups: ['Agents', 'New'] })),
  );
  expect(await read()).toMatchObject({ firstName: 'Eve', groups: ['Agents', 'New'] });
});

it('refuses names and groups that no person may have, and keeps the person as they are', async () => {
  const { contactCenterId, read } = await stage();
  const before = await read();
  for (const given of [{ firstName: 'a\u202eda' }, { groups: ['a\u202eda'] }]) {
    const { status } = await askSignOn(api, contactCenterId, { isFollowed: true, ...given });
    expect(status).toBe(400);
  }
  expect(await read()).toEqual(before);
});

it('knows nobody by a changed subject, whatever else is the same', async () => {
  const { signOn } = await stage();
  expect(await signOn({ subject: 'other' })).toEqual({ outcome: 'taken' });
  expect(await signOn({ issuer: `${issuer}/` })).toEqual({ outcome: 'taken' });
});

it('lets people in where nothing can be written, unless the provider took a group away', async () => {
  const region = await startApi();
  onTestFinished(() => region.close());
  const { signOn, read } = await stage(region);
  await becomeReadOnly(region);
  const answer = await signOn({ firstName: 'Augusta', groups: ['Agents', 'Supervisors'] });
  expect(answer).toMatchObject({ outcome: 'known', userName: 'ada' });
  expect(answer).not.toHaveProperty('changes');
  expect(await read()).toMatchObject({ firstName: 'Ada', groups: ['Agents'] });
  for (const refused of [{ groups: [] }, { subject: 'another', userName: 'grace' }])
    expect(await signOn(refused)).toMatchObject({ name: 'read_only_region' });
});
