import { afterAll, beforeAll, expect, it } from 'vitest';
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
  await add(person, global, { name: 'ring', value: 'ten', location: '/' });
  await add(person, global, { name: 'ring', value: 'twenty', location: '/USW1' });
  await add(administrator, own(), { name: 'ring', value: 'thirty', location: '/USW1' });

  const inherited = await administrator.open(`${own()}?location=%2FEUC1&search=ring`);
  expect(inherited.rows).toMatchObject([{ Value: 'ten', 'Comes from': 'All contact centres · Everywhere' }]);
  const given = await administrator.open(`${own()}?location=%2FUSW1&search=ring`);
  expect(given.rows).toMatchObject([{ Value: 'thirty' }]);
  expect(given.rows[0]?.['Comes from']).toContain('This contact centre · /USW1');
  expect(given.rows[0]?.['Comes from']).toMatch(/Instead of .*(ten|twenty) \(All contact centres · /);
  expect((await person.open(`${global}?location=%2FUSW1`)).rows).toMatchObject([
    { Name: 'ring', Value: 'twenty' },
  ]);
});

it('changes and deletes a value', async () => {
  await add(administrator, own(), { name: 'hold', value: 'music', location: '/' });
  const form = await administrator.open(`${own()}/change?name=hold&location=%2F`);
  const changed = await administrator.submit(form, `${own()}/change`, { value: 'silence\r\nand more' });
  expect(changed).toMatchObject({ path: own(), message: 'hold is saved for /' });
  expect(await givenValue('hold')).toBe('silence\nand more');
  const question = await administrator.open(`${own()}/delete?name=hold&location=%2F`);
  expect(question.heading).toBe('Delete hold for /?');
  const deleted = await administrator.submit(question, `${own()}/delete`);
  expect(deleted).toMatchObject({ path: own(), message: 'hold is deleted for /' });
  expect(await givenValue('hold')).toBeUndefined();
});

it('replaces no value by a new one, and puts refusals beside the field', async () => {
  await add(administrator, own(), { name: 'queue', value: 'first', location: '/' });
  const form = await administrator.open(`${own()}/add`);
  const twice = await administrator.submit(form, `${own()}/add`, { name: 'queue', value: 'first' });
  expect(twice).toMatchObject({ path: own(), status: 200 });
  const taken = await administrator.submit(form, `${own()}/add`, { name: 'queue', value: 'second' });
  expect(taken).toMatchObject({ status: 409, fieldProblems: { name: expect.stringContaining('already') } });
  expect(await givenValue('queue')).toBe('first');
  const nowhere = await administrator.submit(form, `${own()}/add`, {
    name: 'queue',
    value: 'second',
    location: '/NOWHERE',
  });
  expect(nowhere).toMatchObject({ status: 400, fieldProblems: { location: expect.any(String) } });
});

it('shows a comparison where another administrator was faster, and asks again before a deletion', async () => {
  await add(person, global, { name: 'race', value: 'start', location: '/' });
  const form = await person.open(`${global}/change?name=race&location=%2F`);
  const question = await person.open(`${global}/delete?name=race&location=%2F`);
  const theirs = { name: 'race', value: 'theirs', location: '/' };
  await stage.environmentApi.call('POST', '/settings', { payload: { data: theirs } });
  const comparison = await person.submit(form, `${global}/change`, { value: 'mine' });
  expect(comparison).toMatchObject({ status: 412, heading: 'Somebody else was faster' });
  expect(comparison.rows[0]).toMatchObject({ 'As it is now': 'theirs', 'Your change': 'mine' });
  const again = await person.submit(question, `${global}/delete`);
  expect(again).toMatchObject({ status: 412, message: expect.stringContaining('changed meanwhile') });
  expect(again.text).toContain('theirs');
  expect(await person.submit(comparison, `${global}/change`)).toMatchObject({
    message: 'race is saved for /',
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
  await make('/settings', (number) => ({ name: `setting-of-everybody-${number}`, value, location: '/' }));
  await make(`/contact-centers/${center}/settings`, (number) => ({ name: `long-${number}`, value }));
  await make('/locations', (number) => ({ location: `/LOC${number}/DC1` }));
  await make(`/contact-centers/${center}/api-keys`, (number) => ({ name: `Wallboard ${number}` }));
  await make('/cors', (number) => ({ contactCenterId: center, origin: `https://desk-${number}.example` }));

  const below = `/auth/console/contact-centers/${center}`;
  for (const [path, linkText] of [
    [own(), 'long-159'],
    [global, 'setting-of-everybody-159'],
    [`${below}/api-keys`, 'Wallboard 159'],
    [`${below}/origins`, 'https://desk-159.example'],
    ['/auth/console/locations', '/LOC159/DC1'],
  ] as const) {
    const seen: string[] = [];
    for (let next: string | undefined = path; next !== undefined; ) {
      const page = await person.open(next);
      expect(page.html.match(/<tr>/g)?.length, next).toBeLessThanOrEqual(52);
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
});

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
