/** The session of the console over HTTP: sign-in, renewal, end, and what a stranger tries. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formTo, type Person } from './person.ts';
import { people, type Stage, startStage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage?.close());

const verifierCookie = 'gatehouse-console-verifier';

const newAdmin = async (path = '/auth/console') => {
  const person = stage.newPerson();
  return { person, page: await person.openAs(path, people.admin) };
};

describe('sign-in', () => {
  it('leads back to the page that was asked for, with its query', async () => {
    const { page } = await newAdmin('/auth/console?from=a%20link');
    expect(page).toMatchObject({ status: 200, path: '/auth/console?from=a%20link', heading: 'Home' });
    expect(page.text).toContain('admin');
  });

  it('asks for no password while the login session lives', async () => {
    const { person } = await newAdmin();
    person.cookies.delete(stage.session.cookieName);
    expect(await person.open('/auth/console')).toMatchObject({ status: 200, heading: 'Home' });
  });

  it('ends well in each of two windows that began it at once', async () => {
    const person = stage.newPerson();
    const [first, second] = [
      await person.open('/auth/console?tab=1'),
      await person.open('/auth/console?tab=2'),
    ];
    expect(await person.signIn(first, people.admin)).toMatchObject({
      status: 200,
      path: '/auth/console?tab=1',
    });
    expect(await person.signIn(second, people.admin)).toMatchObject({
      status: 200,
      path: '/auth/console?tab=2',
    });
  });

  it('shows people without a right the way to their account', async () => {
    const person = stage.newPerson();
    const page = await person.openAs('/auth/console', people.agent);
    expect(page).toMatchObject({ status: 403, heading: 'The console is for administrators' });
    expect(page.links.map(({ href }) => href)).toContain('/auth/account');
    expect(page.links.map(({ href }) => href)).not.toContain('/auth/console/locations');
  });

  it('leaves no token in a page, an address or a log', async () => {
    const { person, page } = await newAdmin();
    const { accessToken, refreshToken } = await stage.session.read(person);
    for (const token of [accessToken, refreshToken as string]) {
      expect(token.length).toBeGreaterThan(40);
      expect(page.html).not.toContain(token);
      expect(person.been.join(' ')).not.toContain(token);
      expect(stage.authUiLogged()).not.toContain(token);
    }
  });

  // attack: session of the console read by a script, or sent along from another site | CWE-1004, CWE-1275 | guard: services/auth-ui/src/pages/own-cookie.ts
  it('keeps everything in a cookie of less than 4 KB that scripts and other sites cannot use', async () => {
    const person = stage.newPerson();
    const before = new Map(person.cookies);
    await person.openAs('/auth/console', people.admin);
    await stage.session.age(person);
    const answer = await person.request('/auth/console');
    const line = answer.headers.getSetCookie().find((cookie) => cookie.startsWith(stage.session.cookieName));
    expect(line).toMatch(/; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(line?.length).toBeLessThan(2048);
    expect(before.size).toBe(0);
  });
});

describe('renewal', () => {
  it('replaces a token that is nearly over, without being seen', async () => {
    const { person } = await newAdmin();
    const before = await stage.session.read(person);
    await stage.session.age(person);
    expect(await person.open('/auth/console')).toMatchObject({ status: 200, heading: 'Home' });
    const after = await stage.session.read(person);
    expect(after.accessToken).not.toBe(before.accessToken);
    expect(after.csrf).toBe(before.csrf);
    expect(after.expiresAtMs).toBeGreaterThan(Date.now() + 200_000);
  });

  it('of several windows at once keeps the session of each', async () => {
    const { person } = await newAdmin();
    await stage.session.age(person);
    const pages = await Promise.all([1, 2, 3, 4].map((tab) => person.open(`/auth/console?tab=${tab}`)));
    expect(pages.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    await stage.session.age(person);
    expect((await person.open('/auth/console')).heading).toBe('Home');
  });

  it('goes on with the old token while Auth API does not answer, and says so when there is none', async () => {
    const { person } = await newAdmin();
    await stage.session.age(person);
    stage.toAuthApi.cut();
    try {
      expect((await person.open('/auth/console')).status).toBe(200);
      await stage.session.change(person, { expiresAtMs: Date.now() - 1 });
      const page = await person.open('/auth/console');
      expect(page.status).toBe(503);
      expect(page.headers.get('retry-after')).not.toBeNull();
    } finally {
      stage.toAuthApi.heal();
    }
    expect((await person.open('/auth/console')).heading).toBe('Home');
  });
});

async function endSession(person: Person): Promise<void> {
  const { sub, sid } = await stage.session.read(person);
  await stage.authApi.deps.sessions.service.endOne({ everywhere: sub }, sid as string);
}

async function signInAgain(person: Person): Promise<void> {
  const signIn = await person.open('/auth/console/sign-in-again');
  expect((await person.signIn(signIn, people.admin)).heading).toBe('You have signed in again');
}

describe('the end', () => {
  it('comes with the sign-out, here and at Auth API', async () => {
    const { person, page } = await newAdmin();
    const { accessToken } = await stage.session.read(person);
    const end = await person.submit(page, '/auth/console/sign-out');
    expect(end).toMatchObject({ path: expect.stringMatching(/^\/auth\/signed-out\.html/) });
    expect(person.cookies.has(stage.session.cookieName)).toBe(false);
    expect(await isActive(accessToken)).toBe(false);
    expect((await person.open('/auth/console')).path).toContain('/auth/sign-in.html');
  });

  it('comes on every device when the person signs out everywhere', async () => {
    const { person, page } = await newAdmin();
    const { person: elsewhere } = await newAdmin();
    await person.submit(page, '/auth/console/sign-out', { everywhere: 'true' });
    await stage.session.age(elsewhere);
    expect((await elsewhere.open('/auth/console')).path).toContain('/auth/sign-in.html');
  });

  // attack: sign-out that ends the login session of somebody else at the same browser | CWE-613, ASVS 7.4 | guard: services/auth-ui/src/oauth-session/sign-out.ts
  it('spares somebody else who signed in with this browser meanwhile', async () => {
    const { person, page } = await newAdmin();
    const { accessToken } = await stage.session.read(person);
    const other = stage.newPerson();
    await other.openAs('/auth/console', people.agent);
    person.cookies.set('gatehouse-session', other.cookies.get('gatehouse-session') as string);
    await person.submit(page, '/auth/console/sign-out', { everywhere: 'true' });
    expect(await isActive(accessToken)).toBe(false);
    other.cookies.delete(stage.session.cookieName);
    expect((await other.open('/auth/console')).heading).toBe('The console is for administrators');
  });

  it.each(['a moment after the sign-in', 'later'])(
    'by an administrator %s leads to the sign-in and back',
    async (when) => {
      const { person } = await newAdmin();
      await endSession(person);
      if (when === 'later') await stage.session.age(person);
      const signIn = await person.open('/auth/console?page=two');
      expect(signIn.path).toContain('/auth/sign-in.html');
      expect((await person.signIn(signIn, people.admin)).path).toBe('/auth/console?page=two');
    },
  );

  it('before a page has noticed keeps a form that was filled in, and sends it after the next sign-in', async () => {
    const { person } = await newAdmin();
    const path = `/auth/console/contact-centers/${stage.contactCenterId}/origins`;
    const origin = 'https://kept.example';
    const form = await person.open(`${path}/add`);
    await endSession(person);
    await stage.session.age(person);
    const kept = await person.submit(form, `${path}/add`, { origin });
    expect(kept).toMatchObject({ status: 401, heading: 'You were signed out' });
    expect(kept.text).not.toContain(origin);
    await signInAgain(person);
    const sent = await person.submit(kept, `${path}/add`);
    expect(sent).toMatchObject({ path, message: expect.stringContaining(origin) });
  });

  it('before an API has noticed keeps the form as well', async () => {
    const { person } = await newAdmin();
    const path = '/auth/console/people/end-sessions';
    const form = await person.open(`${path}?user=agent&contactCenter=${stage.contactCenterId}`);
    await endSession(person);
    const kept = await person.submit(form, path);
    expect(kept).toMatchObject({ status: 401, heading: 'You were signed out' });
    await signInAgain(person);
    expect((await person.submit(kept, path)).message).toMatch(/^Ended\./);
  });

  it('before the sign-out leaves nothing to do, and lets nobody else send a form', async () => {
    const { person, page } = await newAdmin();
    await endSession(person);
    await stage.session.age(person);
    const foreign = await person.post('/auth/console/locations/declare', { location: '/X', csrf: 'guessed' });
    expect(foreign.status).toBe(403);
    expect((await person.submit(page, '/auth/console/sign-out')).path).toMatch(/^\/auth\/signed-out\.html/);
    expect(person.cookies.has(stage.session.cookieName)).toBe(false);
  });
});

describe('a stranger', () => {
  // attack: a changed or made-up session cookie | CWE-565 | guard: services/auth-ui/src/oauth-session/seal.ts
  it('gets in by no cookie that Auth UI did not seal', async () => {
    const { person } = await newAdmin();
    const whole = person.cookies.get(stage.session.cookieName) as string;
    for (const cookie of [`${whole.slice(0, -3)}AAA`, 'x', whole.replace(/^[^.]*/, 'eyJhbGciOiJub25lIn0')]) {
      const stranger = stage.newPerson();
      stranger.cookies.set(stage.session.cookieName, cookie);
      expect((await stranger.open('/auth/console')).path).toContain('/auth/sign-in.html');
    }
  });

  // attack: login CSRF: a callback with a state that nobody began | RFC 6749 section 10.12 | guard: services/auth-ui/src/oauth-session/sign-in.ts
  it('brings nobody in with a forged state', async () => {
    const person = stage.newPerson();
    const page = await person.open('/auth/console/callback?code=some.code&state=forged');
    expect(page).toMatchObject({ status: 400, heading: 'This sign-in is not known here' });
    expect(person.cookies.size).toBe(0);
  });

  // attack: login CSRF: the callback of the attacker's own sign-in in the victim's browser | RFC 6749 section 10.12 | guard: services/auth-ui/src/oauth-session/sign-in-state.ts
  it('brings nobody in with the code of another browser', async () => {
    const { callback, verifier } = await unusedCallback();
    const victim = stage.newPerson();
    // Planted, so that PKCE alone does not stop it.
    victim.cookies.set(verifierCookie, verifier);
    const page = await victim.open(callback);
    // A sign-in of the victim's own.
    expect(page.path).toContain('/auth/sign-in.html');
    expect(victim.cookies.has(stage.session.cookieName)).toBe(false);
  });

  // attack: mix-up: the answer of another authorization server to a sign-in that began here | RFC 9207 section 2.4 | guard: services/auth-ui/src/oauth-session/sign-in.ts
  it('brings nobody in with the answer of another issuer', async () => {
    const { callback, person } = await unusedCallback();
    const address = new URL(callback, stage.publicUrl);
    expect(address.searchParams.get('iss')).toBe(`${stage.publicUrl}/auth/v3`);
    address.searchParams.set('iss', 'https://another.test');
    const page = await person.open(address.href);
    expect(page).toMatchObject({ status: 400, heading: 'This sign-in is not known here' });
    expect(person.cookies.has(stage.session.cookieName)).toBe(false);
  });

  // attack: a form of another site | CWE-352 | guard: services/auth-ui/src/oauth-session/guard.ts
  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['without the token of the session', { csrf: '' }, {}],
    ['with the token of another session', { csrf: 'AAAAAAAAAAAAAAAAAAAAAA' }, {}],
    ['from another site', {}, { 'sec-fetch-site': 'cross-site' }],
  ])('cannot send a form %s', async (_how, fields, headers) => {
    const { person, page } = await newAdmin();
    const form = formTo(page, '/auth/console/sign-out');
    const answer = await person.post(form.action, { ...form.fields, ...fields }, headers);
    expect(answer.status).toBe(403);
    expect((await person.open('/auth/console')).heading).toBe('Home');
  });

  // attack: window of the console led elsewhere by the page that opened it | CWE-1022, XS-Leaks | guard: services/auth-ui/src/oauth-session/guard.ts
  it.each(['/auth/console', '/auth/account', '/auth/console/nothing'])(
    'keeps no hold of a window with %s',
    async (path) => {
      const { person } = await newAdmin();
      const { headers } = await person.request(path);
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      // An application needs the window of its sign-in.
      const signIn = await stage.newPerson().open(path);
      expect(signIn.headers.get('cross-origin-opener-policy')).toBeNull();
    },
  );

  // attack: sign-in begun behind the back of a person by what a page of another site loads | W3C Fetch Metadata | guard: services/auth-ui/src/oauth-session/guard.ts
  it('begins no sign-in by a request that is no page', async () => {
    const person = stage.newPerson();
    const answer = await person.request('/auth/console', { headers: { 'sec-fetch-dest': 'empty' } });
    expect(answer.status).toBe(401);
    expect(person.cookies.size).toBe(0);
  });
});

