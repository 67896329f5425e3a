import type { App } from '@gatehouse/service-kit/http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApiStandIn, sessionCookie, startAuthApiStandIn } from '../auth-api-stand-in.ts';
import { buildTestApp, pageGet } from '../test-app.ts';

const signedIn = { cookie: `gatehouse-session=${sessionCookie}; other=1` };

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

const get = (url: string, headers: Record<string, string> = signedIn) => app.inject(pageGet(url, headers));

describe('the page of approvals', () => {
  it('says that nothing waits, and where the person may choose a code', async () => {
    const { statusCode, body } = await get('/auth/approvals');

    expect(statusCode).toBe(200);
    expect(body).toContain('Nothing waits for you.');
    expect(body).toContain('action="/auth/v3/approvals/user-code"');
    expect(body).not.toContain('Remove the code');
  });

  it('shows who asks for what, with which message and since when, and takes the answer by form', async () => {
    authApi.wait({
      id: 'asked-for-a-call',
      bindingMessage: 'Ticket <b>W4SCT</b>',
      scope: ['openid', 'calls:read'],
    });
    const { body, headers } = await get('/auth/approvals');

    expect(body).toContain('<h2 class="approval-title">Call Desk</h2>');
    expect(body).toContain('Ticket &lt;b&gt;W4SCT&lt;/b&gt;');
    expect(body).toContain('<li>know that it is you</li>');
    expect(body).toContain('<code>calls:read</code>');
    expect(body).toContain('Asked 1 minute ago, waits for 4 minutes more');
    expect(body).toContain('name="approval" value="asked-for-a-call"');
    expect(body).toContain('name="csrf" value="csrf-of-maria"');
    expect(body).toContain('nordic\\maria');
    // Its script asks for the page again, and for nothing else.
    expect(headers['content-security-policy']).toContain("connect-src 'self'");
    expect((await get('/auth/device')).headers['content-security-policy']).not.toContain('connect-src');
    const asked = authApi.calls.findLast(({ path }) => path === '/auth/v3/approvals');
    expect(asked?.headers).not.toHaveProperty('authorization');
    expect(asked?.headers['cookie']).toBe(`gatehouse-session=${sessionCookie}`);
  });

  it('tells Auth API when it refreshes by itself', async () => {
    await get('/auth/approvals?refresh=true');

    expect(authApi.calls.at(-1)?.path).toBe('/auth/v3/approvals?refresh=true');
  });

  it('shows nothing to a browser without a session, and comes back after the sign-in, once', async () => {
    for (const cookie of ['', 'gatehouse-session=ended']) {
      const page = await get('/auth/approvals', { cookie });
      expect([page.statusCode, page.headers.location]).toEqual([303, '/auth/sign-in.html']);
      expect(page.body).not.toContain('Call Desk');
      expect(page.cookies).toMatchObject([
        { name: 'gatehouse-return', value: 'approvals', httpOnly: true, sameSite: 'Lax', maxAge: 600 },
      ]);
    }
    const back = await get('/auth/signed-in.html', {
      cookie: `${signedIn.cookie}; gatehouse-return=approvals`,
    });
    expect([back.statusCode, back.headers.location]).toEqual([303, '/auth/approvals']);
    expect(back.cookies).toMatchObject([{ name: 'gatehouse-return', value: '' }]);
    const foreign = `${signedIn.cookie}; gatehouse-return=https://evil.test`;
    expect((await get('/auth/signed-in.html', { cookie: foreign })).statusCode).toBe(200);
  });

  it.each([
    ['approved', 'You have approved the request', 'status'],
    ['denied', 'You have denied the request', 'status'],
    ['gone', 'This request no longer waits', 'alert'],
    ['code_kept', 'Your code is kept', 'status'],
    ['code_removed', 'Your code is removed', 'status'],
    ['code_refused', 'This cannot be a code', 'alert'],
    ['form_expired', 'This page was open for too long', 'alert'],
    ['confirm', 'Now answer once more', 'status'],
  ])('says for %s: %s', async (result, sentence, role) => {
    const { body } = await get(`/auth/approvals?result=${result}`);

    expect(body).toContain(sentence);
    expect(body).toContain(`role="${role}" id="message"`);
  });

  it('refuses words of its own that it does not know, and speaks German', async () => {
    expect((await get('/auth/approvals?result=maybe')).statusCode).toBe(400);
    const german = await get('/auth/approvals', { ...signedIn, 'accept-language': 'de' });
    expect(german.body).toContain('Angefragt vor 1 Minute, wartet noch 4 Minuten');
    expect(german.body).toContain('refresh=true&amp;ui_locales=de');
  });
});
