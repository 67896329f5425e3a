/** The explanation of a sign-in at the console: each cause leads to its button, or says who can press it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { environmentFieldsOf } from '../../../auth-api/test/stack/auth-api.ts';
import { authorizeUrl, createClient } from '../../../auth-api/test/stack/oauth.ts';
import { createPeopleStore } from '../../../environment-api/test/people-store.ts';
import type { Answer, Person } from './person.ts';
import { people, type Stage, startStage } from './stage.ts';

let stage: Stage;
let installation: Person;
let helpDesk: Person;
beforeAll(async () => {
  stage = await startStage();
  installation = await stage.installationAdministrator();
  const list = `/auth/console/contact-centers/${stage.contactCenterId}/administrators/add`;
  const appointed = { way: 'password', user: people.agent.username, 'rights.help-desk': 'true' };
  await installation.submit(await installation.open(list), list, appointed);
  helpDesk = stage.newPerson();
  await helpDesk.openAs('/auth/console', people.agent);
});
afterAll(() => stage?.close());

const explanationOf = (user: string, contactCenter: string) =>
  `/auth/console/people/explanation?${new URLSearchParams({ user, contactCenter })}`;
const addressOf = ({ links }: Answer, label: string) => links.find(({ text }) => text === label)?.href;

/** A contact centre whose Configuration Server is at a port where nobody listens. */
async function withoutServer(): Promise<{ contactCenterId: string; environmentId: string }> {
  const created = await stage.environmentApi.call('POST', '/environments', {
    payload: { data: { ...environmentFieldsOf(1), tlsEnabled: false } },
  });
  const environmentId = created.body.data.id as string;
  return { environmentId, contactCenterId: await stage.environmentApi.contactCenter({ environmentId }) };
}

it('of a disabled contact centre leads to the button that lets people sign in again', async () => {
  const { environmentId } = stage;
  const id = await stage.environmentApi.contactCenter({ environmentId, domains: ['paused'] });
  const steps = `/auth/console/contact-centers/${id}/off-boarding`;
  await installation.submit(await installation.open(`${steps}/disable`), `${steps}/disable`);
  const explained = () => installation.open(explanationOf('supervisor', id));
  const says = (words: string) =>
    expect.poll(async () => (await explained()).text, { timeout: 10_000 }).toContain(words);
  await says('Let people sign in again when');
  const question = addressOf(await explained(), 'Let people sign in again') ?? '';
  expect(question).toBe(`${steps}/enable`);
  await installation.submit(await installation.open(question), question);
  await says('The person can sign in');
});

it('of a directory that is away is reached from the list, and leads to the check of its environment', async () => {
  const { contactCenterId, environmentId } = await withoutServer();
  const list = await installation.open(
    `/auth/console/people?${new URLSearchParams({ contactCenter: contactCenterId, search: 'ada' })}`,
  );
  expect(list).toMatchObject({ status: 503, rows: [] });
  expect(list.text).toContain('Nobody can be listed now');
  const explained = await installation.open(addressOf(list, 'Explain sign-in') ?? '');
  expect(explained).toMatchObject({ status: 200, heading: 'Can ada sign in?' });
  expect(explained.text).toContain('the directory could not be asked. Check the connections');
  const check = `/auth/console/environments/${environmentId}/check`;
  const checked = await installation.submit(explained, check);
  expect(checked).toMatchObject({ status: 200, heading: 'Check of the connections' });
});

it('of nobody is reached from a search that finds nobody, and says where people are added', async () => {
  const search = { contactCenter: stage.contactCenterId, search: 'nobody-here' };
  const list = await installation.open(`/auth/console/people?${new URLSearchParams(search)}`);
  const unknown = await installation.open(addressOf(list, 'Explain sign-in') ?? '');
  expect(unknown.text).toContain('Compare the spelling, or add the person');
  expect(unknown.text).toContain('kept in a Configuration Server, where they are added');
  expect(addressOf(unknown, 'Add a person')).toBeUndefined();

  const { contactCenterId } = await createPeopleStore(stage.environmentApi);
  const ofStore = await installation.open(explanationOf('nobody-here', contactCenterId));
  expect(addressOf(ofStore, 'Add a person')).toBe(
    `/auth/console/people/add?contactCenter=${contactCenterId}`,
  );
});

it('of a person who is disabled elsewhere says that the person is changed there', async () => {
  const explained = await helpDesk.open(explanationOf('locked', stage.contactCenterId));
  expect(explained.text).toContain('The person is disabled.');
  expect(explained.text).toContain('kept in a Configuration Server, where they are added, changed');
});

it('says what an application requires of a person, and names an application that there is not', async () => {
  const client = await createClient(stage.authApi, { minimumAcr: 'secondFactor' });
  const address = explanationOf('supervisor', stage.contactCenterId);
  const ofClient = await helpDesk.open(`${address}&client=${client.clientId}`);
  expect(ofClient.text).toContain('The application');
  expect(ofClient.text).toContain('neither a passkey nor an app for one-time codes');
  expect(addressOf(ofClient, 'Invite to add a factor')).toContain('/auth/console/people/invite?');
  const ofNone = await helpDesk.open(`${address}&client=no-such-client`);
  expect(ofNone).toMatchObject({ status: 200, heading: 'Can supervisor sign in?' });
  expect(ofNone.text).toContain('There is nothing with this name or id.');
  expect(ofNone.text).toContain('none is required');
});

it('says who can do what the help desk cannot, and shows no button for it', async () => {
  const client = await createClient(stage.authApi, { contactCenterIds: [stage.contactCenterId] });
  const wrong = authorizeUrl(client, { redirect_uri: 'https://evil.test/' });
  const { headers } = await stage.authApi.app.inject({ url: wrong });
  const refused = `&correlationId=${String(headers['x-request-id'])}`;
  const ofRequest = await helpDesk.open(explanationOf('supervisor', stage.contactCenterId) + refused);
  expect(ofRequest.text).toContain('An administrator of the contact centre can do this.');
  expect(addressOf(ofRequest, 'Diagnosis')).toBeUndefined();

  // The last thing that this installation does.
  await stage.authApi.simulator.close();
  const ofAway = await helpDesk.open(explanationOf('supervisor', stage.contactCenterId));
  expect(ofAway.text).toContain('An administrator of the installation can do this.');
  expect(ofAway.forms.filter(({ action }) => action.endsWith('/check'))).toEqual([]);
});
