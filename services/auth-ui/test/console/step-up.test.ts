/** Dangerous forms where the contact centre requires a factor: the console asks for it, and the form that was filled in is saved. */
import { createAuthenticator } from '@gatehouse/testing/webauthn';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { addApp, addPasskey, giveCode, givePasskey, setPolicy } from './factors.ts';
import type { Answer, Person } from './person.ts';
import { people, type Stage, startStage } from './stage.ts';

const minuteMs = 60_000;

let stage: Stage;
let offsetMs = 0;
const now = () => Date.now() + offsetMs;
beforeAll(async () => {
  stage = await startStage({ authApiNow: now });
});
afterAll(() => stage?.close());
// Environment API has the time of now, and takes no proof of the future.
beforeEach(async () => {
  offsetMs = -16 * minuteMs;
  await setPolicy(stage, { mode: 'offered' });
});

const again = '/auth/console/sign-in-again';

/** Where the console last sent the browser to sign in. */
function askedFor({ been }: Person) {
  const asked = new URL(been.findLast((address) => address.includes('/oauth/authorize')) ?? '').searchParams;
  return [asked.get('acr_values'), asked.get('max_age')];
}

/** Fills in a form that was left open for 16 minutes, and sends it. */
async function sendLate(person: Person, path: string, typed: Record<string, string>): Promise<Answer> {
  const form = await person.open(path);
  offsetMs = 0;
  // The token has expired meanwhile, and is renewed.
  await stage.session.age(person);
  return person.submit(form, path, typed);
}

// First: where an administrator of the installation is listed, others change no API keys.
it('asks for a phishing-resistant factor by its name, and makes what was filled in', async () => {
  const authenticator = createAuthenticator();
  const person = await stage.contactCenterAdministrator();
  await addPasskey(person, authenticator, stage.publicUrl);
  const confirmed = await person.open(`${again}?level=phishingResistant`);
  await givePasskey(person, confirmed, authenticator, stage.publicUrl);
  await setPolicy(stage, { mode: 'phishingResistant' });

  const path = `/auth/console/contact-centers/${stage.contactCenterId}/api-keys/create`;
  const asked = await sendLate(person, path, { name: 'Wallboard of his', expiresAt: '2099-01-31' });
  expect(asked).toMatchObject({ status: 401, heading: 'Sign in with your passkey to do this' });
  const typed = await person.signIn(await person.open(`${again}?level=phishingResistant`), people.admin);
  expect(askedFor(person)).toEqual(['urn:gatehouse:acr:phishing-resistant', '900']);
  expect(await givePasskey(person, typed, authenticator, stage.publicUrl)).toMatchObject({
    path: `${again}/done`,
  });
  const made = await person.submit(asked, path);
  expect(made.status).toBe(200);
  expect(made.text).toContain('Wallboard of his');
});

it('asks for the second factor by its name, and saves the form that was filled in', async () => {
  const person = await stage.installationAdministrator();
  const codeAt = await addApp(person, now() - minuteMs / 2);
  await giveCode(person, await person.open(`${again}?level=secondFactor`), codeAt(now()));
  await setPolicy(stage, { mode: 'required' });

  const path = '/auth/console/administrators';
  const asked = await sendLate(person, `${path}/add`, {
    ...{ user: people.agent.username, contactCenter: 'demo', way: 'password' },
    note: 'a note of hers',
  });
  expect(asked).toMatchObject({ status: 401, heading: 'Sign in with your second factor to do this' });
  expect(asked.links).toContainEqual({ href: `${again}?level=secondFactor`, text: 'Sign in again' });
  const typed = await person.signIn(await person.open(`${again}?level=secondFactor`), people.supervisor);
  expect(askedFor(person)).toEqual(['urn:gatehouse:acr:second-factor', '900']);
  // The password was typed, and is not enough: the form stays.
  const still = await person.submit(asked, `${path}/add`);
  expect(still.heading).toBe('Sign in with your second factor to do this');
  expect(await giveCode(person, typed, codeAt(now()))).toMatchObject({ path: `${again}/done` });
  const saved = await person.submit(still, `${path}/add`);
  expect(saved).toMatchObject({ path, message: expect.stringMatching(/ is an installation administrator$/) });
  expect(saved.rows.map(({ Note }) => Note)).toContain('a note of hers');
});
