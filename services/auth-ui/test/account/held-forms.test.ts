/** Forms of the account area by a sign-in that is too old: the person confirms who it is, and loses nothing that was typed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addApp, giveCode, security, setPolicy } from '../console/factors.ts';
import { type Answer, formTo, type Person } from '../console/person.ts';
import { people, type Stage, startStage } from '../console/stage.ts';

const minuteMs = 60_000;

let stage: Stage;
let offsetMs = 0;
const now = () => Date.now() + offsetMs;
beforeAll(async () => {
  stage = await startStage({ authApiNow: now });
  await setPolicy(stage, { mode: 'offered' });
});
afterAll(() => stage?.close());

const again = '/auth/account/sign-in-again';

/** At the page of the second factors, which was left open for six minutes. */
async function leftOpen(person: Person): Promise<Answer> {
  const page = await person.open(security);
  offsetMs += 6 * minuteMs;
  // The token has expired meanwhile, and is renewed.
  await stage.session.age(person);
  return page;
}

describe('somebody with an app for codes', () => {
  it('confirms a removal and new recovery codes, and both are done', async () => {
    const person = stage.newPerson();
    await person.openAs('/auth/account', people.agent);
    const codeAt = await addApp(person, now() - 30_000);
    await giveCode(person, await person.open(`${again}?level=secondFactor`), codeAt(now()));
    const page = await leftOpen(person);

    const codes = await person.submit(page, `${security}/recovery-codes`);
    const removal = await person.submit(page, `${security}/remove`);
    for (const asked of [codes, removal])
      expect(asked).toMatchObject({ status: 401, heading: 'Confirm that it is you' });
    expect(removal.links).toContainEqual({ href: `${again}?level=secondFactor`, text: 'Sign in again' });
    const { kind, id } = formTo(page, `${security}/remove`).fields;
    expect([kind, removal.html.includes(id as string)]).toEqual(['totp', false]);
    expect((await person.open(security)).text).toContain('Authenticator app');

    const typed = await person.signIn(await person.open(`${again}?level=secondFactor`), people.agent);
    const asked = new URL(person.been.find((address) => address.includes('max_age=')) ?? '').searchParams;
    expect(['acr_values', 'max_age', 'login_hint'].map((name) => asked.get(name))).toEqual([
      'urn:gatehouse:acr:second-factor',
      '300',
      'demo\\agent',
    ]);
    expect(await giveCode(person, typed, codeAt(now()))).toMatchObject({
      heading: 'You have signed in again',
      path: `${again}/done`,
    });
    expect((await person.submit(codes, `${security}/recovery-codes`)).heading).toBe(
      'Keep your recovery codes',
    );
    expect(await person.submit(removal, `${security}/remove`)).toMatchObject({
      path: `${security}?result=removed`,
      message: 'The second factor is removed',
    });
  });
});

describe('somebody without a factor', () => {
  it('confirms a new app and a new passkey: the key is shown, and the form is filled', async () => {
    const person = stage.newPerson();
    await person.openAs('/auth/account', people.admin);
    const page = await leftOpen(person);
    const app = await person.submit(page, `${security}/app`);
    // The script sends the form without an answer, because the options were refused.
    const { fields } = formTo(page, `${security}/passkeys`);
    const body = new URLSearchParams(fields);
    const options = await person.request(`${security}/passkeys/options`, { method: 'POST', body });
    expect(options.status).toBe(401);
    const passkey = await person.submit(page, `${security}/passkeys`, { name: 'Blue key' });
    for (const asked of [app, passkey])
      expect(asked).toMatchObject({ status: 401, heading: 'Confirm that it is you' });

    await person.signIn(await person.open(`${again}?level=password`), people.admin);
    const shown = await person.submit(app, `${security}/app`);
    expect(formTo(shown, `${security}/app/confirm`).fields).toHaveProperty('secret');
    const filled = await person.submit(passkey, `${security}/passkeys`);
    expect(formTo(filled, `${security}/passkeys`).fields).toMatchObject({ name: 'Blue key', answer: '' });
  });
});
