import type { App } from '@gatehouse/service-kit/http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApiStandIn, browserCookie, startAuthApiStandIn } from '../auth-api-stand-in.ts';
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

const get = (url: string, headers: Record<string, string> = {}) => app.inject(pageGet(url, headers));

describe('the page for the code of a device', () => {
  it('asks for the code, and fills in that of the address, which it does not send', async () => {
    const page = await get('/auth/device?user_code=WDJB-MJHT');

    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('action="/auth/v3/oauth/device/code"');
    expect(page.body).toContain('name="user_code"');
    expect(page.body).toContain('value="WDJB-MJHT"');
    // The form is trusted by its Origin, which browsers leave out under no-referrer.
    expect(page.headers['referrer-policy']).toBe('same-origin');
  });

  it('prints what the address says as text', async () => {
    const page = await get(`/auth/device?user_code=${encodeURIComponent('"><script>')}`);

    expect(page.body).toContain('value="&quot;&gt;&lt;script&gt;"');
  });

  it.each([
    ['error=unknown', 'No device waits with this code'],
    ['error=throttled', 'Too many codes were tried'],
    ['result=approved', 'Your device is signed in'],
    ['result=denied', 'The device was not signed in'],
    ['result=expired', 'This took too long'],
  ])('says for %s: %s', async (query, sentence) => {
    expect((await get(`/auth/device?${query}`)).body).toContain(sentence);
  });

  it('refuses words of its own that it does not know', async () => {
    expect((await get('/auth/device?result=maybe')).statusCode).toBe(400);
  });

  it('speaks German', async () => {
    expect((await get('/auth/device', { 'accept-language': 'de' })).body).toContain(
      'An einem Gerät anmelden',
    );
  });
});

describe('the question whether a device may come in', () => {
  it('shows the code and the address to compare, and a warning', async () => {
    authApi.hold({
      id: 'device-asks',
      consent: { userName: 'demo\\agent', scope: ['openid'] },
      device: {
        userCode: 'WDJB-MJHT',
        requestedFrom: '203.0.113.9',
        requestedAt: new Date(0).toISOString(),
      },
    });
    const page = await get('/auth/consent.html?interaction=device-asks', {
      cookie: `gatehouse-browser=${browserCookie}`,
    });

    expect(page.body).toContain('WDJB-MJHT');
    expect(page.body).toContain('Asked from the address 203.0.113.9');
    expect(page.body).toContain('Allow this only if the device is in front of you');
  });
});
