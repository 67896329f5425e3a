import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Person } from './person.ts';
import { people, type Stage, startStage } from './stage.ts';

let stage: Stage;
let person: Person;
beforeAll(async () => {
  stage = await startStage();
  person = await stage.installationAdministrator();
});
afterAll(() => stage?.close());

const path = '/auth/console/administrators';

it('adds a person by name, who has the right at once, and removes them again', async () => {
  const form = await person.open(`${path}/add`);
  const typed = { user: people.agent.username, contactCenter: 'demo', note: 'Ticket 7' };
  const added = await person.submit(form, `${path}/add`, typed);
  expect(added).toMatchObject({ path, message: expect.stringMatching(/ is an installation administrator$/) });
  expect(added.rows.find(({ Note }) => Note === 'Ticket 7')).toMatchObject({
    Actions: 'Remove',
    'Way of sign-in': expect.stringMatching(/^Password.*Demo/s),
  });
  const twice = await person.submit(form, `${path}/add`, typed);
  expect(twice).toMatchObject({ path, message: 'agent is an installation administrator' });

  const colleague = stage.newPerson();
  expect(await colleague.openAs(path, people.agent)).toMatchObject({ heading: 'Administrators' });

  const { sub } = await stage.session.read(colleague);
  const question = await person.open(`${path}/remove?sub=${encodeURIComponent(sub)}`);
  expect(question.heading).toMatch(/^Remove .+ from the administrators\?$/);
  expect(question.text).not.toContain('the last entry');
  const removed = await person.submit(question, `${path}/remove`);
  expect(removed).toMatchObject({ path, message: 'The right is taken away' });
  expect(removed.rows.map(({ Note }) => Note)).not.toContain('Ticket 7');
  // The page is still shown by what the cookie says; the API refuses.
  expect((await colleague.open(path)).status).toBe(403);
});

it('says where the name of a person is unknown, and keeps what was typed', async () => {
  const form = await person.open(`${path}/add`);
  const page = await person.submit(form, `${path}/add`, { user: 'no-such-person', contactCenter: 'demo' });
  expect(page.status).toBe(404);
  expect(page.text).toContain('no-such-person');
  const { fields } = page.forms.find(({ action }) => action === `${path}/add`) ?? {};
  // The contact centre is chosen by its name; a tenant name that a link gave is understood.
  expect(fields).toMatchObject({ user: 'no-such-person', contactCenter: stage.contactCenterId });
  expect(page.html).toMatch(/<option value="[^"]+" selected>Demo</);
});

it('warns before administrators take the right from themselves', async () => {
  const { sub } = await stage.session.read(person);
  const question = await person.open(`${path}/remove?sub=${encodeURIComponent(sub)}`);
  expect(question.text).toContain('This is you.');
  expect(question.text).toContain('This is the last entry of the list.');
});

it('is no page for the administrator of one contact centre', async () => {
  const administrator = await stage.contactCenterAdministrator();
  expect((await administrator.open(path)).status).toBe(403);
  expect((await administrator.open('/auth/console')).links.map(({ href }) => href)).not.toContain(path);
});
