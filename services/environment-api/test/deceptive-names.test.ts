/** Names that are not what they look like: refused where they are written, kept where they are stored. */
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Method, type RunningApi, startApi } from './running-api.ts';
import { createScimClient, type ScimClient } from './scim-client.ts';

let api: RunningApi;
let scim: ScimClient;
let center: string;

beforeAll(async () => {
  api = await startApi();
  scim = await createScimClient(api);
  center = await api.contactCenter();
});
afterAll(() => api.close());

const turned = 'North\u202ehtuoS';
const refusal = 'must not hold U+202E';
const send = (method: Method, path: string, data: object) => api.call(method, path, { payload: { data } });

// attack: a contact centre, key or look whose name turns around | UTS 55, CVE-2021-42574 | guard: services/environment-api/src/fields/names.ts
it('names of contact centres, their domains, API keys and looks are refused with field and code point', async () => {
  const environmentId = await api.environment();
  const domains = [`tenant-${randomUuid()}`];
  const answers = [
    ['data.name', await send('POST', '/contact-centers', { environmentId, domains, name: turned })],
    ['data.domains.0', await send('POST', '/contact-centers', { environmentId, domains: [turned] })],
    ['data.name', await send('PUT', `/contact-centers/${center}`, { name: turned })],
    ['data.domains.1', await send('PUT', `/contact-centers/${center}`, { domains: [...domains, turned] })],
    ['data.name', await send('POST', `/contact-centers/${center}/api-keys`, { name: turned })],
    ['data.name', await send('PUT', `/contact-centers/${center}/branding`, { name: turned })],
    ['data.name', await send('PUT', '/branding', { name: turned })],
  ] as const;
  for (const [field, { status, body }] of answers) {
    expect([status, body.errors[0].status.field]).toEqual([400, field]);
    expect(body.errors[0].status.message).toContain(refusal);
  }
});

it('names that were stored before the rule stay when something else is changed', async () => {
  await api.pool.query('UPDATE environment.contact_centers SET name = $2 WHERE id = $1', [center, turned]);
  const { status, body } = await send('PUT', `/contact-centers/${center}`, {
    name: turned,
    status: 'disabled',
  });
  expect([status, body.data.name, body.data.status]).toEqual([200, turned, 'disabled']);
  expect((await send('PUT', `/contact-centers/${center}`, { name: `${turned}2` })).status).toBe(400);
});

// attack: a person or group whose name turns around, by SCIM | UTS 55, CVE-2021-42574 | guard: services/environment-api/src/scim/resource.ts
it.each([
  ['userName', { userName: turned }],
  ['displayName', { displayName: turned }],
  ['name.givenName', { name: { givenName: turned } }],
  ['name.familyName', { name: { familyName: 'Be\u200brg' } }],
  ['name.formatted', { name: { formatted: 'Maria\u001b[2J' } }],
])('SCIM refuses %s with the reason, in a new person and in a change', async (field, fields) => {
  const created = await scim.call('POST', '/Users', { userName: randomUuid(), ...fields });
  expect([created.status, created.body.scimType]).toEqual([400, 'invalidValue']);
  expect(created.body.detail).toContain(`${field} must not hold U+`);

  const { id } = await scim.user({ userName: randomUuid() });
  const replaced = await scim.call('PUT', `/Users/${id}`, { userName: randomUuid(), ...fields });
  expect([replaced.status, replaced.body.scimType]).toEqual([400, 'invalidValue']);
});

// attack: a person or group whose name turns around, without SCIM | UTS 55, CVE-2021-42574 | guard: services/environment-api/src/people/written-fields.ts
it.each([
  ['userName', { userName: turned }],
  ['firstName', { firstName: turned }],
  ['lastName', { lastName: 'Be\u200brg' }],
  ['groups.1', { groups: ['Agents', turned] }],
])(
  'the route for a person refuses %s with the reason, in a new person and in a change',
  async (field, fields) => {
    const people = `/contact-centers/${scim.contactCenterId}/people`;
    const message = expect.stringContaining(`data.${field} must not hold U+`);
    const created = await send('POST', people, { userName: randomUuid(), ...fields });
    expect([created.status, created.text]).toEqual([400, message]);
    const { id } = await scim.user({ userName: randomUuid() });
    const changed = await send('PATCH', `${people}/${id}`, fields);
    expect([changed.status, changed.text]).toEqual([400, message]);
  },
);

it('SCIM refuses such a group, and keeps persons and groups that were stored before', async () => {
  const refused = await scim.call('POST', '/Groups', { displayName: turned });
  expect([refused.status, refused.body.detail]).toEqual([400, expect.stringContaining(refusal)]);

  const { id } = await scim.user({ userName: randomUuid(), displayName: 'North' });
  const { body: group } = await scim.call('POST', '/Groups', { displayName: randomUuid() });
  await api.pool.query(
    `UPDATE environment.people SET attributes = jsonb_build_object('displayName', $2::text) WHERE id = $1`,
    [id, turned],
  );
  await api.pool.query('UPDATE environment.people_groups SET name = $2 WHERE id = $1', [group.id, turned]);
  const title = [{ op: 'replace', path: 'title', value: 'Agent' }];
  expect((await scim.patch(`/Users/${id}`, title)).status).toBe(200);
  const whole = { userName: randomUuid(), displayName: turned };
  expect((await scim.call('PUT', `/Users/${id}`, whole)).status).toBe(200);
  const member = { displayName: turned, members: [{ value: id }] };
  expect((await scim.call('PUT', `/Groups/${group.id}`, member)).status).toBe(200);
  expect((await scim.call('PUT', `/Groups/${group.id}`, { displayName: `${turned}2` })).status).toBe(400);
});
