/** The link of the operator, opened in a browser without scripts, and what others try with it. */
import { randomToken } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ops } from '../../../auth-api/test/stack/auth-api.ts';
import { consoleClient, makeLink, redeemLink } from '../../../auth-api/test/stack/console-link.ts';
import { introspect, opsCall } from '../../../auth-api/test/stack/oauth.ts';
import type { Person } from './person.ts';
import { type Stage, startStage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage?.close());

const path = '/auth/console/open';
const link = () => makeLink(stage.authApi);
const isActive = async (token: string) =>
  (await introspect(stage.authApi, consoleClient, token))['active'] as boolean;
const opened = async (person: Person, code: string) => person.submit(await person.open(path), path, { code });

describe('the page of a link', () => {
  it('asks first, tells for how long, and then shows who made the link', async () => {
    const { code, linkRequest } = await link();
    const person = stage.newPerson();
    const page = await person.open(path);
    expect(page).toMatchObject({ status: 200, heading: 'Become the operator?' });
    expect(page.text).toContain('15 minutes');
    expect(page.text).not.toContain(ops.username);
    expect(page.text).not.toContain(linkRequest);

    const home = await person.submit(page, path, { code });
    expect(home).toMatchObject({ status: 200, path: '/auth/console', heading: 'Home' });
    expect(home.message).toContain(`the operator ${ops.username}`);
    expect(home.message).toContain(linkRequest);
    expect(home.text).toMatch(/Operator, ends at \d{1,2}:\d\d/);
    expect(home.text).not.toContain('Sign out everywhere');
    // Both APIs take the token.
    expect((await person.open('/auth/console/locations')).status).toBe(200);
    const { accessToken } = await stage.session.read(person);
    const bearer = { authorization: `Bearer ${accessToken}` };
    for (const api of ['/auth/v3/ops/clients', '/environment/v3/environments'])
      expect((await fetch(`${stage.publicUrl}${api}`, { headers: bearer })).status).toBe(200);
  });

  it('is named beside every change that the operator makes', async () => {
    const { code, linkRequest } = await link();
    const person = stage.newPerson();
    await opened(person, code);
    const form = await person.open('/auth/console/locations/declare');
    await person.submit(form, '/auth/console/locations/declare', { location: '/LINK1' });
    const changes = await person.open('/auth/console/audit/changes?entity=location');
    const one = changes.links.find(({ href }) => href.startsWith('/auth/console/audit/requests/'));
    expect((await person.open(one?.href ?? '')).text).toContain(`linkRequest ${linkRequest}`);
  });

  it('takes the whole link where only a part of it should be pasted', async () => {
    const { url } = await link();
    expect(await opened(stage.newPerson(), ` ${url}\n`)).toMatchObject({ path: '/auth/console' });
  });

  it('says how to get a new one, whatever is wrong, and signs nobody in', async () => {
    const { code } = await link();
    await opened(stage.newPerson(), code);
    for (const wrong of [code, randomToken(), 'x', '']) {
      const person = stage.newPerson();
      const page = await opened(person, wrong);
      expect(page).toMatchObject({ status: 400, path, heading: 'Become the operator?' });
      expect(page.message).toContain('gatehouse console open');
      expect(page.html).not.toContain(code);
      expect(person.cookies.has(stage.session.cookieName)).toBe(false);
    }
  });

  // attack: tokens of the person before that live on unseen, after the operator took the browser over | CWE-613 | guard: services/auth-ui/src/oauth-session/link.ts
  it('tells who is signed in already, and ends that session when it goes on', async () => {
    const person = await stage.contactCenterAdministrator();
    const before = await stage.session.read(person);
    const page = await person.open(path);
    expect(page.text).toContain('demo\\admin is signed in to the console');
    // A link that is no good changes nothing.
    expect((await person.submit(page, path, { code: randomToken() })).status).toBe(400);
    expect((await stage.session.read(person)).sub).toBe(before.sub);

    await person.submit(page, path, { code: (await link()).code });
    expect((await stage.session.read(person)).sub).toBe(`operator:${ops.username}`);
    expect(await isActive(before.accessToken)).toBe(false);
  });

  it('answers 503 while Auth API is away, and the link works afterwards', async () => {
    const { code } = await link();
    const person = stage.newPerson();
    const page = await person.open(path);
    stage.toAuthApi.cut();
    const away = await person.submit(page, path, { code });
    stage.toAuthApi.heal();
    expect(away.status).toBe(503);
    expect(await person.submit(page, path, { code })).toMatchObject({ path: '/auth/console' });
  });
});

