import { randomUuid } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient } from '../../../auth-api/test/stack/oauth.ts';
import type { Person } from './person.ts';
import { type Stage, startStage } from './stage.ts';

let stage: Stage;
let person: Person;
beforeAll(async () => {
  stage = await startStage();
  person = await stage.installationAdministrator();
});
afterAll(() => stage?.close());

const path = '/auth/console/contact-centers';

it('creates a contact centre, shows it, and finds it by its tenant name', async () => {
  const form = await person.open(`${path}/create?environmentId=${stage.environmentId}`);
  const created = await person.submit(form, `${path}/create`, {
    name: 'Harbour',
    domains: 'harbour\nport\n',
    membershipBy: 'accessGroup',
    membershipNames: 'Harbour agents\nHarbour leads',
  });
  expect(created).toMatchObject({ heading: 'Harbour', message: 'Harbour is created' });
  expect(created.text).toContain('harbour, port');
  expect(created.text).toContain('Members of these access groups · Harbour agents · Harbour leads');
  expect(created.text).toContain('Subject of a person Of this contact centre alone');
  const found = await person.open(`${path}?search=port`);
  expect(found.rows).toMatchObject([{ Name: 'Harbour', 'Tenant names': 'harbour, port', Status: 'Active' }]);
  expect((await person.open(`${path}?search=nowhere`)).text).toContain('Nothing matches your search.');
});

it('shows those of one environment, page by page, and keeps the filter', async () => {
  const environmentId = await stage.environmentApi.environment();
  for (let number = 0; number < 51; number += 1)
    await stage.environmentApi.contactCenter({
      environmentId,
      name: `Page ${number}`,
      domains: [`p${number}`],
    });
  const lonely = await stage.environmentApi.environment();
  const none = await person.open(`${path}?environmentId=${lonely}`);
  expect(none.text).toContain('There is nothing in this selection.');
  const first = await person.open(`${path}?environmentId=${environmentId}&search=page`);
  expect(first.rows).toHaveLength(50);
  const second = await person.open(first.links.find(({ text }) => text === 'Next page')?.href ?? '');
  expect(second.rows.map(({ Name }) => Name)).toEqual(['Page 50']);
  const back = second.links.find(({ text }) => text === 'First page');
  expect((await person.open(back?.href ?? '')).rows).toHaveLength(50);
});

it('says of a saved tenant name what is easily typed wrong', async () => {
  const form = await person.open(`${path}/create?environmentId=${stage.environmentId}`);
  const membership = { membershipBy: 'tenant', membershipNames: 'Nobody' };
  const saved = await person.submit(form, `${path}/create`, {
    domains: 'b d',
    name: 'Doubtful',
    ...membership,
  });
  expect(saved.html).toContain('class="message message-warning"');
  expect(saved.message).toMatch(/It is saved\. Please look at this: "b d" holds a space/);
  const german = await stage.installationAdministrator();
  german.cookies.set('gatehouse-language', 'de');
  const again = await german.open(`${path}/create?environmentId=${stage.environmentId}`);
  const fields = { domains: '-x', name: 'Zweifelhaft', ...membership };
  const { message } = await german.submit(again, `${path}/create`, fields);
  expect(message).toContain('„-x“ beginnt mit einem Bindestrich');
});

it('puts what the API refuses beside the field, and keeps what was typed', async () => {
  const form = await person.open(`${path}/create?environmentId=${stage.environmentId}`);
  const wrong = await person.submit(form, `${path}/create`, { domains: 'fine\nno@good', name: 'Kept' });
  expect(wrong).toMatchObject({
    status: 400,
    fieldProblems: { domains: expect.stringContaining('must not hold') },
  });
  expect(wrong.forms.find(({ action }) => action === `${path}/create`)?.fields).toMatchObject({
    domains: 'fine\nno@good',
    name: 'Kept',
  });
  const unchosen = await person.submit(form, `${path}/create`, { domains: 'fine' });
  expect(unchosen).toMatchObject({ status: 400, fieldProblems: { membershipBy: expect.any(String) } });
  const unfit = { domains: 'fine', membershipBy: 'organizationalUnit', membershipNames: 'ou=a,dc=b' };
  expect((await person.submit(form, `${path}/create`, unfit)).fieldProblems).toMatchObject({
    membershipBy: expect.stringContaining('Configuration Servers'),
  });
  const nameless = await person.submit(form, `${path}/create`, { domains: 'fine', membershipBy: 'tenant' });
  expect(nameless.fieldProblems).toMatchObject({ membershipNames: expect.any(String) });
  const taken = await person.submit(form, `${path}/create`, { domains: 'DEMO', membershipBy: 'all' });
  expect(taken).toMatchObject({
    status: 409,
    fieldProblems: { domains: expect.stringContaining('belongs to') },
  });
});

