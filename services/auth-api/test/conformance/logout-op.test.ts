/** The modules of the plans RP-Initiated, Back-Channel and Front-Channel Logout OP. */
import type { LogoutView } from '@gatehouse/contracts/auth-api';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AuthApi, publicUrl, startAuthApi } from '../stack/auth-api.ts';
import { type LogoutListener, startLogoutListener } from '../stack/logout-listener.ts';
import { readLogout } from '../stack/pending-logout.ts';
import { createRelyingParty, issuer, type RelyingParty, type SignedIn } from './relying-party.ts';

const postLogout = 'https://rp.test/post-logout';
/** The suite sends a long one. */
const state = 's'.repeat(128);

let stack: AuthApi;
let listener: LogoutListener;

beforeAll(async () => {
  listener = await startLogoutListener();
  stack = await startAuthApi({
    env: { GATEHOUSE_MODE: 'local', GATEHOUSE_OUTBOUND_ALLOW_LOOPBACK: 'true' },
  });
});
afterAll(async () => {
  listener?.close();
  await stack?.close();
});

const leave = (rp: RelyingParty, parameters: Record<string, string>) =>
  rp.browser.get(`/auth/v3/oauth/logout?${new URLSearchParams(parameters)}`);

async function expectSignedOut(rp: RelyingParty) {
  expect((await rp.authorize({ prompt: 'none' })).fields['error']).toBe('login_required');
}

function logoutAt(rp: RelyingParty, location: string | undefined): Promise<LogoutView> {
  const id = new URL(String(location)).searchParams.get('logout');
  return readLogout(stack, rp.browser, String(id));
}

describe('RP-Initiated Logout', () => {
  let rp: RelyingParty;
  let signedIn: SignedIn;

  beforeEach(async () => {
    rp = await createRelyingParty(stack);
    signedIn = await rp.signIn();
  });

  const hint = () => signedIn.tokens.id_token;

  it('oidcc-rp-initiated-logout: back with the state, and signed out', async () => {
    const answer = await leave(rp, { id_token_hint: hint(), post_logout_redirect_uri: postLogout, state });
    expect(answer.location).toBe(`${postLogout}?state=${state}`);
    await expectSignedOut(rp);
  });

  it('oidcc-rp-initiated-logout-no-state: back without one', async () => {
    const answer = await leave(rp, { id_token_hint: hint(), post_logout_redirect_uri: postLogout });
    expect(answer.location).toBe(postLogout);
    await expectSignedOut(rp);
  });

  it.each([
    ['oidcc-rp-initiated-logout-bad-post-logout-redirect-uri', `${postLogout}/other`],
    ['oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri', `${postLogout}?foo=bar`],
  ])('%s: an error page', async (_module, uri) => {
    const answer = await leave(rp, { id_token_hint: hint(), post_logout_redirect_uri: uri, state });
    expect([answer.status, answer.location]).toEqual([400, undefined]);
  });

  it('oidcc-rp-initiated-logout-modified-id-token-hint: an error page', async () => {
    const [, payload] = hint().split('.');
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    const answer = await leave(rp, { id_token_hint: unsigned, post_logout_redirect_uri: postLogout });
    expect([answer.status, answer.location]).toEqual([400, undefined]);
  });

  it.each([
    ['oidcc-rp-initiated-logout-no-id-token-hint', { post_logout_redirect_uri: postLogout, state }],
    ['oidcc-rp-initiated-logout-no-params', {}],
    ['oidcc-rp-initiated-logout-only-state', { state }],
  ] as [string, Record<string, string>][])(
    '%s: asks, never leads back, and signs out',
    async (_module, parameters) => {
      const asked = await leave(rp, parameters);
      expect(String(asked.location).startsWith(`${publicUrl}/auth/sign-out.html?logout=`)).toBe(true);
      const { id, csrf } = await logoutAt(rp, asked.location);

      const answer = await rp.browser.postForm('/auth/v3/oauth/logout/confirm', { logout: id, csrf });

      expect(answer.location).toBe(`${publicUrl}/auth/signed-out.html`);
      await expectSignedOut(rp);
    },
  );

  it('oidcc-rp-initiated-logout-no-post-logout-redirect-uri: the signed-out page', async () => {
    expect((await leave(rp, { id_token_hint: hint(), state })).location).toBe(
      `${publicUrl}/auth/signed-out.html`,
    );
    await expectSignedOut(rp);
  });
});

