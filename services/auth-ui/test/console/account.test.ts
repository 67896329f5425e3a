/** The account area through the real services: what a person sees and ends there, and what others must not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  authorizeUrl,
  createClient,
  redeem,
  type TestClient,
  token,
} from '../../../auth-api/test/stack/oauth.ts';
import { formTo, type Person } from './person.ts';
import { people, type Stage, startStage } from './stage.ts';

let stage: Stage;
let careful: TestClient;
beforeAll(async () => {
  stage = await startStage();
  careful = await createClient(stage.authApi, {
    name: 'Careful application',
    requireConsent: true,
    redirectURIs: [`${stage.publicUrl}/auth/signed-out.html`],
    authorizedGrantTypes: ['authorization_code', 'refresh_token'],
  });
});
afterAll(() => stage?.close());

/** Signed in a while ago: a token that is refused right after the sign-in is another problem. */
const areaOf = async (user: keyof typeof people = 'agent', path = '/auth/account') => {
  const person = stage.newPerson();
  const page = await person.openAs(path, people[user]);
  await stage.session.change(person, { signedInAtMs: Date.now() - 60_000 });
  return { person, page };
};

it('is a page of people without any right, after one sign-in that serves console and account', async () => {
  const { person, page } = await areaOf('agent');
  expect(page).toMatchObject({ status: 200, path: '/auth/account', heading: 'Your account' });
  expect(page.text).toContain('demo\\agent');
  expect(page.text).toContain('Contact centre Demo');
  for (const path of ['sessions', 'applications', 'language'])
    expect(await person.open(`/auth/account/${path}`)).toMatchObject({ status: 200 });
  expect((await person.open('/auth/console')).status).toBe(403);
});

describe('sessions', () => {
  it('are shown, and that of another browser ends with its tokens', async () => {
    const [here, elsewhere] = [await areaOf('supervisor'), await areaOf('supervisor')];
    const { sid } = await stage.session.read(elsewhere.person);
    const page = await here.person.open('/auth/account/sessions');
    const theirs = page.forms.find(({ fields }) => fields['session'] === sid);

    const ended = await here.person.post('/auth/account/sessions/end', theirs?.fields ?? {});

    expect(ended.message).toBe('That device is signed out');
    expect((await elsewhere.person.open('/auth/account')).path).toContain('/auth/sign-in.html');
    expect((await here.person.open('/auth/account')).status).toBe(200);
  });

  it('all end but this one', async () => {
    const others = [await areaOf('supervisor'), await areaOf('supervisor')];
    const { person } = await areaOf('supervisor');
    const page = await person.open('/auth/account/sessions');
    const after = await person.submit(page, '/auth/account/sessions/end-others');
    expect(after.message).toBe('All other devices are signed out');
    for (const other of others)
      expect((await other.person.open('/auth/account')).path).toContain('/auth/sign-in.html');
    expect((await person.open('/auth/account')).status).toBe(200);
  });

  // attack: session of another person ended by its id | CWE-639 | guard: services/auth-api/src/browser/sessions/store.ts
  it('of another person are not ended by their id', async () => {
    const [victim, attacker] = [await areaOf('admin'), await areaOf('agent')];
    const { sid } = await stage.session.read(victim.person);
    const page = await attacker.person.open('/auth/account/sessions');
    const { fields } = formTo(page, '/auth/account/sign-out');

    await attacker.person.post('/auth/account/sessions/end', {
      csrf: String(fields['csrf']),
      session: String(sid),
    });

    victim.person.cookies.delete('gatehouse-session');
    expect(await victim.person.open('/auth/account')).toMatchObject({ status: 200, heading: 'Your account' });
  });
});

describe('applications', () => {
  /** Signs in at the application, and agrees to what it asks for. */
  async function allow(person: Person) {
    const asked = await person.open(authorizeUrl(careful, { scope: 'openid offline_access calls sessions' }));
    const arrived = await person.submit(asked, '/auth/v3/oauth/consent', { answer: 'allowed' });
    const code = new URL(arrived.path, stage.publicUrl).searchParams.get('code');
    const tokens = await redeem(stage.authApi, careful, String(code));
    return { asked, tokens: tokens.json() };
  }

  it('are listed with what they may do, and lose tokens and consent when that is taken back', async () => {
    const { person } = await areaOf('agent');
    const { asked, tokens } = await allow(person);
    expect(tokens.refresh_token).toBeDefined();
    const list = await person.open('/auth/account/applications');
    expect(list.text).toContain('Careful application Allowed');
    expect(list.text).toContain('know that it is you');
    expect(asked.text).toContain('know that it is you');
    expect(list.text).toContain('calls');

    const question = await person.open(`/auth/account/applications/take-back?client=${careful.clientId}`);
    expect(question.heading).toBe('Take back what you allowed Careful application?');
    const done = await person.submit(question, '/auth/account/applications/take-back');

    expect(done.message).toBe('The application may do nothing for you any more');
    expect(done.text).not.toContain('Careful application');
    const renewed = await token(stage.authApi, careful, {
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh_token as string,
    });
    expect([renewed.status, renewed.json().error]).toEqual([400, 'invalid_grant']);
    // The session goes on, and the application asks again.
    expect((await person.open('/auth/account')).status).toBe(200);
    expect((await allow(person)).asked.heading).toContain('Careful application');
  });

  // attack: application that reads or takes back what its user allowed others | CWE-863 | guard: services/auth-api/src/browser/sessions/account-holder.ts
  it('do not see each other: the token of one opens no list and takes nothing back', async () => {
    const { person } = await areaOf('admin');
    const { tokens } = await allow(person);
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    const path = '/auth/v3/consents';
    expect((await person.request(path, { headers })).status).toBe(403);
    const taken = await person.request(`${path}/${careful.clientId}`, { method: 'DELETE', headers });
    expect(taken.status).toBe(403);
    expect((await person.open('/auth/account/applications')).text).toContain('Careful application');
  });
});

it('leads to another password and back, still signed in', async () => {
  const { person, page } = await areaOf('agent');
  expect(page.links.map(({ href }) => href)).toContain('/auth/change-password.html');
  const change = await person.open('/auth/change-password.html');
  expect(change.links.map(({ href }) => href)).toContain('/auth/account');
  const changed = await person.submit(change, '/auth/v3/change-password', {
    userName: people.agent.username,
    tenant: 'demo',
    oldPassword: people.agent.password,
    newPassword: 'another-agent-password-1',
    newPasswordAgain: 'another-agent-password-1',
  });
  expect(changed.path).toBe('/auth/signed-in.html');
  expect(await person.open('/auth/account')).toMatchObject({
    path: '/auth/account',
    heading: 'Your account',
  });
});

it('signs out everywhere, and tells a form that came too late', async () => {
  const [here, elsewhere] = [
    await areaOf('supervisor'),
    await areaOf('supervisor', '/auth/account/sessions'),
  ];
  const page = await here.person.open('/auth/account/sessions');
  const out = await here.person.submit(page, '/auth/account/sign-out', { everywhere: 'true' });
  expect(out.path).toMatch(/^\/auth\/signed-out\.html/);
  expect((await here.person.open('/auth/account')).path).toContain('/auth/sign-in.html');
  const late = await elsewhere.person.submit(elsewhere.page, '/auth/account/sessions/end', {
    session: '00000000-0000-4000-8000-000000000001',
  });
  expect(late).toMatchObject({ status: 401, heading: 'You were signed out' });
});
