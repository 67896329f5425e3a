import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Person } from './person.ts';
import { type Stage, startStage } from './stage.ts';

let stage: Stage;
let person: Person;
let administrator: Person;
beforeAll(async () => {
  stage = await startStage();
  person = await stage.installationAdministrator('office');
  administrator = await stage.contactCenterAdministrator();
});
afterAll(() => stage?.close());

const centers = '/auth/console/contact-centers';
const own = (tab: string) => `${centers}/${stage.contactCenterId}/${tab}`;

it('allows an origin, refuses what is none, and removes it', async () => {
  const path = own('origins');
  const form = await administrator.open(`${path}/add`);
  const wrong = await administrator.submit(form, `${path}/add`, { origin: 'https://desk.example.com/path' });
  expect(wrong).toMatchObject({
    status: 400,
    fieldProblems: { origin: expect.stringContaining('no origin') },
  });
  const added = await administrator.submit(form, `${path}/add`, { origin: 'https://desk.example.com' });
  expect(added).toMatchObject({ path, message: 'https://desk.example.com is allowed' });
  expect(added.rows).toMatchObject([{ Origin: 'https://desk.example.com' }]);
  const question = await administrator.open(added.links.find(({ text }) => text === 'Remove')?.href ?? '');
  const removed = await administrator.submit(question, `${path}/remove`);
  expect(removed).toMatchObject({ path, rows: [] });
});

it('shows origins that all contact centres allow, where nothing can be removed', async () => {
  const setting = { name: 'cors-origins', value: 'https://all.example.com', location: '/' };
  await stage.environmentApi.call('POST', '/settings', { payload: { data: setting } });
  const page = await administrator.open(own('origins'));
  expect(page.text).toContain('Allowed for all contact centres');
  expect(page.text).toContain('https://all.example.com');
  expect(page.links.map(({ text }) => text)).not.toContain('Remove');
});

it('shows a new API key once, rotates it with an overlap, and deletes it', async () => {
  const path = own('api-keys');
  const form = await administrator.open(`${path}/create`);
  const shown = await administrator.submit(form, `${path}/create`, {
    name: 'Wallboard',
    expiresAt: '2099-01-31',
  });
  const key = keyIn(shown.text);
  expect(shown.headers.get('cache-control')).toBe('no-store');
  const list = await administrator.open(path);
  expect(list.html).not.toContain(key);
  expect(list.rows).toMatchObject([{ Purpose: 'APIs', 'Last used': 'Never' }]);
  expect(list.rows[0]?.['Ends']).toContain('Jan 31, 2099');

  const question = await administrator.open(linkTo(list, 'Rotate'));
  const rotated = await administrator.submit(question, `${path}/rotate`, { overlapSeconds: '3600' });
  expect(keyIn(rotated.text)).not.toBe(key);
  const both = await administrator.open(path);
  expect(both.rows[0]?.['Last used']).toContain('The former key works until');
  for (const one of [key, keyIn(rotated.text)]) expect(await works(one)).toBe(true);

  const last = await administrator.open(linkTo(both, 'Delete'));
  expect(last.heading).toBe('Delete the key Wallboard?');
  const deleted = await administrator.submit(last, `${path}/delete`);
  expect(deleted).toMatchObject({ path, message: 'The key is deleted' });
  expect(await works(keyIn(rotated.text))).toBe(false);
});

it('makes an API key that counts from a day on, and not before', async () => {
  const path = own('api-keys');
  const typed = { name: 'Later', validFrom: '2098-01-31', expiresAt: '2099-01-31' };
  const form = await administrator.open(`${path}/create`);
  const shown = await administrator.submit(form, `${path}/create`, typed);
  expect(await works(keyIn(shown.text))).toBe(false);
  const list = await administrator.open(path);
  expect(list.rows.find(({ Name }) => Name?.startsWith('Later'))?.['Ends']).toContain('from Jan 31, 2098');
  const question = await administrator.open(linkTo(list, 'Delete'));
  await administrator.submit(question, `${path}/delete`);
});

it('makes one API key of a form that is sent twice, shows it once, and says how to get another', async () => {
  const path = own('api-keys');
  const form = await administrator.open(`${path}/create`);
  const send = () => administrator.submit(form, `${path}/create`, { name: 'Twice' });
  const answers = await Promise.all([send(), send()]);
  expect(answers.filter(({ text }) => text.includes('Copy it now'))).toHaveLength(1);
  const second = answers.find((answer) => answer.path === path);
  expect(second?.message).toBe(
    'The key Twice was shown when the form was sent the first time. If you did not see it, rotate it.',
  );
  expect((await administrator.open(path)).rows.filter(({ Name }) => Name?.startsWith('Twice'))).toHaveLength(
    1,
  );
});

