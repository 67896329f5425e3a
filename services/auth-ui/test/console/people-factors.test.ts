/** The pages of the console about the second factors of a person: the list, the reset and the invitation, each with its reason. */
import { watchSecret } from '@gatehouse/testing/secrets';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { addApp } from '../../../auth-api/test/factors/people.ts';
import { createPeopleStore } from '../../../environment-api/test/people-store.ts';
import type { Person } from './person.ts';
import { type Stage, startStage } from './stage.ts';

let stage: Stage;
let installation: Person;
let contactCenterId: string;
let add: Awaited<ReturnType<typeof createPeopleStore>>['add'];
beforeAll(async () => {
  stage = await startStage();
  installation = await stage.installationAdministrator();
  ({ contactCenterId, add } = await createPeopleStore(stage.environmentApi));
});
afterAll(() => stage?.close());

const path = '/auth/console/people';
const at = (step: string, user: string) =>
  `${path}/${step}?${new URLSearchParams({ user, contactCenter: contactCenterId })}`;

/** As the directory knows the person. */
async function someone(userName: string) {
  await add({ userName });
  const place = await stage.authApi.deps.contactCenters.service.get(contactCenterId);
  const found = place && (await stage.authApi.deps.accounts.service.find(place, userName));
  return { contactCenterId, sub: found?.sub ?? '' };
}

/** For 30 days, in the contact centre of these people. */
async function rememberBrowsers() {
  const payload = { data: { secondFactor: { rememberDays: 30 } } };
  await stage.environmentApi.call('PATCH', `/contact-centers/${contactCenterId}`, { payload });
  const { service } = stage.authApi.deps.contactCenters;
  const days = async () => (await service.get(contactCenterId))?.secondFactor?.rememberDays;
  await vi.waitFor(async () => expect(await days()).toBe(30), { timeout: 10_000 });
}

it('shows apps and remembered browsers, and resets them with a reason', async () => {
  const key = await someone('rina');
  const app = await addApp(stage.authApi, key);
  await rememberBrowsers();
  const { devices } = stage.authApi.deps.factors;
  const given = { factor: 'totp', atMs: stage.authApi.deps.now(), epoch: app.epoch } as const;
  const device = await devices.remember(key, given, { days: 30 }, 'Mozilla/5.0 Firefox/130.0');
  watchSecret(device?.value ?? '', 'cookie of a remembered device');

  const person = await installation.open(at('person', 'rina'));
  expect(person.links).toContainEqual(expect.objectContaining({ href: at('factors', 'rina') }));
  const shown = await installation.open(at('factors', 'rina'));
  expect(shown.heading).toBe('Second factors of rina');
  expect(shown.text).toContain('App for one-time codes');
  expect(shown.text).toContain('Firefox');

  const question = await installation.open(at('reset-factors', 'rina'));
  const refused = await installation.submit(question, `${path}/reset-factors`, { reason: ' ' });
  expect([refused.status, Object.keys(refused.fieldProblems)]).toEqual([400, ['reason']]);
  const done = await installation.submit(refused, `${path}/reset-factors`, { reason: 'lost the telephone' });
  expect(done.text).toContain('The second factors are reset.');
  expect(done.text).toContain('The person has no second factor.');
  expect(await stage.authApi.deps.factors.held(key)).toMatchObject({ totp: 0, passkeys: 0 });
});

it('shows the code of an invitation once, with its end, and says why somebody cannot be invited', async () => {
  const key = await someone('tarek');
  const question = await installation.open(at('invite', 'tarek'));
  const made = await installation.submit(question, `${path}/invite`, { reason: 'first day' });
  const [code = ''] = /[0-9A-Z]{5}-[0-9A-Z]{5}/.exec(made.text) ?? [];
  watchSecret(code, 'invitation');
  expect(made.heading).toBe('Invitation for tarek');
  expect(code).not.toBe('');
  expect(made.text).toContain('The code is not shown again.');
  expect(made.headers.get('cache-control')).toBe('no-store');
  expect((await installation.open(at('factors', 'tarek'))).html).not.toContain(code);

  await addApp(stage.authApi, key);
  const refused = await installation.submit(question, `${path}/invite`, { reason: 'again' });
  expect([refused.status, refused.text]).toEqual([
    409,
    expect.stringContaining('Reset the second factors first'),
  ]);
});