describe('set-up', () => {
  it('uses the endpoints that discovery announces', async () => {
    const metadata = await (
      await fetch(`${stage.publicUrl}/auth/v3/.well-known/openid-configuration`)
    ).json();
    const { endpoints } = await import('../../src/oauth-session/authorization-server.ts');
    expect(metadata).toMatchObject({
      authorization_endpoint: `${stage.publicUrl}${endpoints.authorization}`,
      token_endpoint: `${stage.publicUrl}${endpoints.token}`,
      introspection_endpoint: `${stage.publicUrl}${endpoints.introspection}`,
      revocation_endpoint: `${stage.publicUrl}${endpoints.revocation}`,
    });
  });
});

async function isActive(token: string): Promise<boolean> {
  const answer = await stage.authApi.app.inject({
    method: 'GET',
    url: '/auth/v3/ping',
    headers: { authorization: `Bearer ${token}` },
  });
  return answer.statusCode === 200;
}

/** The address that a browser comes back with, before it is there. */
async function unusedCallback(): Promise<{ callback: string; verifier: string; person: Person }> {
  const attacker = stage.newPerson();
  await attacker.openAs('/auth/console', people.agent);
  attacker.cookies.delete(stage.session.cookieName);
  let location = '/auth/console';
  while (!location.includes('/callback?')) {
    const answer = await attacker.request(location);
    location = answer.headers.get('location') ?? '';
    if (location === '') throw new Error('no callback');
  }
  return {
    callback: location,
    verifier: attacker.cookies.get(verifierCookie) as string,
    person: attacker,
  };
}
