import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient } from '../../../auth-api/test/stack/oauth.ts';
import type { Person } from './person.ts';
import { type Stage, startStage } from './stage.ts';

let stage: Stage;
let person: Person;
let administrator: Person;
let centerId: string;
beforeAll(async () => {
  stage = await startStage();
  person = await stage.installationAdministrator();
  administrator = await stage.contactCenterAdministrator();
  centerId = stage.contactCenterId;
  await createClient(stage.authApi, { client_id: 'desk', name: 'Desk' });
  const place = { contactCenter: 'demo' };
  const documents = [
    document('Location', '/USW1'),
    document('ContactCenter', 'demo', { name: 'Nordic Travel', membership: { by: 'all' } }),
    document('Setting', 'x-ring', { value: 'ten' }, place),
    document('Origin', 'https://desk.example.com', {}, place),
    document('Branding', '/', { name: 'Nordic Travel' }, place),
    document('SingleSignOn', 'saml', { enabled: false }, place),
    document('Client', 'desk', { name: 'Desk of the agents' }),
  ];
  const answer = await stage.environmentApi.call('POST', '/apply', {
    payload: { owner: 'platform/git', revision: '4f1c2a', documents },
  });
  if (!answer.body.data?.isApplied) throw new Error(answer.text);
});
afterAll(() => stage?.close());

const document = (kind: string, name: string, spec: object = {}, place: object = {}) => ({
  apiVersion: 'gatehouse/v1',
  kind,
  metadata: { name, ...place },
  spec,
});
const keeper = 'Managed by platform/git@4f1c2a.';
const base = '/auth/console';
const center = () => `${base}/contact-centers/${centerId}`;
const confirm = 'Change it here all the same';
const setting = 'name=x-ring&location=%2F';

it.each([
  ['a contact centre', () => center()],
  ['its second factors', () => `${center()}/second-factor`],
  ['its settings', () => `${center()}/settings`],
  ['its origins', () => `${center()}/origins`],
  ['its single sign-on', () => `${center()}/single-sign-on/set-up?protocol=saml&location=%2F`],
  ['its branding', () => `${base}/branding/edit?cc=${centerId}&location=%2F`],
  ['its logo', () => `${base}/branding/logo?cc=${centerId}&location=%2F`],
  ['a location', () => `${base}/locations`],
  ['a client', () => `${base}/clients/one/desk`],
  ['the secret of a client', () => `${base}/clients/one/desk/secret`],
])('the page of %s names the owner of its documents', async (_what, path) => {
  expect((await person.open(path())).text).toContain(keeper);
});

it.each([
  ['a setting', () => `${center()}/settings/delete?${setting}`],
  ['an origin', () => `${center()}/origins/remove?origin=https%3A%2F%2Fdesk.example.com`],
  ['branding', () => `${base}/branding/delete?cc=${centerId}&location=%2F`],
  ['single sign-on', () => `${center()}/single-sign-on/delete?protocol=saml&location=%2F`],
  ['a contact centre', () => `${center()}/off-boarding/delete`],
  ['a location', () => `${base}/locations/withdraw?location=%2FUSW1`],
  ['a client', () => `${base}/clients/one/desk/delete`],
])('the question before %s is deleted says that it comes back', async (_what, path) => {
  expect((await person.open(path())).text).toContain(
    `${keeper} It comes back when the documents are applied again`,
  );
});

it('a managed field is changed when the person says so once more, and the others at once', async () => {
  const path = `${center()}/edit`;
  const form = await person.open(path);
  expect(form.text).toContain(confirm);
  expect(form.html).toMatch(/id="name-hint">[^<]*Managed by platform\/git@4f1c2a\./);
  expect(form.html).not.toMatch(/id="domains-hint">[^<]*Managed/);

  const other = await person.submit(form, path, { domains: 'demo\r\nnordic' });
  expect(other).toMatchObject({ path: center(), message: 'Nordic Travel is saved' });

  const again = await person.open(path);
  const typed = { name: 'By hand', membershipBy: 'accessGroup', membershipNames: 'Agents' };
  const refused = await person.submit(again, path, typed);
  expect(refused.status).toBe(409);
  expect(refused.fieldProblems['overManaged']).toMatch(/^Documents manage what you have changed: Name, .*/);
  expect(refused.fieldProblems['overManaged']).not.toContain('Tenant names');
  expect(refused.forms.find(({ action }) => action === path)?.fields).toMatchObject(typed);
  expect(await nameOfCenter()).toBe('Nordic Travel');

  await person.submit(again, path, { name: 'By hand', overManaged: 'true' });
  expect(await nameOfCenter()).toBe('By hand');
  const repaired = {
    owner: 'platform/git',
    documents: [document('ContactCenter', 'demo', { name: 'Nordic Travel' })],
  };
  await stage.environmentApi.call('POST', '/apply', { payload: { ...repaired, revision: '4f1c2a' } });
});

it('who was confirmed stays confirmed beside the values of somebody who was faster', async () => {
  const path = `${center()}/settings/change`;
  const form = await person.open(`${path}?${setting}`);
  const theirs = { name: 'x-ring', value: 'eleven', location: '/' };
  await stage.environmentApi.call('POST', `/contact-centers/${centerId}/settings`, {
    payload: { data: theirs },
  });
  const comparison = await person.submit(form, path, { value: 'twelve', overManaged: 'true' });
  expect(comparison).toMatchObject({ status: 412, heading: 'Somebody else was faster' });
  expect(comparison.rows[0]).toMatchObject({ 'As it is now': 'eleven', 'Your change': 'twelve' });
  expect(comparison.rows.map(({ Field }) => Field)).not.toContain(confirm);
  const saved = await person.submit(comparison, path);
  expect(saved.message).toContain('x-ring is saved');
});

it('an administrator of the contact centre alone is told, too, and of nothing else', async () => {
  expect((await administrator.open(`${center()}/edit`)).text).toContain(keeper);
  const path = `${center()}/settings/change`;
  const form = await administrator.open(`${path}?${setting}`);
  expect(await administrator.submit(form, path, { value: 'by hand' })).toMatchObject({ status: 409 });
  expect((await administrator.open(`${base}/clients/one/desk`)).text).not.toContain(keeper);
});

it('a stricter policy is confirmed once, and asked about once', async () => {
  const documents = [
    document('ContactCenter', 'demo', { name: 'Nordic Travel', secondFactor: { mode: 'off' } }),
  ];
  await stage.environmentApi.call('POST', '/apply', {
    payload: { owner: 'platform/git', revision: '4f1c2a', documents },
  });
  const path = `${center()}/second-factor/edit`;
  const form = await person.open(path);
  const stricter = { 'secondFactor.mode': 'required' };
  expect(await person.submit(form, path, stricter)).toMatchObject({ status: 409 });
  const question = await person.submit(form, path, { ...stricter, overManaged: 'true' });
  expect(question.status).toBe(200);
  expect((await person.submit(question, path)).path).toBe(`${center()}/second-factor`);
});

const nameOfCenter = async () =>
  (await stage.environmentApi.call('GET', `/contact-centers/${centerId}`)).body.data.name;
