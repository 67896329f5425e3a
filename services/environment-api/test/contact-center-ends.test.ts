/** What is deleted with a contact centre, told before it is. */
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPeopleStore } from './people-store.ts';
import { type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const endsOf = async (id: string) => (await api.call('GET', `/contact-centers/${id}/ends`)).body.data;

it('counts what a contact centre has, and is right when it has gone', async () => {
  const environmentId = await api.environment();
  const [id, neighbour] = [
    await api.contactCenter({ environmentId }),
    await api.contactCenter({ environmentId }),
  ];
  const nothing = { settings: 0, origins: 0, apiKeys: 0, scimKeys: 0, singleSignOn: [], branding: 0 };
  expect(await endsOf(id)).toEqual({ ...nothing, environment: { id: environmentId, contactCenters: 1 } });

  const post = (path: string, data: object) => api.call('POST', path, { payload: { data } });
  await post(`/contact-centers/${id}/settings`, { name: 'x-a', value: 'x' });
  await post(`/contact-centers/${id}/settings`, { name: 'x-b', value: 'y' });
  for (const origin of ['https://one.example', 'https://two.example'])
    await post('/cors', { contactCenterId: id, origin });
  await post(`/contact-centers/${id}/api-keys`, { name: 'one' });
  await api.call('PUT', `/contact-centers/${id}/saml`, { payload: { data: { logout: true } } });
  expect(await endsOf(id)).toMatchObject({
    settings: 2,
    origins: 2,
    apiKeys: 1,
    scimKeys: 0,
    singleSignOn: [{ protocol: 'saml', location: '/', enabled: false }],
  });
  expect(await endsOf(neighbour)).toMatchObject(nothing);

  expect((await api.call('DELETE', `/contact-centers/${id}`)).status).toBe(200);
  expect((await api.call('GET', `/contact-centers/${id}/ends`)).status).toBe(404);
  expect((await endsOf(neighbour)).environment.contactCenters).toBe(0);
});

it('counts the people of a people store, who stay', async () => {
  const store = await createPeopleStore(api);
  await store.add();
  await store.add({ isActive: false });
  const ends = await endsOf(store.contactCenterId);
  expect(ends.environment).toEqual({ id: store.environmentId, contactCenters: 0, people: 2 });
});

// attack: look what another contact centre has | CWE-639, OWASP API1:2023 | guard: services/environment-api/src/access/caller.ts
it("is told of the caller's own contact centre alone", async () => {
  const [own, other] = [await api.contactCenter(), await api.contactCenter()];
  const token = api.authApi.token({ contact_center_ids: [own], contact_center_id: own });
  const ask = async (id: string) =>
    (await api.call('GET', `/contact-centers/${id}/ends`, { headers: { authorization: token } })).status;
  expect([await ask(own), await ask(other), await ask(randomUuid()), await ask('x')]).toEqual([
    200, 404, 404, 404,
  ]);
});
