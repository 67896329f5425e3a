/** People at the console and the two APIs behind it: what they may change, and that a removal counts everywhere. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { removeAdministrator } from '../../../auth-api/test/stack/console.ts';
import type { Person } from './person.ts';
import { type Stage, startStage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage?.close());

/** What the token of a person opens, at both APIs. */
async function opens(person: Person) {
  const { accessToken, sub } = await stage.session.read(person);
  const headers = { authorization: `Bearer ${accessToken}` };
  const write = (path: string, value: string) =>
    stage.environmentApi.call('POST', path, { headers, payload: { data: { name: 'x-shown', value } } });
  return {
    sub,
    global: async () => (await write('/settings', `${performance.now()}`)).status,
    own: async () =>
      (await write(`/contact-centers/${stage.contactCenterId}/settings`, `${performance.now()}`)).status,
    keys: async () =>
      (await stage.authApi.app.inject({ url: '/auth/v3/ops/signing-keys', headers })).statusCode,
  };
}

it('an installation administrator changes what belongs to the installation, until removed: within a second', async () => {
  const person = await opens(await stage.installationAdministrator());
  expect([await person.global(), await person.own(), await person.keys()]).toEqual([200, 200, 200]);
  expect((await removeAdministrator(stage.authApi, person.sub)).status).toBe(200);
  expect(await person.keys()).toBe(403);
  await expect.poll(person.global, { timeout: 1_000, interval: 20 }).toBe(403);
});

it('a contact-centre administrator changes the own contact centre and nothing beyond', async () => {
  const person = await opens(await stage.contactCenterAdministrator());
  expect([await person.global(), await person.own(), await person.keys()]).toEqual([403, 200, 403]);
});
