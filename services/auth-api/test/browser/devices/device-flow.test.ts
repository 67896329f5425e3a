import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatUserCode, newUserCode, parseUserCode } from '../../../src/browser/devices/user-code.ts';
import { type AuthApi, startAuthApi } from '../../stack/auth-api.ts';
import { type Browser, createBrowser } from '../../stack/browser.ts';
import { createDpopKey, provenBy } from '../../stack/dpop.ts';
import { agent, readView, signIn } from '../../stack/interaction.ts';
import {
  authorizeUrl,
  createClient,
  interactionOf,
  introspect,
  postForm,
  type TestClient,
  token,
} from '../../stack/oauth.ts';
import { seenElsewhere } from '../../stack/seen-elsewhere.ts';

let stack: AuthApi;
let replica: AuthApi;
let television: TestClient;
let skewMs = 0;
const grantType = 'urn:ietf:params:oauth:grant-type:device_code';

beforeAll(async () => {
  stack = await startAuthApi({ now: () => Date.now() + skewMs });
  replica = await startAuthApi({ beside: stack, now: () => Date.now() + skewMs });
  television = await createClient(stack, {
    name: 'Wallboard',
    clientType: 'PUBLIC',
    authorizedGrantTypes: [grantType, 'refresh_token'],
  });
});
afterAll(async () => {
  await replica?.close();
  await stack?.close();
});

interface DeviceCodes {
  device_code: string;
  user_code: string;
  verification_uri: string;
  verification_uri_complete: string;
  expires_in: number;
  interval: number;
}

async function begin(client = television, form: Record<string, string> = {}): Promise<DeviceCodes> {
  const answer = await postForm(stack, 'device', form, client);
  if (answer.status !== 200) throw new Error(`no codes: ${answer.body}`);
  return answer.json<DeviceCodes>();
}

const poll = (
  deviceCode: string,
  client = television,
  at: AuthApi = stack,
  headers: Record<string, string> = {},
) => postForm(at, 'token', { grant_type: grantType, device_code: deviceCode }, client, headers);

/** Each question well after the one before. */
async function pollLater(deviceCode: string, client = television) {
  skewMs += 6_000;
  return poll(deviceCode, client);
}

const type = (browser: Browser, userCode: string, headers: Record<string, string> = {}) =>
  browser.postForm('/auth/v3/oauth/device/code', { user_code: userCode }, headers);

/** The interaction of the consent page. */
async function askedBy(browser: Browser, userCode: string): Promise<string> {
  const asked = await type(browser, userCode);
  if (asked.location?.includes('/auth/consent.html')) return interactionOf(asked);
  const onward = await signIn(stack, browser, interactionOf(asked), agent);
  return interactionOf(await browser.get(onward.location ?? ''));
}

async function answer(browser: Browser, userCode: string, said: 'allowed' | 'denied') {
  const interaction = await askedBy(browser, userCode);
  const { csrf } = await readView(stack.app, browser, interaction);
  const resumed = await browser.postForm('/auth/v3/oauth/consent', { interaction, csrf, answer: said });
  return browser.get(resumed.location ?? '');
}

