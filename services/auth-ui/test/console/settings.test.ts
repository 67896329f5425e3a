import { knownSettingNames } from '@gatehouse/contracts/resources';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { textsIn } from '../../src/texts/texts.ts';
import { unescaped } from './html.ts';
import type { Person } from './person.ts';
import { type Stage, startStage } from './stage.ts';

let stage: Stage;
let person: Person;
let administrator: Person;
beforeAll(async () => {
  stage = await startStage();
  person = await stage.installationAdministrator();
  administrator = await stage.contactCenterAdministrator();
  for (const location of ['/USW1', '/EUC1'])
    await stage.environmentApi.call('POST', '/locations', { payload: { data: { location } } });
});
afterAll(() => stage?.close());

const global = '/auth/console/settings';
const own = () => `/auth/console/contact-centers/${stage.contactCenterId}/settings`;

it('shows which value counts at a location, where it comes from, and which ones it outweighs', async () => {
  await add(person, global, { name: 'x-ring', value: 'ten', location: '/' });
  await add(person, global, { name: 'x-ring', value: 'twenty', location: '/USW1' });
  await add(administrator, own(), { name: 'x-ring', value: 'thirty', location: '/USW1' });

  const inherited = await administrator.open(`${own()}?location=%2FEUC1&search=x-ring`);
  expect(inherited.rows).toMatchObject([{ Value: 'ten', 'Comes from': 'All contact centres · Everywhere' }]);
  const given = await administrator.open(`${own()}?location=%2FUSW1&search=x-ring`);
  expect(given.rows).toMatchObject([{ Value: 'thirty' }]);
  expect(given.rows[0]?.['Comes from']).toContain('This contact centre · /USW1');
  expect(given.rows[0]?.['Comes from']).toMatch(/Instead of .*(ten|twenty) \(All contact centres · /);
  expect((await person.open(`${global}?location=%2FUSW1&search=x-ring`)).rows).toMatchObject([
    { Name: 'x-ring', Value: 'twenty' },
  ]);
});

it('changes and deletes a value', async () => {
  await add(administrator, own(), { name: 'x-hold', value: 'music', location: '/' });
  const form = await administrator.open(`${own()}/change?name=x-hold&location=%2F`);
  const changed = await administrator.submit(form, `${own()}/change`, { value: 'silence\r\nand more' });
  expect(changed).toMatchObject({ path: own(), message: 'x-hold is saved for /' });
  expect(await givenValue('x-hold')).toBe('silence\nand more');
  const question = await administrator.open(`${own()}/delete?name=x-hold&location=%2F`);
  expect(question.heading).toBe('Delete x-hold for /?');
  const deleted = await administrator.submit(question, `${own()}/delete`);
  expect(deleted).toMatchObject({ path: own(), message: 'x-hold is deleted for /' });
  expect(await givenValue('x-hold')).toBeUndefined();
});

it('replaces no value by a new one, and puts refusals beside the field', async () => {
  await add(administrator, own(), { name: 'x-queue', value: 'first', location: '/' });
  const form = await administrator.open(`${own()}/add`);
  const twice = await administrator.submit(form, `${own()}/add`, { name: 'x-queue', value: 'first' });
  expect(twice).toMatchObject({ path: own(), status: 200 });
  const taken = await administrator.submit(form, `${own()}/add`, { name: 'x-queue', value: 'second' });
  expect(taken).toMatchObject({ status: 409, fieldProblems: { name: expect.stringContaining('already') } });
  expect(await givenValue('x-queue')).toBe('first');
  const nowhere = await administrator.submit(form, `${own()}/add`, {
    name: 'x-queue',
    value: 'second',
    location: '/NOWHERE',
  });
  expect(nowhere).toMatchObject({ status: 400, fieldProblems: { location: expect.any(String) } });
});

it('shows a comparison where another administrator was faster, and asks again before a deletion', async () => {
  await add(person, global, { name: 'x-race', value: 'start', location: '/' });
  const form = await person.open(`${global}/change?name=x-race&location=%2F`);
  const question = await person.open(`${global}/delete?name=x-race&location=%2F`);
  const theirs = { name: 'x-race', value: 'theirs', location: '/' };
  await stage.environmentApi.call('POST', '/settings', { payload: { data: theirs } });
  const comparison = await person.submit(form, `${global}/change`, { value: 'mine' });
  expect(comparison).toMatchObject({ status: 412, heading: 'Somebody else was faster' });
  expect(comparison.rows[0]).toMatchObject({ 'As it is now': 'theirs', 'Your change': 'mine' });
  const again = await person.submit(question, `${global}/delete`);
  expect(again).toMatchObject({ status: 412, message: expect.stringContaining('changed meanwhile') });
  expect(again.text).toContain('theirs');
  expect(await person.submit(comparison, `${global}/change`)).toMatchObject({
    message: 'x-race is saved for /',
  });
});

it.each([
  [
    'en',
    'Environment API',
    'Built in',
    'Read by nothing here',
    'Did you mean password-link-hours?',
    /from 1 to 168/,
  ],
  [
    'de',
    'Environment API',
    'Eingebaut',
    'Wird hier nicht gelesen',
    'Meinten Sie password-link-hours?',
    /1 bis 168/,
  ],
] as const)(
  'shows every setting that Gatehouse reads, and gives it by its kind (%s)',
  async (language, reader, builtIn, unread, meant, range) => {
    await choose(language);
    onTestFinished(() => choose('en'));
    const of = (path: string) => administrator.open(path);
    const texts = textsIn(language);
    const label = texts('field.knownSetting.password-link-hours');
    const hours = async () => {
      const { rows } = await of(own());
      return rows.map((row) => Object.values(row)).find(([name = '']) => name.startsWith(label)) ?? [];
    };
    expect((await of(own())).rows).toHaveLength(knownSettingNames.length);
    expect(await hours()).toMatchObject([
      `${label} password-link-hours`,
      expect.stringContaining(reader),
      '24',
      builtIn,
      expect.any(String),
    ]);

    const add = `${own()}/add`;
    const form = await of(`${add}?name=password-link-hours&location=%2F`);
    expect([form.heading, form.text]).toEqual([label, expect.stringMatching(range)]);
    expect(form.forms.find(({ action }) => action === add)?.fields).toMatchObject({
      name: 'password-link-hours',
      value: '24',
    });
    const wrong = await administrator.submit(form, add, { value: '1000' });
    expect(wrong).toMatchObject({ status: 400, fieldProblems: { value: expect.stringContaining('168') } });
    expect(await administrator.submit(form, add, { value: '48' })).toMatchObject({ path: own() });
    expect(await hours()).toMatchObject([
      `${label} password-link-hours`,
      expect.any(String),
      '48',
      expect.not.stringContaining(builtIn),
      expect.any(String),
    ]);
    const change = `${own()}/change`;
    const present = await of(`${change}?name=password-link-hours&location=%2F`);
    expect(present.forms.find(({ action }) => action === change)?.fields).toMatchObject({ value: '48' });

    const slip = await administrator.submit(await of(add), add, { name: 'password-link-hour', value: '9' });
    expect(slip).toMatchObject({ status: 400, fieldProblems: { name: expect.stringContaining(meant) } });
    const { pool } = stage.environmentApi;
    await pool.query(
      `INSERT INTO environment.settings (contact_center_id, name, location, value, shared) VALUES ($1, 'password-link-hour', '/', '9', false)`,
      [stage.contactCenterId],
    );
    const list = await of(own());
    expect(list.message).toContain('password-link-hour');
    expect(list.text).toContain(unread);
    const rename = `${own()}/rename`;
    const question = await of(`${rename}?name=password-link-hour&location=%2F`);
    expect(await administrator.submit(question, rename, { newName: 'password-link-hours' })).toMatchObject({
      status: 409,
      fieldProblems: { newName: texts('console.settings.taken') },
    });
    expect(await administrator.submit(question, rename, { newName: 'passwordlinkhours' })).toMatchObject({
      status: 400,
      fieldProblems: { newName: expect.stringContaining(meant) },
    });
    const renamed = await administrator.submit(question, rename, { newName: 'x-hour' });
    expect(renamed).toMatchObject({
      path: own(),
      message: texts('console.settings.renamed', { name: 'password-link-hour', newName: 'x-hour' }),
    });
    expect([await givenValue('x-hour'), await givenValue('password-link-hour')]).toEqual(['9', undefined]);
    for (const name of ['x-hour', 'password-link-hours'])
      await administrator.submit(await of(`${own()}/delete?name=${name}&location=%2F`), `${own()}/delete`);
  },
);

it('takes origins one in each line, and keeps the mark that an installer has set', async () => {
  const form = await administrator.open(`${own()}/add?name=cors-origins&location=%2F`);
  const typed = await administrator.submit(form, `${own()}/add`, {
    value: 'https://a.example\r\nhttps://b.example/',
  });
  expect(typed).toMatchObject({
    status: 400,
    fieldProblems: { value: expect.stringContaining('no origin') },
  });
  await administrator.submit(form, `${own()}/add`, { value: 'https://a.example\r\nhttps://b.example' });
  expect(await givenValue('cors-origins')).toBe('https://a.example,https://b.example');
  await stage.environmentApi.call('POST', `/contact-centers/${stage.contactCenterId}/settings`, {
    payload: { data: { name: 'cors-origins', value: 'https://a.example', location: '/', shared: 'true' } },
  });
  const change = await administrator.open(`${own()}/change?name=cors-origins&location=%2F`);
  await administrator.submit(change, `${own()}/change`, { value: 'https://c.example' });
  const { body } = await stage.environmentApi.call(
    'GET',
    `/contact-centers/${stage.contactCenterId}/settings`,
  );
  expect(body.data.settings.find(({ name }: { name: string }) => name === 'cors-origins')).toEqual({
    name: 'cors-origins',
    value: 'https://c.example',
    location: '/',
    shared: true,
  });
});

// attack: a contact-centre administrator calls a page of the installation | CWE-285 | guard: services/auth-ui/src/console/compose.ts
it('keeps what all contact centres inherit from administrators of one', async () => {
  expect((await administrator.open(global)).status).toBe(403);
  expect((await administrator.open(own())).links.map(({ href }) => href)).not.toContain(global);
});

it('shows long lists page by page, none with more than fifty rows or 80 KB', async () => {
  const center = stage.contactCenterId;
  const make = async (path: string, dataOf: (number: number) => object) => {
    for (let from = 100; from < 160; from += 10)
      await Promise.all(
        Array.from({ length: 10 }, async (_, index) => {
          const { status, text } = await stage.environmentApi.call('POST', path, {
            payload: { data: dataOf(from + index) },
          });
          expect(status, text).toBe(200);
        }),
      );
  };
  const value = 'a value that is as long as values of settings are at most shown '.repeat(3);
  await make('/settings', (number) => ({ name: `x-of-everybody-${number}`, value, location: '/' }));
  await make(`/contact-centers/${center}/settings`, (number) => ({ name: `x-long-${number}`, value }));
  await make('/locations', (number) => ({ location: `/LOC${number}/DC1` }));
  await make(`/contact-centers/${center}/api-keys`, (number) => ({ name: `Wallboard ${number}` }));
  await make('/cors', (number) => ({ contactCenterId: center, origin: `https://desk-${number}.example` }));

  const below = `/auth/console/contact-centers/${center}`;
  for (const [path, linkText] of [
    [own(), 'x-long-159'],
    [global, 'x-of-everybody-159'],
    [`${below}/api-keys`, 'Wallboard 159'],
    [`${below}/origins`, 'https://desk-159.example'],
    ['/auth/console/locations', '/LOC159/DC1'],
  ] as const) {
    const seen: string[] = [];
    for (let next: string | undefined = path; next !== undefined; ) {
      const page = await person.open(next);
      expect(page.html.match(/<tr>/g)?.length, next).toBeLessThanOrEqual(50 + 3);
      // The first page is full.
      if (seen.length === 0) expect(await person.weightOf(page), next).toBeLessThan(80 * 1024);
      seen.push(page.text);
      next = page.links
        .filter(({ text }) => text === 'Next page')
        .at(-1)
        ?.href.replaceAll('&amp;', '&');
      expect(seen.length).toBeLessThan(9);
    }
    expect(seen.length, path).toBeGreaterThan(1);
    expect(seen[0]).not.toContain(linkText);
    expect(seen.at(-1), path).toContain(linkText);
  }
}, 90_000);

/** The pages of the administrator stay in it. */
async function choose(language: string): Promise<void> {
  const { html, path } = await administrator.open(own());
  const [, href = path] = new RegExp(`href="([^"]*[?&;]language=${language})"`).exec(html) ?? [];
  await administrator.open(unescaped(href));
}

async function add(who: Person, path: string, fields: Record<string, string>): Promise<void> {
  const added = await who.submit(await who.open(`${path}/add`), `${path}/add`, fields);
  expect(added).toMatchObject({ path, message: `${fields['name']} is saved for ${fields['location']}` });
}

async function givenValue(wanted: string): Promise<string | undefined> {
  const { body } = await stage.environmentApi.call(
    'GET',
    `/contact-centers/${stage.contactCenterId}/settings`,
  );
  return body.data.settings.find(({ name }: { name: string }) => name === wanted)?.value;
}
