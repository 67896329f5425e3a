/** The console and the command line say whom a policy for roles concerns, and warn of roles that nobody has. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand } from '../../../../packages/cli/src/run-command.ts';
import { ops } from '../../../auth-api/test/stack/auth-api.ts';
import { createPeopleStore } from '../../../environment-api/test/people-store.ts';
import type { Person } from './person.ts';
import { type Stage, startStage } from './stage.ts';

let stage: Stage;
let person: Person;
beforeAll(async () => {
  stage = await startStage();
  person = await stage.installationAdministrator();
});
afterAll(() => stage?.close());

/** A contact centre whose people are in the people store. */
async function storeWithLead(): Promise<string> {
  const store = await createPeopleStore(stage.environmentApi);
  await store.add({ userName: 'lead', groups: ['Leads'] });
  return store.contactCenterId;
}

const addressOf = (id: string) => `/auth/console/contact-centers/${id}/second-factor`;

const update = (id: string, requiredRoles: string) =>
  runCommand(['cc', 'update', id, '--second-factor-required-roles', requiredRoles], {
    env: {
      GATEHOUSE_URL: stage.publicUrl,
      GATEHOUSE_USERNAME: ops.username,
      GATEHOUSE_PASSWORD: ops.password,
    },
  });

async function typeRoles(id: string, requiredRoles: string) {
  const form = `${addressOf(id)}/edit`;
  return person.submit(await person.open(form), form, { 'secondFactor.requiredRoles': requiredRoles });
}

it('warns before it saves a role that nobody in the people store has, and afterwards', async () => {
  const stored = await storeWithLead();
  const question = await typeRoles(stored, 'GROUP_Leads\nGROUP_Laeds');
  expect(question.heading).toMatch(/^Make the second factor of .* stricter\?$/);
  expect(question.text).toContain('Nobody has these roles: GROUP_Laeds');
  expect(question.text).toContain('Of people with the roles GROUP_Leads, GROUP_Laeds, who have no factor');
  await person.submit(question, `${addressOf(stored)}/edit`);
  await expect.poll(async () => (await person.open(addressOf(stored))).text).toContain('GROUP_Laeds');
  const page = await person.open(addressOf(stored));
  expect(page.text).toContain('Nobody has these roles: GROUP_Laeds');
  expect(page.text).toContain('of these people. Counted by the groups of the people store.');
});

it('asks without a warning where somebody has the role', async () => {
  const question = await typeRoles(await storeWithLead(), 'GROUP_Leads');
  expect(question.heading).toMatch(/stricter\?$/);
  expect(question.text).not.toContain('Nobody has');
});

it('says that it counts as if everybody had a role that another directory keeps', async () => {
  const question = await typeRoles(stage.contactCenterId, 'GROUP_Laeds');
  expect(question.text).toContain('At most, of people with the roles GROUP_Laeds');
  expect(question.text).not.toContain('Nobody has');
  await person.submit(question, `${addressOf(stage.contactCenterId)}/edit`);
  await expect
    .poll(async () => (await person.open(addressOf(stage.contactCenterId))).text)
    .toContain('Counted as if everybody had one of these roles');
});

it('warns on the command line once it has saved such a role', async () => {
  const stored = await storeWithLead();
  const wrong = await update(stored, 'GROUP_Leads,GROUP_Laeds');
  expect([wrong.exitCode, wrong.error]).toEqual([
    0,
    expect.stringMatching(
      /^Warning: secondFactor: nobody in the people store has the role GROUP_Laeds,.*\n$/,
    ),
  ]);
  expect((await update(stored, 'GROUP_Leads')).error).toBe('');
});