describe('a device (RFC 8628)', () => {
  it('gets two codes, an address with and without one of them, and how often it may ask', async () => {
    const codes = await begin();

    expect(codes).toMatchObject({
      verification_uri: 'https://login.test/auth/device',
      verification_uri_complete: `https://login.test/auth/device?user_code=${codes.user_code}`,
      expires_in: 600,
      interval: 5,
    });
    expect(codes.user_code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    const kept = (await stack.deps.stores.redis.keys('*device*')).join();
    expect(kept).not.toContain(codes.user_code.replace('-', ''));
  });

  it('gets codes and refusals that no cache keeps', async () => {
    const answers = [
      await postForm(stack, 'device', {}, television),
      await postForm(stack, 'device', {}, { ...television, clientSecret: 'wrong' }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 401]);
    for (const { headers } of answers)
      expect(headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
  });

  it('waits, and gets its tokens when the user has allowed it; once', async () => {
    const { device_code, user_code } = await begin(television, { scope: 'openid' });
    expect((await poll(device_code)).json().error).toBe('authorization_pending');

    const done = await answer(createBrowser(stack.app), user_code.toLowerCase().replace('-', ' '), 'allowed');
    expect(done.location).toBe('https://login.test/auth/device?result=approved');

    const tokens = await pollLater(device_code);
    expect(tokens.status).toBe(200);
    expect(tokens.json()).toMatchObject({ scope: 'openid', id_token: expect.any(String) });
    const { access_token, refresh_token } = tokens.json();
    const clerk = await createClient(stack, { internalClient: true });
    expect(await introspect(stack, clerk, access_token)).toMatchObject({
      active: true,
      grant_type: grantType,
    });
    expect((await token(stack, television, { grant_type: 'refresh_token', refresh_token })).status).toBe(200);

    const again = await pollLater(device_code);
    expect([again.status, again.json().error]).toEqual([400, 'invalid_grant']);
    expect(await introspect(stack, clerk, access_token)).toEqual({ active: false });
  });

  it('is told when the identity provider saw the user, as any other application is', async () => {
    const seenAtMs = Date.now() - 3_600_000;
    const browser = createBrowser(stack.app);
    await answer(browser, (await begin()).user_code, 'allowed');
    await seenElsewhere(stack, browser, seenAtMs);
    const { device_code, user_code } = await begin(television, { scope: 'openid' });
    await answer(browser, user_code, 'allowed');

    const { id_token } = (await pollLater(device_code)).json();

    expect(decodeJwt(id_token)['auth_time']).toBe(Math.floor(seenAtMs / 1000));
  });

  // attack: device code redeemed twice | RFC 8628 3.4 | guard: services/auth-api/src/browser/devices/polled-requests.ts
  it('gives its tokens to one of many questions at once, on all replicas', async () => {
    const { device_code, user_code } = await begin();
    await answer(createBrowser(stack.app), user_code, 'allowed');

    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => poll(device_code, television, index % 2 ? stack : replica)),
    );

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('is told access_denied when the user refused', async () => {
    const { device_code, user_code } = await begin();
    const done = await answer(createBrowser(stack.app), user_code, 'denied');

    expect(done.location).toBe('https://login.test/auth/device?result=denied');
    const refused = await pollLater(device_code);
    expect([refused.status, refused.json().error]).toEqual([400, 'access_denied']);
  });

  // attack: device that polls too fast | RFC 8628 3.5 | guard: services/auth-api/src/browser/devices/polled-requests.ts
  it('is told slow_down when it asks too often, and must then wait longer', async () => {
    const { device_code } = await begin();
    const errors = [];
    for (const waitMs of [0, 0, 6_000, 16_000]) {
      skewMs += waitMs;
      errors.push((await poll(device_code)).json().error);
    }

    expect(errors).toEqual(['authorization_pending', 'slow_down', 'slow_down', 'authorization_pending']);
  });

  it('is told expired_token after its time, and the user that it took too long', async () => {
    const { device_code, user_code } = await begin();
    const browser = createBrowser(stack.app);
    const interaction = await askedBy(browser, user_code);
    const { csrf } = await readView(stack.app, browser, interaction);
    skewMs += 601_000;

    expect((await poll(device_code)).json().error).toBe('expired_token');
    const said = await browser.postForm('/auth/v3/oauth/consent', { interaction, csrf, answer: 'allowed' });
    expect((await browser.get(said.location ?? '')).location).toContain('result=expired');
    expect((await type(browser, user_code)).location).toContain('error=unknown');
  });

  // attack: device code of another client | CVE-2023-2585 | guard: services/auth-api/src/browser/devices/polled-requests.ts
  it('is refused with the code of another client, a changed one and none', async () => {
    const { device_code } = await begin();
    const other = await createClient(stack, { clientType: 'PUBLIC', authorizedGrantTypes: [grantType] });
    const changed = `${device_code.slice(0, -1)}${device_code.endsWith('A') ? 'B' : 'A'}`;

    expect((await poll(device_code, other)).json().error).toBe('invalid_grant');
    expect((await poll(changed)).json().error).toBe('invalid_grant');
    expect((await poll('')).json().error).toBe('invalid_request');
  });

  it('is refused without the grant, with a scope that is not its own, and as somebody else', async () => {
    const plain = await createClient(stack, { scope: ['openid'] });
    const narrow = await createClient(stack, { scope: ['openid'], authorizedGrantTypes: [grantType] });

    expect((await postForm(stack, 'device', {}, plain)).json().error).toBe('unauthorized_client');
    expect((await postForm(stack, 'device', { scope: 'all' }, narrow)).json().error).toBe('invalid_scope');
    expect((await postForm(stack, 'device', {}, { ...narrow, clientSecret: 'x' })).json().error).toBe(
      'invalid_client',
    );
  });

  it('may bind its tokens to a key', async () => {
    const key = await createDpopKey();
    const bound = await createClient(stack, {
      authorizedGrantTypes: [grantType],
      dpopBoundAccessTokens: true,
    });
    const { device_code, user_code } = await begin(bound);
    await answer(createBrowser(stack.app), user_code, 'allowed');

    const proof = await provenBy(key, { claims: { iat: Math.floor((Date.now() + skewMs) / 1000) } });
    const tokens = await poll(device_code, bound, stack, proof);
    expect(tokens.json<{ token_type: string }>().token_type).toBe('DPoP');
  });

  it('public ones cannot fill the store from one address', async () => {
    const few = await startAuthApi({ beside: stack, env: { GATEHOUSE_SIGN_IN_STARTS_PER_MINUTE: '10' } });
    try {
      const statuses = [];
      for (let turn = 0; turn < 12; turn++)
        statuses.push((await postForm(few, 'device', {}, television)).status);
      expect(statuses.slice(9)).toEqual([200, 429, 429]);
    } finally {
      await few.close();
    }
  });
});

describe('the user', () => {
  it('is asked although there is a session, and is shown what to compare', async () => {
    const browser = createBrowser(stack.app);
    await answer(browser, (await begin()).user_code, 'allowed');
    const { user_code } = await begin();
    const asked = await type(browser, user_code);

    expect(asked.status).toBe(303);
    expect(asked.location).toContain('/auth/consent.html?interaction=');
    expect(await readView(stack.app, browser, interactionOf(asked))).toMatchObject({
      client: { name: 'Wallboard' },
      consent: { scope: ['*'] },
      device: { userCode: user_code, requestedFrom: '127.0.0.1' },
      redirectOrigin: 'https://login.test',
    });
  });

  it('is not brought in by a page of another site', async () => {
    const { user_code } = await begin();

    expect((await type(createBrowser(stack.app), user_code, { origin: 'https://evil.test' })).status).toBe(
      403,
    );
  });

  // attack: guessed user codes | RFC 8628 5.1 | guard: services/auth-api/src/browser/devices/attempts.ts
  it('31: cannot be made to say yes in another browser, and the guessing of codes is bounded', async () => {
    const { user_code } = await begin();
    const interaction = await askedBy(createBrowser(stack.app), user_code);
    const { csrf } = { csrf: 'guessed' };
    const foreign = createBrowser(stack.app);
    await foreign.get(authorizeUrl(await createClient(stack)));
    const said = await foreign.postForm('/auth/v3/oauth/consent', { interaction, csrf, answer: 'allowed' });
    expect(said.status).toBe(403);

    const guesser = createBrowser(stack.app, '198.51.100.77');
    const ends = [];
    for (let turn = 0; turn < 12; turn++)
      ends.push((await type(guesser, newUserCode())).location?.split('=').at(-1));
    expect(ends.slice(0, 10)).toEqual(Array(10).fill('unknown'));
    expect(ends.slice(10)).toEqual(['throttled', 'throttled']);
    expect((await type(guesser, user_code)).location).toContain('error=throttled');
    expect((await type(createBrowser(stack.app, '198.51.100.78'), user_code)).location).toContain(
      'interaction=',
    );
  });

  it('hears that there is no device for texts that are no code', async () => {
    for (const text of ['', 'AEIO-UAEI', 'X'.repeat(200), 'BCDF-GHJ']) {
      expect((await type(createBrowser(stack.app), text)).location).toBe(
        'https://login.test/auth/device?error=unknown',
      );
    }
  });
});

describe('user codes', () => {
  it('are read however they are typed, and are all different', () => {
    expect(parseUserCode(' wdjb mjht ')).toBe('WDJBMJHT');
    expect(formatUserCode('WDJBMJHT')).toBe('WDJB-MJHT');
    expect(parseUserCode('WDJB-MJH1')).toBeUndefined();
    const codes = Array.from({ length: 2000 }, newUserCode);
    expect(new Set(codes).size).toBe(2000);
    expect(new Set(codes.join('')).size).toBe(20);
  });
});
