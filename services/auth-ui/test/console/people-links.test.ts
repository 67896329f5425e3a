/** The identity providers of a person: an administrator sees them, links one, and removes the link. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPeopleStore } from '../../../environment-api/test/people-store.ts';
import { createScimCalls } from '../../../environment-api/test/scim-client.ts';
import type { Answer, Person } from './person.ts';
import { type Stage, startStage } from './stage.ts';

let stage: Stage;
let administrator: Person;
let contactCenterId: string;
beforeAll(async () => {
  stage = await startStage();
  administrator = await stage.installationAdministrator();
  ({ contactCenterId } = await createPeopleStore(stage.environmentApi));
  const scim = await createScimCalls(stage.environmentApi, contactCenterId);
  for (const userName of ['mira', 'noor']) await scim.user({ userName, active: true });
  await stage.environmentApi.call('PUT', `/contact-centers/${contactCenterId}/oidc`, {
    payload: { data: { location: '/', issuer: 'https://idp.example.com', groupsClaim: 'groups' } },
  });
});
afterAll(() => stage?.close());

const path = '/auth/console/people';
const named = (user: string) => `user=${user}&contactCenter=${contactCenterId}`;
const follow = (page: Answer, label: string) => {
  const link = page.links.find(({ text }) => text === label);
  if (link === undefined) throw new Error(`no link ${label} at ${page.path}`);
  return administrator.open(link.href);
};

it('links a person, with the issuer of the settings filled in, names who did it, and removes the link', async () => {
  const profile = await administrator.open(`${path}/person?${named('mira')}`);
  const list = await follow(profile, 'Identity providers');
  expect(list.text).toContain('No identity provider is linked to this person.');

  const form = await follow(list, 'Link an identity provider');
  expect(form.html).toContain('value="https://idp.example.com"');
  const linked = await administrator.submit(form, `${path}/link`, { subject: '00u1' });
  expect(linked.text).toContain('The identity provider is linked.');
  expect(linked.rows).toMatchObject([
    {
      'Identity provider': expect.stringContaining('https://idp.example.com'),
      'Identifier there': '00u1',
      'Linked by': expect.stringContaining(String.raw`demo\supervisor`),
    },
  ]);

  const question = await follow(linked, 'Remove the link');
  expect(question.heading).toBe('Remove a link of mira?');
  const removed = await administrator.submit(question, `${path}/unlink`);
  expect(removed.text).toContain('The link is removed.');
  expect(removed.rows).toEqual([]);
});

it('says beside the field that another person has the identifier', async () => {
  const link = async (user: string) =>
    administrator.submit(await administrator.open(`${path}/link?${named(user)}`), `${path}/link`, {
      subject: 'taken',
    });
  expect((await link('mira')).status).toBe(200);
  const refused = await link('noor');
  expect(refused.status).toBe(409);
  expect(refused.text).toContain('Identifier there');
  expect((await administrator.open(`${path}/links?${named('noor')}`)).rows).toEqual([]);
});

it('offers the groups of the people store in the settings of single sign-on', async () => {
  await stage.environmentApi.call('POST', `/contact-centers/${contactCenterId}/people`, {
    payload: { data: { userName: 'ann', groups: ['Agents'] } },
  });
  const settings = `/auth/console/contact-centers/${contactCenterId}/single-sign-on/settings`;
  const form = await administrator.open(`${settings}?protocol=oidc&location=%2F`);
  const saved = await administrator.submit(form, settings, {
    createPeople: 'true',
    updatePeople: 'true',
    'peopleGroups.Agents': 'true',
    peopleGroups: 'cn=lead -> Supervisors',
  });
  expect(saved.text).toContain('saved');
  const { body } = await stage.environmentApi.call('GET', `/contact-centers/${contactCenterId}/oidc`);
  expect(body.data[0]).toMatchObject({
    ...{ createPeople: true, updatePeople: true, peopleGroups: ['Agents', 'cn=lead -> Supervisors'] },
  });
});
