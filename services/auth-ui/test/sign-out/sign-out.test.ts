import type { App } from '@gatehouse/service-kit/http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApiStandIn, startAuthApiStandIn } from '../auth-api-stand-in.ts';
import { buildTestApp, pageGet } from '../test-app.ts';

let authApi: AuthApiStandIn;
let app: App;

beforeAll(async () => {
  authApi = await startAuthApiStandIn();
  app = await buildTestApp({ authApiUrl: authApi.url });
});

afterAll(async () => {
  await app.close();
  await authApi.close();
});

describe('the question whether to sign out', () => {
  it('names the application and the user; its form may lead to where the application wants', async () => {
    authApi.holdLogout({
      id: 'asked',
      clientName: 'Agent <Workspace>',
      userName: 'nordic\\maria',
      continueTo: 'https://workspace.example.com/bye',
    });

    const page = await app.inject(pageGet('/auth/sign-out.html?logout=asked'));

    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('Agent &lt;Workspace&gt; asks to sign you out.');
    expect(page.body).toContain('nordic\\maria');
    expect(page.body).toContain('action="/auth/v3/oauth/logout/confirm"');
    expect(page.body).toContain('name="csrf" value="csrf-of-asked"');
    expect(page.headers['content-security-policy']).toContain(
      "form-action 'self' https://workspace.example.com",
    );
  });

  it('speaks the language that the application asked for', async () => {
    authApi.holdLogout({ id: 'german', uiLocales: 'de' });
    const page = await app.inject(pageGet('/auth/sign-out.html?logout=german'));
    expect(page.body).toContain('<h1>Abmelden?</h1>');
  });

  it('is not there for another browser, nor when it was answered', async () => {
    authApi.holdLogout({ id: 'theirs', userName: 'maria' });
    authApi.holdLogout({ id: 'over', step: 'ended' });

    for (const [id, cookie] of [
      ['theirs', 'gatehouse-browser=another'],
      ['over', undefined],
      ['unknown', undefined],
    ]) {
      const page = await app.inject(
        pageGet(`/auth/sign-out.html?logout=${id}`, cookie === undefined ? {} : { cookie }),
      );
      expect(page.statusCode).toBe(410);
      expect(page.body).not.toContain('maria');
    }
  });
});

describe('the end of a session', () => {
  it('loads the applications that want to know, each from its own origin only, then goes on', async () => {
    authApi.holdLogout({
      id: 'ended',
      step: 'ended',
      frames: [
        'https://one.example.com/out?iss=x&sid=y',
        'https://one.example.com/b',
        'https://two.example.com/',
      ],
      continueTo: 'https://workspace.example.com/bye?state=1',
    });

    const page = await app.inject(pageGet('/auth/signed-out.html?logout=ended'));

    expect(page.body.match(/<iframe /g)).toHaveLength(3);
    expect(page.body).toContain('src="https://one.example.com/out?iss=x&amp;sid=y"');
    expect(page.body).toContain('sandbox="allow-scripts allow-same-origin"');
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toMatch(/frame-src https:\/\/one\.example\.com https:\/\/two\.example\.com(;|$)/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(page.body).toContain('data-continue href="https://workspace.example.com/bye?state=1"');
    expect(page.body).toContain('continue.js');
    expect(page.body).toContain('<noscript><meta http-equiv="refresh" content="5; url=https://workspace');
  });

  it('loads nothing where nobody wants to know, and nothing of another browser', async () => {
    authApi.holdLogout({ id: 'theirs-ended', step: 'ended', frames: ['https://one.example.com/'] });

    for (const page of [
      await app.inject(pageGet('/auth/signed-out.html')),
      await app.inject(pageGet('/auth/signed-out.html?logout=%3Cscript%3E')),
      await app.inject(
        pageGet('/auth/signed-out.html?logout=theirs-ended', { cookie: 'gatehouse-browser=another' }),
      ),
    ]) {
      expect(page.statusCode).toBe(200);
      expect(page.body).toContain('You are signed out');
      expect(page.body).not.toContain('<iframe');
      expect(page.headers['content-security-policy']).not.toContain('frame-src');
    }
  });
});
