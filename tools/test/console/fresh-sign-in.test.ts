/** Dangerous forms by an old sign-in: the person signs in again and loses nothing that was typed. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { formTo } from './person.ts';
import { people, type Stage, startStage } from './stage.ts';

let stage: Stage;
let offsetMs = 0;
beforeAll(async () => {
  stage = await startStage({ authApiNow: () => Date.now() + offsetMs });
});
afterAll(() => stage?.close());

const path = '/auth/console/administrators';

it('asks for a new sign-in, keeps the form without showing it, and sends it once more', async () => {
  const person = await stage.installationAdministrator();
  const form = await person.open(`${path}/add`);
  offsetMs = 16 * 60_000;
  // Its token has expired meanwhile, and is renewed.
  await stage.session.age(person);
  const typed = {
    user: people.agent.username,
    contactCenter: 'demo',
    way: 'password',
    note: 'a-note-of-mine',
  };
  const asked = await person.submit(form, `${path}/add`, typed);
  expect(asked).toMatchObject({ status: 403, heading: 'Sign in again to do this' });
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
