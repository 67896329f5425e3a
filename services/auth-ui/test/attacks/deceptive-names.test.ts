/** Names that turn their text around or hide a part of it, on the pages where people decide. */
import type { App } from '@gatehouse/service-kit/http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AuthApiStandIn, sessionCookie, startAuthApiStandIn } from '../auth-api-stand-in.ts';
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

const name = 'Desk\u202e\u2066\u200b\u{e0041}\u001b[2Jx';
const shown = 'Desk\ufffd\ufffd\ufffd\ufffd\ufffd[2Jx';
const hidden = ['\u202e', '\u2066', '\u200b', '\u{e0041}', '\u001b'];
const get = async (url: string) => (await app.inject(pageGet(url))).body;
const signedIn = { cookie: `gatehouse-session=${sessionCookie}` };
const approvals = async () => (await app.inject(pageGet('/auth/approvals', signedIn))).body;

// attack: a stored name that turns the page around | UTS 55, CVE-2021-42574 | guard: services/auth-ui/src/pages/escape.ts
it('consent, device and approval show such names with what is hidden in them', async () => {
  const client = { id: 'x', name };
  authApi.hold({ id: 'turned', client, consent: { userName: name, scope: ['openid'] } });
  authApi.hold({
    id: 'turned-arabic',
    uiLocales: 'ar',
    client,
    consent: { userName: name, scope: ['openid'] },
  });
  authApi.wait({ id: 'turned', client, bindingMessage: name });
  for (const page of [
    await get('/auth/consent.html?interaction=turned'),
    await get('/auth/consent.html?interaction=turned-arabic'),
    await approvals(),
  ]) {
    expect(page).toContain(shown);
    expect(hidden.filter((character) => page.includes(character))).toEqual([]);
  }
});

it('an isolate of our own stays around a name, and one of the name does not', async () => {
  authApi.hold({
    id: 'isolated',
    uiLocales: 'ar',
    client: { id: 'x', name: 'a\u2069b' },
    consent: { userName: 'c\u2068d', scope: ['openid'] },
  });
  const page = await get('/auth/consent.html?interaction=isolated');
  expect(page).toContain('\u2068a\ufffdb\u2069');
  expect(page).toContain('c\ufffdd');
});

it('a person with such a name signs in by it: a form sends back what it was given', async () => {
  authApi.hold({ id: 'typed', userName: name, contactCenterHint: 'nordic' });
  const page = await get('/auth/sign-in.html?interaction=typed');
  expect(page).toContain(`value="${name}"`);
});

// attack: an application behind the name of another one | RFC 9700 4.10.2, ASVS 10.7.1 | guard: services/auth-ui/src/consent/page.ts
it('consent and approval show where the application is', async () => {
  const consent = { userName: 'nordic\\maria', scope: ['openid'] };
  authApi.hold({ id: 'web', redirectOrigin: 'https://desk.example.com:8443', consent });
  expect(await get('/auth/consent.html?interaction=web')).toContain(
    'Address of the application: desk.example.com:8443',
  );
  authApi.hold({ id: 'native', redirectOrigin: 'com.example.desk:', consent });
  expect(await get('/auth/consent.html?interaction=native')).toContain(
    'Address of the application: com.example.desk:',
  );
  const device = {
    userCode: 'WDJB-MJHT',
    requestedFrom: '198.51.100.7',
    requestedAt: new Date(0).toISOString(),
  };
  authApi.hold({
    id: 'device',
    client: { id: 'tv', name: 'Wallboard', address: 'wallboard.example.com' },
    redirectOrigin: 'https://login.test',
    device,
    consent,
  });
  const page = await get('/auth/consent.html?interaction=device');
  expect(page).toContain('Address of the application: wallboard.example.com');
  expect(page).not.toContain('Address of the application: login.test');
  authApi.wait({ id: 'placed', client: { id: 'd', name: 'Desk', address: 'desk.example.com' } });
  expect(await approvals()).toContain('Address of the application: desk.example.com');
});