it('says in the language of the page why the API refuses, with its own words where they say more', async () => {
  const german = await stage.installationAdministrator();
  german.cookies.set('gatehouse-language', 'de');
  const form = await german.open(`${path}/create?environmentId=${stage.environmentId}`);
  const create = async (fields: Record<string, string>) =>
    (await german.submit(form, `${path}/create`, fields)).fieldProblems;
  expect(await create({ domains: 'DEMO', membershipBy: 'all' })).toEqual({
    domains: expect.stringMatching(/^Das ist schon vergeben: The domain "demo" belongs to/i),
  });
  expect(await create({ domains: 'free', environmentId: randomUuid() })).toEqual({
    environmentId: 'Es gibt nichts mit diesem Namen oder dieser ID.',
  });
  expect(await create({ domains: 'x'.repeat(300) })).toEqual({
    domains: 'Zu lang. Höchstzahl der Zeichen: 255.',
  });
  expect(await create({ domains: 'no@good' })).toEqual({
    domains: expect.stringMatching(/^Ein Zeichen darin ist hier nicht erlaubt: must not hold/),
  });
});

it('shows a comparison where somebody else was faster, and overwrites only on a second click', async () => {
  const id = await newCenter('Before');
  const form = await person.open(`${path}/${id}/edit`);
  await stage.environmentApi.call('PATCH', `/contact-centers/${id}`, {
    payload: { data: { name: 'Theirs' } },
  });
  const comparison = await person.submit(form, `${path}/${id}/edit`, { name: 'Mine' });
  expect(comparison).toMatchObject({ status: 412, heading: 'Somebody else was faster' });
  expect(comparison.rows[0]).toMatchObject({ 'As it is now': 'Theirs', 'Your change': 'Mine' });
  expect(await nameOf(id)).toBe('Theirs');
  const saved = await person.submit(comparison, `${path}/${id}/edit`);
  expect(saved).toMatchObject({ heading: 'Mine', message: 'Mine is saved' });
});

it('changes within what a subject names one person', async () => {
  const id = await newCenter('Shared subjects');
  const form = await person.open(`${path}/${id}/edit`);
  expect(form.forms.at(-1)?.fields).toMatchObject({ subjectScope: 'contactCenter' });
  const saved = await person.submit(form, `${path}/${id}/edit`, { subjectScope: 'environment' });
  expect(saved.message).toBe('Shared subjects is saved');
  const again = await person.open(`${path}/${id}/edit`);
  expect(again.forms.at(-1)?.fields).toMatchObject({ subjectScope: 'environment' });
});

it('changes which factors the people need, and asks first where somebody may be kept out', async () => {
  const id = await newCenter('Careful');
  const address = `${path}/${id}/second-factor/edit`;
  const wanted = {
    'secondFactor.mode': 'offered',
    'secondFactor.hints.security-key': 'true',
    'secondFactor.enrolmentGraceDays': '30',
    'secondFactor.rememberDays': '7',
    'secondFactor.requiredRoles': 'ROLE_ADMIN',
  };
  const fresh = await person.open(`${path}/${id}/second-factor`);
  // `None` and `0` would read as if no passkey counted, and no factor for a moment.
  for (const words of ['All models', 'The browser decides', 'Never', 'As long as the session'])
    expect(fresh.text).toContain(words);
  const question = await person.submit(await person.open(address), address, wanted);
  expect(question.text).toContain('Their refresh tokens end after the time that you chose.');
  expect(question.forms.at(-1)?.fields).toMatchObject({ ...wanted, isConfirmed: 'true' });
  expect((await person.open(address)).forms.at(-1)?.fields).toMatchObject({ 'secondFactor.mode': 'off' });
  const saved = await person.submit(question, address);
  expect(saved.message).toBe('Careful is saved');
  expect((await person.open(address)).forms.at(-1)?.fields).toMatchObject(wanted);
  expect((await person.open(`${path}/${id}/second-factor`)).status).toBe(200);
  const weaker = await person.submit(await person.open(address), address, {
    'secondFactor.requiredRoles': '',
    'secondFactor.rememberDays': '9',
  });
  expect(weaker.message).toBe('Careful is saved');
});

