import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Person } from './person.ts';
import { type Stage, startStage } from './stage.ts';

let stage: Stage;
let person: Person;
beforeAll(async () => {
  stage = await startStage();
  person = await stage.installationAdministrator();
});
afterAll(() => stage?.close());

const path = '/auth/console/locations';

it('shows, declares and withdraws locations, and says what was done', async () => {
  const form = await person.open(`${path}/declare`);
  const declared = await person.submit(form, `${path}/declare`, { location: '/USW1/DC2' });
  expect(declared).toMatchObject({ path, message: '/USW1/DC2 is declared' });
  expect(declared.rows).toContainEqual(
    expect.objectContaining({ Location: '/USW1/DC2', 'Named by': 'Declared', Actions: 'Withdraw' }),
  );
  // The message is about one form, and is shown once.
  const again = await person.open(path);
  expect(again.message).toBeUndefined();

  const link = again.links.find(({ text }) => text === 'Withdraw');
  const question = await person.open(link?.href ?? '');
  expect(question.heading).toBe('Withdraw /USW1/DC2?');
  expect(await locations()).toContain('/USW1/DC2');
  const withdrawn = await person.submit(question, `${path}/withdraw`);
  expect(withdrawn).toMatchObject({ path, message: '/USW1/DC2 is not declared any more' });
  expect(await locations()).not.toContain('/USW1/DC2');
});

// attack: message planted in a cookie: words of our own pages that no form has left | CWE-565 | guard: services/auth-ui/src/console/shell/flash.ts
it.each([
  ['of another area', { key: 'error.internal.title' }],
  [
    'with notes of another area',
    { key: 'console.saved.failing', notes: { key: 'error.internal.title', lines: ['Planted'] } },
  ],
  ['that is no text', { key: 'constructor' }],
  ['without its values', { key: 'console.settings.saved' }],
])('says nothing by a message %s', async (_which, message) => {
  const content = Buffer.from(JSON.stringify(message)).toString('base64url');
  person.cookies.set('gatehouse-console-done', content);
  const page = await person.open(path);
  expect([page.status, page.message]).toEqual([200, undefined]);
  expect(person.cookies.has('gatehouse-console-done')).toBe(false);
});

it('finds by a part of the name, and says when nothing matches', async () => {
  await stage.environmentApi.call('POST', '/locations', { payload: { data: { location: '/EUC1' } } });
  const found = await person.open(`${path}?search=euc`);
  expect(found.rows.map(({ Location }) => Location)).toEqual(['/EUC1']);
  expect((await person.open(`${path}?search=nowhere`)).text).toContain('Nothing matches your search.');
});

it('puts what the API refuses beside the field, and keeps what was typed', async () => {
  const form = await person.open(`${path}/declare`);
  const page = await person.submit(form, `${path}/declare`, { location: 'no slash' });
  expect(page).toMatchObject({
    status: 400,
    fieldProblems: { location: expect.stringContaining('must be "/" or a path') },
  });
  expect(page.forms.find(({ action }) => action === `${path}/declare`)?.fields['location']).toBe('no slash');
});

it('says that a location is gone which somebody else withdrew', async () => {
  const question = await person.open(`${path}/withdraw?location=/GONE`);
  const page = await person.submit(question, `${path}/withdraw`);
  expect(page).toMatchObject({ status: 404, heading: 'There is no such page' });
});

it('names the person who did it in the audit trail', async () => {
  const form = await person.open(`${path}/declare`);
  await person.submit(form, `${path}/declare`, { location: '/AUDIT' });
  const { body } = await stage.environmentApi.call('GET', '/audit?limit=1');
  const { sub } = await stage.session.read(person);
  expect(JSON.stringify(body.data[0])).toContain(sub);
});

it('says so while Environment API does not answer, and goes on afterwards', async () => {
  stage.toEnvironmentApi.cut();
  const page = await person.open(path);
  stage.toEnvironmentApi.heal();
  expect(page).toMatchObject({ status: 503, heading: 'This cannot be answered right now' });
  expect(page.links).toContainEqual({ href: path, text: 'Try again' });
  expect((await person.open(path)).status).toBe(200);
});

// attack: a contact-centre administrator calls a page of the installation | CWE-285 | guard: services/auth-ui/src/console/compose.ts
it('is no page for people who administer one contact centre', async () => {
  const other = await stage.contactCenterAdministrator();
  const page = await other.open(path);
  expect(page).toMatchObject({ status: 403, heading: 'You may not see this page' });
  expect(page.links.map(({ href }) => href)).not.toContain(path);
});

async function locations(): Promise<string[]> {
  const { body } = await stage.environmentApi.call('GET', '/locations');
  return body.data.map(({ location }: { location: string }) => location);
}