describe('the session of the operator', () => {
  // attack: session of the operator that goes on after its quarter of an hour | CWE-613 | guard: services/auth-ui/src/oauth-session/sessions.ts
  it('has no refresh token and ends with its access token: then a person signs in', async () => {
    const person = stage.newPerson();
    await opened(person, (await link()).code);
    const { refreshToken, expiresAtMs } = await stage.session.read(person);
    expect(refreshToken).toBeUndefined();
    expect(expiresAtMs).toBeLessThanOrEqual(Date.now() + 900_000);
    await stage.session.change(person, { expiresAtMs: Date.now() - 1 });
    expect((await person.open('/auth/console')).path).toContain('/auth/sign-in.html');
  });

  it('ends with the sign-out, and spares the login session of the browser', async () => {
    const person = await stage.contactCenterAdministrator();
    const login = person.cookies.get('gatehouse-session');
    const home = await opened(person, (await link()).code);
    const { accessToken } = await stage.session.read(person);
    const end = await person.submit(home, '/auth/console/sign-out');
    expect(end.path).toContain('/auth/signed-out.html');
    expect(await isActive(accessToken)).toBe(false);
    expect(person.cookies.get('gatehouse-session')).toBe(login);
  });

  it('ends everywhere at once by a revocation', async () => {
    const person = stage.newPerson();
    await opened(person, (await link()).code);
    const data = { user: `operator:${ops.username}` };
    await opsCall(stage.authApi, 'POST', '/auth/v3/ops/revocations', { data });
    await expect
      .poll(async () => (await person.open('/auth/console/locations')).path, { timeout: 5_000 })
      .toContain('/auth/sign-in.html');
  });

  it('names account and link in what it changes, in both APIs', async () => {
    const { code, linkRequest } = await link();
    const person = stage.newPerson();
    await opened(person, code);
    const { accessToken } = await stage.session.read(person);
    const headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' };
    const post = (url: string, data: object) =>
      fetch(`${stage.publicUrl}${url}`, { method: 'POST', headers, body: JSON.stringify({ data }) });
    expect((await post('/environment/v3/locations', { location: '/LINKED' })).status).toBe(200);
    const client = { client_id: 'made-by-link', authorizedGrantTypes: ['client_credentials'] };
    expect((await post('/auth/v3/ops/clients', client)).status).toBe(200);

    const { body } = await stage.environmentApi.call('GET', `/audit?actor=${ops.username}&entityId=/LINKED`);
    expect(body.data[0].actor).toMatchObject({ kind: 'ops', name: ops.username, linkRequest });
    const events = '/auth/v3/ops/audit?name=client_created&limit=1';
    await stage.authApi.deps.audit.drained();
    const [event] = (await opsCall(stage.authApi, 'GET', events)).json<{ data: { fields: object }[] }>().data;
    expect(event?.fields).toMatchObject({ actor: ops.username, linkRequest });
  });
});

describe('somebody else', () => {
  // attack: sign somebody in as the operator from another site, with an attacker's own link | CWE-352, RFC 6819 section 4.4.1.8 | guard: services/auth-ui/src/console/open/routes.ts
  it.each([
    ['another site', { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' }],
    ['another host of the same site', { origin: 'https://evil.test', 'sec-fetch-site': 'same-site' }],
    ['a page without an origin', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
  ])('does not post a code from %s', async (_where, headers) => {
    const { code } = await link();
    const victim = stage.newPerson();
    expect((await victim.post(path, { code }, headers)).status).toBe(403);
    expect(victim.cookies.has(stage.session.cookieName)).toBe(false);
    // It was not even used up.
    expect((await redeemLink(stage.authApi, code)).status).toBe(200);
  });

  it('who only looks at the page uses nothing up', async () => {
    const { code } = await link();
    for (const method of ['GET', 'HEAD']) await stage.newPerson().request(`${path}?code=${code}`, { method });
    expect((await redeemLink(stage.authApi, code)).status).toBe(200);
  });

  it('does not frame the page, and finds it in no cache', async () => {
    const { headers } = await stage.newPerson().request(path);
    expect(headers.get('x-frame-options')).toMatch(/deny/i);
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('content-security-policy')).toMatch(/script-src 'nonce-[\w-]+'/);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('finds no code in the log of Auth UI, in an address, or in the page', async () => {
    const { code } = await link();
    const person = stage.newPerson();
    const pages = [await opened(person, code), await opened(person, code)];
    expect(stage.authUiLogged()).not.toContain(code);
    expect(person.been.join(' ')).not.toContain(code);
    for (const { html } of pages) expect(html).not.toContain(code);
  });
});