it('puts a day that is over and a name that is taken beside the field', async () => {
  const path = own('api-keys');
  const form = await administrator.open(`${path}/create`);
  const over = await administrator.submit(form, `${path}/create`, { name: 'Over', expiresAt: '2001-01-01' });
  expect(over).toMatchObject({ status: 400, fieldProblems: { expiresAt: expect.stringContaining('over') } });
  await administrator.submit(form, `${path}/create`, { name: 'Taken', purpose: 'scim' });
  const taken = await administrator.submit(form, `${path}/create`, { name: 'Taken' });
  expect(taken).toMatchObject({ status: 409, fieldProblems: { name: expect.any(String) } });
});

it('asks again before a key is rotated that somebody else has rotated', async () => {
  const path = own('api-keys');
  await administrator.submit(await administrator.open(`${path}/create`), `${path}/create`, { name: 'Race' });
  const { body } = await stage.environmentApi.call(
    'GET',
    `/contact-centers/${stage.contactCenterId}/api-keys`,
  );
  const { id } = body.data.find(({ name }: { name: string }) => name === 'Race');
  const question = await administrator.open(`${path}/rotate?keyId=${id}`);
  await stage.environmentApi.call('POST', `/contact-centers/${stage.contactCenterId}/api-keys/${id}/rotate`);
  const again = await administrator.submit(question, `${path}/rotate`);
  expect(again).toMatchObject({ status: 412, message: expect.stringContaining('changed meanwhile') });
  expect((await administrator.submit(again, `${path}/rotate`)).text).toContain('Copy it now');
});

it('shows what ends, disables first, lets people sign in again, and deletes after the name was typed', async () => {
  const id = await stage.environmentApi.contactCenter({
    environmentId: stage.environmentId,
    name: 'Leaving',
    domains: ['leaving'],
  });
  const path = `${centers}/${id}/off-boarding`;
  const preview = await person.open(path);
  expect(preview.text).toContain('0 sessions of 0 people');
  const disabled = await person.submit(await person.open(`${path}/disable`), `${path}/disable`);
  expect(disabled).toMatchObject({ path, message: 'Leaving is disabled' });
  const enabled = await person.submit(await person.open(`${path}/enable`), `${path}/enable`);
  expect(enabled.message).toBe('People can sign in to Leaving again');

  const question = await person.open(`${path}/delete`);
  const wrong = await person.submit(question, `${path}/delete`, { name: 'leaving' });
  expect(wrong).toMatchObject({ status: 400, fieldProblems: { name: 'This is not its name.' } });
  const deleted = await person.submit(wrong, `${path}/delete`, { name: 'Leaving' });
  expect(deleted).toMatchObject({ path: centers, message: 'Leaving is deleted Undo' });
  expect((await person.open(path)).status).toBe(404);
});

it('asks again before a contact centre is deleted that was changed meanwhile', async () => {
  const id = await stage.environmentApi.contactCenter({ environmentId: stage.environmentId, name: 'Busy' });
  const path = `${centers}/${id}/off-boarding/delete`;
  const question = await person.open(path);
  const patch = { payload: { data: { status: 'disabled' } } };
  await stage.environmentApi.call('PATCH', `/contact-centers/${id}`, patch);
  const again = await person.submit(question, path, { name: 'Busy' });
  expect(again).toMatchObject({ status: 412, message: expect.stringContaining('changed meanwhile') });
});

it('lets administrators of one contact centre see what ends, and delete nothing', async () => {
  const preview = await administrator.open(own('off-boarding'));
  expect(preview.text).toMatch(/[1-9]\d* sessions? of/);
  expect(preview.links.map(({ href }) => href)).not.toContain(own('off-boarding/delete'));
  expect((await administrator.open(own('off-boarding/delete'))).status).toBe(403);
});

const keyIn = (text: string) => /g[ks]_[\w-]{43}/.exec(text)?.[0] ?? 'no key';

function linkTo({ links }: { links: { href: string; text: string }[] }, label: string): string {
  return links.find(({ text }) => text === label)?.href ?? '';
}

async function works(key: string): Promise<boolean> {
  const answer = await stage.environmentApi.call('POST', '/api-keys/validate', {
    payload: { data: { key } },
  });
  return answer.status === 200;
}