describe('Back-Channel Logout', () => {
  it('oidcc-backchannel-rp-initiated-logout: a logout token, the way back, and signed out', async () => {
    const rp = await createRelyingParty(stack, {
      registration: { backchannelLogoutUri: listener.url, backchannelLogoutSessionRequired: true },
    });
    const { tokens, idToken } = await rp.signIn();

    const answer = await leave(rp, {
      id_token_hint: tokens.id_token,
      post_logout_redirect_uri: postLogout,
      state,
    });
    const [told] = await listener.after(1);

    expect(answer.location).toBe(`${postLogout}?state=${state}`);
    const keySet = (await stack.app.inject('/auth/v3/oauth/jwks')).json<JSONWebKeySet>();
    const { payload } = await jwtVerify(told?.logoutToken ?? '', createLocalJWKSet(keySet), {
      issuer,
      audience: rp.clientId,
      typ: 'logout+jwt',
      requiredClaims: ['iat', 'exp', 'jti'],
    });
    expect(payload).toMatchObject({
      sub: idToken.sub,
      sid: idToken['sid'],
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    });
    expect(payload).not.toHaveProperty('nonce');
    await expectSignedOut(rp);
  });
});

describe('Front-Channel Logout', () => {
  it('oidcc-frontchannel-rp-initiated-logout: a frame with iss and sid, then the way back', async () => {
    const rp = await createRelyingParty(stack, {
      registration: {
        frontchannelLogoutUri: 'https://rp.test/frontchannel_logout',
        frontchannelLogoutSessionRequired: true,
      },
    });
    const { tokens, idToken } = await rp.signIn();

    const answer = await leave(rp, {
      id_token_hint: tokens.id_token,
      post_logout_redirect_uri: postLogout,
      state,
    });

    expect(String(answer.location).startsWith(`${publicUrl}/auth/signed-out.html?logout=`)).toBe(true);
    const { frames, continueTo, step } = await logoutAt(rp, answer.location);
    expect(step).toBe('ended');
    expect(frames).toHaveLength(1);
    const frame = new URL(frames[0] ?? '');
    expect(frame.origin + frame.pathname).toBe('https://rp.test/frontchannel_logout');
    expect(Object.fromEntries(frame.searchParams)).toEqual({ iss: issuer, sid: idToken['sid'] });
    expect(continueTo).toBe(`${postLogout}?state=${state}`);
    await expectSignedOut(rp);
  });

  it('the classic sign-out loads the frames of every application of the session as well', async () => {
    const register = (name: string, isNeeded: boolean) =>
      createRelyingParty(stack, {
        registration: {
          frontchannelLogoutUri: `https://rp.test/${name}?x=1`,
          frontchannelLogoutSessionRequired: isNeeded,
        },
      });
    const [one, other] = [await register('one', false), await register('other', true)];
    await one.signIn();
    // Both in one browser.
    for (const [name, value] of one.browser.cookies) other.browser.cookies.set(name, value);
    const { idToken } = await other.signIn();

    const answer = await other.browser.postForm('/auth/v3/sign-out', {});

    const { frames, continueTo } = await logoutAt(other, answer.location);
    expect(frames.sort()).toEqual([
      'https://rp.test/one?x=1',
      `https://rp.test/other?x=1&${new URLSearchParams({ iss: issuer, sid: String(idToken['sid']) })}`,
    ]);
    expect(continueTo).toBeUndefined();
  });
});
