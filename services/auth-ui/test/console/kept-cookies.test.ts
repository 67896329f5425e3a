/** Cookies of the console that somebody has kept, and what they are good for later. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serviceClient } from '../../../auth-api/test/stack/auth-api.ts';
import { consoleClient } from '../../../auth-api/test/stack/console-link.ts';
import { introspect } from '../../../auth-api/test/stack/oauth.ts';
import { createPerson, type Person } from './person.ts';
import { type Stage, startStage } from './stage.ts';

const dayMs = 86_400_000;
const pages = ['/auth/console', '/auth/console/people', '/auth/account', '/auth/account/sessions'];
const newSecret = 'the-new-secret-of-the-service-client';

let laterMs = 0;
let stage: Stage;
beforeAll(async () => {
  stage = await startStage({
    authApiNow: () => Date.now() + laterMs,
    // Else a renewal that is repeated within ten seconds gets the same answer.
    authApiEnv: { GATEHOUSE_REFRESH_GRACE_MS: '0' },
  });
});
afterAll(() => stage?.close());

/** A browser with the cookies that another one had a minute after the sign-in. */
async function copyOf({ cookies }: Person): Promise<Person> {
  const thief = createPerson(stage.publicUrl, new Map(cookies));
  await stage.session.change(thief, { signedInAtMs: Date.now() - 60_000 });
  return thief;
}

async function whereItLeads(person: Person, paths = pages): Promise<string[]> {
  const ends: string[] = [];
  for (const path of paths) {
    // Each from the same cookies: an answer that clears them must not help the next one.
    const { path: end, html } = await createPerson(stage.publicUrl, new Map(person.cookies)).open(path);
    ends.push(end.includes('/auth/sign-in.html') && !html.includes('demo\\admin') ? 'sign-in' : end);
  }
  return ends;
}

const toSignIn = pages.map(() => 'sign-in');

describe('a kept cookie', () => {
  // attack: copy of all cookies of a console session, used once the person has signed out | CWE-613, ASVS 7.4.1 | guard: services/auth-api/src/tokens/access-tokens.ts
  it('opens no page after its person has signed out, at once and later', async () => {
    const person = await stage.contactCenterAdministrator();
    const thief = await copyOf(person);
    expect(await whereItLeads(thief)).toEqual(pages);
    await person.submit(await person.open('/auth/console'), '/auth/console/sign-out');
    expect(await whereItLeads(thief)).toEqual(toSignIn);
    await stage.session.age(thief);
    expect(await whereItLeads(thief)).toEqual(toSignIn);
  });

  // attack: copy of the cookies of a console session, used beside its person | RFC 9700 section 4.14.2 | guard: services/auth-api/src/tokens/family-scripts.ts
  it('ends the session of both when the second one renews it', async () => {
    const person = await stage.contactCenterAdministrator();
    const thief = await copyOf(person);
    // Without the login session, which alone would make a new one.
    for (const one of [person, thief]) one.cookies.delete('gatehouse-session');
    await stage.session.age(person);
    expect((await person.open('/auth/console')).heading).toBe('Home');
    // Another replica, which shares no renewal with the first one.
    const { accessToken } = await stage.session.read(person);
    const beside = await stage.startAuthUi();
    await stage.session.age(thief);
    const cookie = [...thief.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await beside.app.inject({ url: '/auth/console', headers: { cookie } });
    await beside.app.close();
    expect(answer.headers.location).toContain('/oauth/authorize');
    expect(await introspect(stage.authApi, consoleClient, accessToken)).toEqual({ active: false });
  });

  // attack: cookie of a console session that was sealed with a key which has been replaced | CWE-324 | guard: packages/service-kit/src/crypto/console-keys.ts
  it('opens while the secret that sealed it is one of two lines, and not once it is gone', async () => {
    const person = await stage.contactCenterAdministrator();
    const cookie = [...person.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const statusWith = async (secret: string) => {
      const { app } = await stage.startAuthUi({ GATEHOUSE_SERVICE_CLIENT_SECRET: secret });
      const answer = await app.inject({ url: '/auth/account', headers: { cookie } });
      await app.close();
      return answer.statusCode;
    };
    expect(await statusWith(`${newSecret}\n${serviceClient.secret}`)).toBe(200);
    expect(await statusWith(newSecret)).toBe(303);
  });

  // attack: console session kept for a month | CWE-613, ASVS 7.3.2 | guard: services/auth-api/src/registry/clients/built-in/console-client.ts
  it.each([
    ['half a day', dayMs / 2 + 60_000],
    ['a month', 31 * dayMs],
  ])('of %s ago leads to the sign-in, with the password', async (_when, ageMs) => {
    const person = await stage.contactCenterAdministrator();
    const thief = await copyOf(person);
    laterMs = ageMs;
    try {
      // As the cookie says, and as one that claims to be fresh: only Auth API decides.
      expect(await whereItLeads(thief)).toEqual(toSignIn);
      await stage.session.change(thief, { expiresAtMs: Date.now() - 1 });
      expect(await whereItLeads(thief)).toEqual(toSignIn);
    } finally {
      laterMs = 0;
    }
  });
});
