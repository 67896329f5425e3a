/** Dangerous forms by an old sign-in: the person signs in again and loses nothing that was typed. */
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Answer, formTo, type Person } from './person.ts';
import { people, type Stage, startStage } from './stage.ts';

let stage: Stage;
/** Browsers that were left open for 16 minutes. */
let leftOpen: Person[];
let offsetMs = -16 * 60_000;
beforeAll(async () => {
  stage = await startStage({ authApiNow: () => Date.now() + offsetMs });
  leftOpen = [];
  for (let count = 0; count < 3; count += 1) leftOpen.push(await stage.installationAdministrator());
  offsetMs = 0;
  // Their tokens have expired meanwhile, and are renewed.
  for (const person of leftOpen) await stage.session.age(person);
});
afterAll(() => stage?.close());

const path = '/auth/console/administrators';

it('asks for a new sign-in, keeps the form without showing it, and sends it once more', async () => {
  const [person] = leftOpen as [Person];
  const form = await person.open(`${path}/add`);
  const typed = {
    user: people.agent.username,
    contactCenter: 'demo',
    way: 'password',
    note: 'a-note-of-mine',
  };
  const asked = await person.submit(form, `${path}/add`, typed);
  expect(asked).toMatchObject({ status: 401, heading: 'Sign in again to do this' });
  expect(asked.text).not.toContain('a-note-of-mine');
  const { fields } = formTo(asked, `${path}/add`);
  expect(Object.values(fields).join()).not.toContain('a-note-of-mine');

  const again = await person.open('/auth/console/sign-in-again');
  const done = await person.signIn(again, people.supervisor);
  expect(done).toMatchObject({ heading: 'You have signed in again' });
  const sent = await person.submit(asked, `${path}/add`);
  expect(sent).toMatchObject({ path, message: expect.stringMatching(/ is an installation administrator$/) });
  expect(sent.rows.map(({ Note }) => Note)).toContain('a-note-of-mine');
});

it('asks for it wherever the right depends on it: contact centre, environment, all sessions of a person', async () => {
  const [, person] = leftOpen as [Person, Person];
  const centers = '/auth/console/contact-centers';
  const own = `${centers}/${stage.contactCenterId}`;
  const agent = 'user=agent&contactCenter=demo';
  const forms = [
    {
      at: `${centers}/create?environmentId=${stage.environmentId}`,
      action: `${centers}/create`,
      typed: { name: 'Harbour', domains: 'harbour', membershipBy: 'all' },
      said: 'Harbour is created',
    },
    {
      at: `${own}/edit`,
      action: `${own}/edit`,
      typed: { name: 'Demonstration' },
      said: 'Demonstration is saved',
    },
    {
      at: '/auth/console/environments/new?directory=people',
      action: '/auth/console/environments/new',
      typed: {},
      said: 'The environment is created.',
    },
    {
      at: `/auth/console/people/end-sessions?${agent}`,
      action: '/auth/console/people/end-sessions',
      typed: {},
      said: 'Ended. Sessions: 0',
    },
  ];
  const opened = [];
  for (const { at } of forms) opened.push(await person.open(at));
  const asked = [];
  for (const [index, { action, typed }] of forms.entries()) {
    const page = await person.submit(opened[index] as Answer, action, typed);
    expect([action, page.status, page.heading]).toEqual([action, 401, 'Sign in again to do this']);
    asked.push(page);
  }
  await person.signIn(await person.open('/auth/console/sign-in-again'), people.supervisor);
  for (const [index, { action, said }] of forms.entries())
    expect(await person.submit(asked[index] as Answer, action)).toMatchObject({ message: said });
});

it('keeps a form in which no file was chosen, and nothing of a file', async () => {
  const [, , person] = leftOpen as [Person, Person, Person];
  const keys = '/auth/console/keys';
  const form = await person.open(`${keys}/import`);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const send = (keyFile: string) =>
    person.submitFiles(form, `${keys}/import`, { keyFile: Buffer.from(keyFile) }, keyFile ? {} : { key });

  const file = await send(key);
  expect(file).toMatchObject({ status: 401, heading: 'Sign in again to do this' });
  expect(file.forms.map(({ action }) => action)).not.toContain(`${keys}/import`);
  const text = await send('');
  expect(text).toMatchObject({ status: 401, heading: 'Sign in again to do this' });
  await person.signIn(await person.open('/auth/console/sign-in-again'), people.supervisor);
  expect((await person.submit(text, `${keys}/import`)).message).toMatch(/ is imported$/);
});