it('leads administrators of one contact centre to theirs, where they change name, status and the second factor alone', async () => {
  const administrator = await stage.contactCenterAdministrator();
  const own = await administrator.open(path);
  expect(own).toMatchObject({ path: `${path}/${stage.contactCenterId}`, heading: 'Demo' });
  expect(own.links.map(({ href }) => href)).not.toContain(
    `/auth/console/environments/${stage.environmentId}`,
  );
  const form = await administrator.open(`${own.path}/edit`);
  const { fields } = form.forms.find(({ action }) => action === `${own.path}/edit`) ?? {};
  expect(Object.keys(fields ?? {}).sort()).toEqual(['csrf', 'formKey', 'ifMatch', 'name', 'status']);
  const policy = await administrator.open(`${own.path}/second-factor/edit`);
  expect(policy.forms.at(-1)?.fields).toMatchObject({ 'secondFactor.mode': 'off' });
  const renamed = await administrator.submit(form, `${own.path}/edit`, {
    name: 'Demo Ltd',
    domains: 'taken',
  });
  expect(renamed).toMatchObject({ heading: 'Demo Ltd', message: 'Demo Ltd is saved' });
  expect(renamed.text).not.toContain('taken');
});

// attack: an administrator of one contact centre opens another one by its address | CWE-639 | guard: services/environment-api/src/access/caller.ts
it('shows no other contact centre to administrators of one', async () => {
  const id = await newCenter('Foreign');
  const administrator = await stage.contactCenterAdministrator();
  const tabs = ['', '/edit', '/settings', '/origins', '/api-keys', '/off-boarding'];
  for (const tab of tabs) expect((await administrator.open(`${path}/${id}${tab}`)).status).toBe(404);
  expect((await administrator.open(`${path}/create`)).status).toBe(403);
});

it('is no page for people without a right', async () => {
  const plain = stage.newPerson();
  const page = await plain.openAs(path, { username: 'agent', password: 'demo-agent-password' });
  expect(page.status).toBe(403);
});

async function newCenter(name: string): Promise<string> {
  const { environmentId } = stage;
  return stage.environmentApi.contactCenter({ environmentId, name, domains: [`d-${crypto.randomUUID()}`] });
}

async function nameOf(id: string): Promise<string> {
  return (await stage.environmentApi.call('GET', `/contact-centers/${id}`)).body.data.name;
}

it('names the environments of a list, and of a form, however many there are', async () => {
  const { environmentApi, environmentId } = stage;
  for (let made = 0; made < 110; made += 10)
    await Promise.all(Array.from({ length: 10 }, () => environmentApi.environment()));
  const last = await environmentApi.environment({ name: 'Last people' });
  await environmentApi.contactCenter({ environmentId: last, name: 'Far away', domains: ['far-away'] });
  const list = await person.open(`${path}?search=far-away`);
  expect(list.rows[0]?.['Environment']).toBe('Last people');
  const filtered = await person.open(`${path}?environmentId=${last}&search=nowhere`);
  expect(filtered.html).toMatch(/<option value="[^"]+" selected>Last people</);
  expect((await person.open(`${path}?environmentId=x%22y`)).status).toBe(400);
  const form = await person.open(`${path}/create?environmentId=${last}`);
  expect(form.forms.at(-1)?.fields).toMatchObject({ 'environmentId.chosen': last });
  const typed = { domains: 'near-by', 'environmentId.chosen': '' };
  const found = await person.submit(form, `${path}/create`, { ...typed, 'find.environmentId': 'last peo' });
  expect(found.text).toContain('Found for “last peo”: 1. Last people');
  expect(found.forms.at(-1)?.fields).toMatchObject({ domains: 'near-by' });
  const created = await person.submit(found, `${path}/create`, {
    'environmentId.chosen': environmentId,
    ...{ membershipBy: 'accessGroup', membershipNames: 'Near' },
  });
  expect(created).toMatchObject({ status: 200, heading: 'near-by' });
});

