/** The page of the second factors: what it shows, and where its forms lead. */
import type { App } from '@gatehouse/service-kit/http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type AuthApiStandIn,
  accountCookie,
  appOfMaria,
  factorsOfMaria,
  startAuthApiStandIn,
} from '../auth-api-stand-in.ts';
import { buildTestApp, formPost, pageGet } from '../test-app.ts';

let authApi: AuthApiStandIn;
let app: App;
let signedIn: { cookie: string };
beforeAll(async () => {
  authApi = await startAuthApiStandIn();
  app = await buildTestApp({ authApiUrl: authApi.url });
  signedIn = { cookie: `gatehouse-console=${await accountCookie()}` };
});
afterAll(async () => {
  await app.close();
  await authApi.close();
});
beforeEach(() => {
  authApi.ownFactors(factorsOfMaria());
});

const path = '/auth/account/security';
const open = async (url = path) => (await app.inject(pageGet(url, signedIn))).body;
const send = (at: string, fields: Record<string, string> = {}) =>
  app.inject({ ...formPost({ csrf: 'csrf-of-the-session', ...fields }, signedIn), url: `${path}/${at}` });

const madePasskey = JSON.stringify({
  ...{ id: 'a2V5', rawId: 'a2V5', type: 'public-key' },
  response: { clientDataJSON: 'e30', attestationObject: 'oA' },
});

describe('the page', () => {
  it('shows each factor with its times, the recovery codes that are left, and trusted browsers', async () => {
    const body = await open();
    for (const words of [
      'Blue key',
      'Copied to your other devices',
      'Telephone',
      'You have 9 codes left.',
      'Firefox',
      'Ask again in every browser',
      'Blue key was set up',
      'An administrator gave you an invitation code',
    ])
      expect(body).toContain(words);
    expect(body).toContain('aria-label="Remove Blue key"');
    expect(body).toContain('data-passkey-options="/auth/account/security/passkeys/options"');
  });

  it('has no form for a sign-in that is too weak or too old, but the way to a better one', async () => {
    authApi.ownFactors({
      ...factorsOfMaria(),
      stepUp: { level: 'phishingResistant', maxAgeSeconds: 300, met: false },
    });
    const body = await open();
    expect(body).toContain(`href="${path}/confirm"`);
    expect(body).not.toContain(`action="${path}`);
    const { headers } = await app.inject(pageGet(`${path}/confirm`, signedIn));
    const asked = new URL(String(headers.location)).searchParams;
    expect(asked.get('acr_values')).toBe('urn:gatehouse:acr:phishing-resistant');
    expect(asked.get('max_age')).toBe('300');
  });

  it.each([
    [{ daysLeft: 3 }, 'You can sign in without one for 3 more days.'],
    [{ invitationNeeded: true, addable: [] }, 'you need an invitation code of your administrator'],
    [{ addable: [] }, 'Your contact centre does not use second factors.'],
    [{}, 'You have no second factor yet.'],
  ])('says to somebody without a factor what to do: %o', async (fields, words) => {
    authApi.ownFactors({
      ...factorsOfMaria(),
      passkeys: [],
      apps: [],
      devices: [],
      recoveryCodes: 0,
      ...fields,
    });
    const body = await open();
    expect(body).toContain(words);
    expect(body).not.toContain('Set up another one');
  });

  it('asks for the new name of a factor, unless it is gone or the sign-in is too old', async () => {
    const address = `${path}/rename?kind=passkeys&id=a2V5`;
    expect(await open()).toContain(`href="${address.replace('&', '&amp;')}"`);
    const body = await open(address);
    expect(body).toContain('Rename Blue key');
    expect(body).toContain('value="Blue key"');
    const gone = await app.inject(pageGet(`${path}/rename?kind=totp&id=a2V5`, signedIn));
    expect(gone.headers.location).toBe(path);
    authApi.ownFactors({
      ...factorsOfMaria(),
      stepUp: { level: 'phishingResistant', maxAgeSeconds: 300, met: false },
    });
    expect((await app.inject(pageGet(address, signedIn))).headers.location).toBe(path);
  });

  it('asks for a new factor after a recovery code was used', async () => {
    authApi.ownFactors({ ...factorsOfMaria(), newFactorAdvised: true });
    expect(await open()).toContain('You signed in with a recovery code');
  });
});

describe('a form of the page', () => {
  it('begins an app, shows its key again after a wrong code, and the recovery codes after the right one', async () => {
    const begun = await send('app');
    expect(begun.body).toContain('JBSW');
    authApi.ownFactors(factorsOfMaria(), 400);
    const shown = { id: appOfMaria.id, secret: appOfMaria.secret, uri: appOfMaria.uri };
    const wrong = await send('app/confirm', { ...shown, code: '000000' });
    expect(wrong.body).toContain('The code is not right');
    expect(wrong.body).toContain('JBSW');
    authApi.ownFactors(factorsOfMaria());
    expect((await send('app/confirm', { ...shown, code: '123456' })).body).toContain('AAAA-BBBB-CCCC-DDDD');
  });

  it.each([
    ['rename', { kind: 'passkeys', id: 'a2V5', name: 'Green key' }, 'renamed'],
    ['remove', { kind: 'passkeys', id: 'a2V5' }, 'removed'],
    ['devices/end', { device: '00000000-0000-4000-8000-0000000000d1' }, 'ended'],
    ['devices/end', {}, 'ended'],
    ['passkeys', { name: 'Key', answer: madePasskey }, 'added'],
  ] as const)('%s leads back to the page, which says what was done', async (at, fields, result) => {
    const { statusCode, headers } = await send(at, fields);
    expect([statusCode, headers.location]).toEqual([303, `${path}?result=${result}`]);
    expect(await open(String(headers.location))).toContain('role="status"');
  });

  it.each([
    [409, `${path}?result=kept`],
    [403, `${path}?result=refused`],
    [429, `${path}?result=refused`],
  ])('that is refused by %d leads to the page that says why', async (status, location) => {
    authApi.ownFactors(factorsOfMaria(), status);
    const { headers } = await send('remove', { kind: 'totp', id: appOfMaria.id });
    expect(headers.location).toBe(location);
  });

  it('that is sent after the session has ended asks for a sign-in, and is kept', async () => {
    authApi.ownFactors(factorsOfMaria(), 401);
    const { statusCode, body } = await send('rename', {
      kind: 'totp',
      id: appOfMaria.id,
      name: 'A name of hers',
    });
    expect(statusCode).toBe(401);
    for (const words of ['You were signed out', 'href="/auth/account/sign-in-again"', 'name="held"'])
      expect(body).toContain(words);
    expect(body).not.toContain('A name of hers');
  });
});