it('opens where the environment is missing, and says so', async () => {
  const id = await stage.environmentApi.contactCenter({ name: 'Adrift', domains: ['adrift.example'] });
  const gone = '00000000-0000-4000-8000-000000000000';
  // No call makes such a row: the database was restored by hand.
  await stage.environmentApi.pool.query(`BEGIN;
    ALTER TABLE environment.contact_centers DROP CONSTRAINT contact_centers_environment_id_fkey;
    UPDATE environment.contact_centers SET environment_id = '${gone}' WHERE id = '${id}';
    ALTER TABLE environment.contact_centers ADD CONSTRAINT contact_centers_environment_id_fkey
      FOREIGN KEY (environment_id) REFERENCES environment.environments ON DELETE RESTRICT NOT VALID;
    COMMIT`);
  const opened = await person.open(`${path}/${id}`);
  expect(opened).toMatchObject({ status: 200, heading: 'Adrift' });
  expect(opened.text).toContain(`${gone} does not exist: choose another environment.`);
});

it('offers to undo a deletion, and asks for another tenant name where somebody has taken it', async () => {
  const deleted = '/auth/console/deleted';
  const id = await stage.environmentApi.contactCenter({ name: 'Slip', domains: ['slip.example'] });
  const question = await person.open(`${path}/${id}/off-boarding/delete`);
  const gone = await person.submit(question, `${path}/${id}/off-boarding/delete`, { name: 'Slip' });
  expect(gone).toMatchObject({ path, message: expect.stringContaining('Slip is deleted') });
  await stage.environmentApi.contactCenter({ name: 'Other', domains: ['slip.example'] });

  const list = await person.open(deleted);
  expect(list.rows[0]).toMatchObject({ Name: 'Slip', Kind: 'Contact centre' });
  const form = await person.submit(gone, `${deleted}/undo/contact-center/${id}`);
  expect(form.heading).toBe('Restore Slip?');
  const taken = await person.submit(form, form.path);
  expect(taken).toMatchObject({
    status: 409,
    fieldProblems: { domains: expect.stringContaining('slip.example') },
  });
  const anew = { name: 'Slip anew', domains: 'slip-2.example' };
  const restored = await person.submit(taken, form.path, anew);
  expect(restored).toMatchObject({
    path: `${path}/${id}`,
    heading: 'Slip anew',
    message: 'Slip anew is restored',
  });
  expect((await person.open(deleted)).rows).not.toContainEqual(expect.objectContaining({ Name: 'Slip' }));
});

it('restores a client with a secret that is shown once, and erases what is kept of an environment', async () => {
  const deleted = '/auth/console/deleted';
  await createClient(stage.authApi, { client_id: 'slipped', authorizedGrantTypes: ['client_credentials'] });
  const question = await person.open('/auth/console/clients/one/slipped/delete');
  const gone = await person.submit(question, '/auth/console/clients/one/slipped/delete');
  const form = await person.submit(gone, `${deleted}/undo/client/slipped`);
  expect((await person.submit(form, form.path)).heading).toBe('The new secret');
  expect((await person.open('/auth/console/clients/one/slipped')).status).toBe(200);

  const environmentId = await stage.environmentApi.environment();
  await stage.environmentApi.call('DELETE', `/environments/${environmentId}`);
  const list = await person.open(deleted);
  const erase = list.links.find(({ text }) => text.includes('Erase for good'));
  const asked = await person.open(erase?.href ?? '');
  expect(await person.submit(asked, asked.path)).toMatchObject({
    path: deleted,
    message: expect.stringContaining('is erased'),
  });
  const { body } = await stage.environmentApi.call('GET', `/deleted?objectId=${environmentId}`);
  expect(body.data).toEqual([]);
});
