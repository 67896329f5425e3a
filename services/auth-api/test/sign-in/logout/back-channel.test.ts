import { createAddressPolicy, createHttpClient } from '@gatehouse/api-client/http';
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBackChannel } from '../../../src/sign-in/logout/back-channel.ts';
import { createLogoutTokens } from '../../../src/sign-in/logout/logout-token.ts';
import { createNoticeStore } from '../../../src/sign-in/logout/notice-store.ts';
import { type AuthApi, publicUrl, startAuthApi } from '../../stack/auth-api.ts';
import { type Browser, createBrowser } from '../../stack/browser.ts';
import { type LogoutListener, startLogoutListener, type Told } from '../../stack/logout-listener.ts';
import {
  authorizeUrl,
  createClient,
  getCode,
  type OAuthJson,
  redeem,
  responseOf,
  type TestClient,
} from '../../stack/oauth.ts';
import { silentLog } from '../../stack/redis.ts';

/** Events reach their table a moment later. */
const patience = { timeout: 10_000 };
const issuer = `${publicUrl}/auth/v3`;
const event = 'http://schemas.openid.net/event/backchannel-logout';

let stack: AuthApi;
let listener: LogoutListener;

beforeAll(async () => {
  stack = await startAuthApi({
    env: { GATEHOUSE_MODE: 'local', GATEHOUSE_OUTBOUND_ALLOW_LOOPBACK: 'true' },
  });
});
afterAll(() => stack?.close());
beforeEach(async () => {
  listener = await startLogoutListener();
});
afterEach(() => listener.close());

const listening = (fields: Record<string, unknown> = {}) =>
  createClient(stack, { backchannelLogoutUri: listener.url, ...fields });

async function signedIn(client: TestClient, browser = createBrowser(stack.app)) {
  const code = await getCode(stack, browser, client, { scope: 'openid', nonce: 'n' });
  return { browser, tokens: (await redeem(stack, client, code)).json() };
}

const signOut = (browser: Browser, global = false) =>
  browser.postForm('/auth/v3/sign-out', global ? { global: 'true' } : {});
const rpLogout = (browser: Browser, { id_token }: OAuthJson) =>
  browser.get(`/auth/v3/oauth/logout?${new URLSearchParams({ id_token_hint: id_token })}`);
const claims = ({ logoutToken }: Told) => decodeJwt(logoutToken);

async function auditedNotices(clientId: string) {
  const { rows } = await stack.deps.stores.pool.query(
    "SELECT outcome, fields FROM auth.audit_events WHERE name = 'logout_notice' AND client_id = $1",
    [clientId],
  );
  return rows as { outcome: string; fields: { attempts: number; reason?: string } }[];
}

describe('the logout token', () => {
  it('is one form field, a JWT of its own kind, about the session of the ID token', async () => {
    const client = await listening({ idTokenSignedResponseAlg: 'ES256' });
    const { browser, tokens } = await signedIn(client);

    await rpLogout(browser, tokens);
    const [told] = await listener.after(1);

    expect(told?.contentType).toBe('application/x-www-form-urlencoded');
    expect([...new URLSearchParams(told?.body).keys()]).toEqual(['logout_token']);
    const keys = createLocalJWKSet((await stack.app.inject('/auth/v3/oauth/jwks')).json<JSONWebKeySet>());
    const { payload } = await jwtVerify(told?.logoutToken ?? '', keys, {
      issuer,
      audience: client.clientId,
      typ: 'logout+jwt',
      algorithms: ['ES256'],
    });
    const idToken = decodeJwt(tokens.id_token);
    expect(payload).toEqual({
      iss: issuer,
      aud: client.clientId,
      iat: expect.any(Number),
      exp: expect.any(Number),
      jti: expect.any(String),
      sub: idToken.sub,
      sid: idToken['sid'],
      events: { [event]: {} },
    });
    expect(Number(payload.exp) - Number(payload.iat)).toBeLessThanOrEqual(120);
    await expect
      .poll(() => auditedNotices(client.clientId), patience)
      .toEqual([{ outcome: 'success', fields: { attempts: 1 } }]);
  });

  it('41: passes neither for an ID token nor for an access token', async () => {
    const client = await listening();
    const { browser, tokens } = await signedIn(client);
    await rpLogout(browser, tokens);
    const [told] = await listener.after(1);

    const hint = await browser.get(authorizeUrl(client, { id_token_hint: told?.logoutToken ?? '' }));
    const info = await stack.app.inject({
      url: '/auth/v3/openid/userinfo',
      headers: { authorization: `Bearer ${told?.logoutToken}` },
    });

    expect(responseOf(hint).get('error')).toBe('invalid_request');
    expect(info.statusCode).toBe(401);
  });
});

describe('who is told', () => {
  it('every client of the session, whichever of them asked, and nobody else', async () => {
    const [first, second, quiet] = [await listening(), await listening(), await createClient(stack)];
    const { browser, tokens } = await signedIn(first);
    await signedIn(second, browser);
    await signedIn(quiet, browser);
    await signedIn(await listening());

    await rpLogout(browser, tokens);
    const told = await listener.after(2);

    expect(told.map(claims).map(({ aud }) => aud)).toEqual(
      expect.arrayContaining([first.clientId, second.clientId]),
    );
    await expect.poll(async () => (await auditedNotices(second.clientId)).length, patience).toBe(1);
    expect(listener.told).toHaveLength(2);
  });

  it('also those that the user met before proving again who they are', async () => {
    const [before, after] = [await listening(), await listening()];
    const { browser, tokens } = await signedIn(before);
    const code = await getCode(stack, browser, after, { scope: 'openid', prompt: 'login' });
    const renewed = (await redeem(stack, after, code)).json();

    await rpLogout(browser, renewed);
    const told = await listener.after(2);

    const sid = decodeJwt(tokens.id_token)['sid'];
    expect(decodeJwt(renewed.id_token)['sid']).toBe(sid);
    expect(told.map(claims).map((token) => [token.aud, token['sid']])).toEqual(
      expect.arrayContaining([
        [before.clientId, sid],
        [after.clientId, sid],
      ]),
    );
  });

  it.each([
    ['the classic sign-out', (browser: Browser) => signOut(browser)],
    [
      'the account page',
      async (browser: Browser) => {
        const { data } = (await browser.get('/auth/v3/sessions')).json() as { data: { id: string }[] };
        await browser.request('DELETE', `/auth/v3/sessions/${data[0]?.id}`, { origin: publicUrl });
      },
    ],
  ])('on a sign-out by %s', async (_way, leave) => {
    const client = await listening();
    const { browser, tokens } = await signedIn(client);

    await leave(browser);
    const [told] = await listener.after(1);

    expect(claims(told as Told)['sid']).toBe(decodeJwt(tokens.id_token)['sid']);
  });

  it('a sign-out everywhere: once about the user, or once for each session where the client needs the sid', async () => {
    const about = async (client: TestClient) => {
      const laptop = await signedIn(client);
      const phone = await signedIn(client);
      return { laptop, sids: [laptop, phone].map(({ tokens }) => decodeJwt(tokens.id_token)['sid']) };
    };
    const whole = await about(await listening());
    await signOut(whole.laptop.browser, true);
    const [told] = await listener.after(1);
    expect(claims(told as Told)).not.toHaveProperty('sid');
    expect(claims(told as Told).sub).toBe(decodeJwt(whole.laptop.tokens.id_token).sub);

    const each = await about(await listening({ backchannelLogoutSessionRequired: true }));
    await signOut(each.laptop.browser, true);
    const all = await listener.after(3);
    expect(
      all
        .slice(1)
        .map(claims)
        .map((token) => token['sid']),
    ).toEqual(expect.arrayContaining(each.sids));
  });
});

describe('delivery', () => {
  /** Another replica beside the running one: its own queue, and no patience. */
  function replica(prefix: string, pausesMs: number[], outbound = stack.deps.core.outbound) {
    const { deps } = stack;
    const outcomes: string[] = [];
    const keyspace = { ...deps.core.keyspace, name: (name: string) => `${prefix}:${name}` };
    const store = createNoticeStore(deps.stores.redis, keyspace);
    const backChannel = createBackChannel({
      audit: deps.audit.writer,
      now: deps.now,
      outbound,
      store,
      directory: deps.clients.directory,
      signLogoutToken: createLogoutTokens(deps.signingKeys.signer, issuer, Date.now),
      log: silentLog,
      onOutcome: (outcome) => outcomes.push(outcome),
      pausesMs,
      pollMs: 20,
    });
    backChannel.start();
    return { backChannel, outcomes, store };
  }

  const endedFor = ({ clientId }: TestClient) => [{ sub: 'subject', sid: 'session', clientIds: [clientId] }];

  it('is tried again after a failure, with a token of its own each time, and then done', async () => {
    const client = await listening();
    listener.answers.push(503, 429);
    const { backChannel, outcomes } = replica('retry', [10, 10, 10]);

    await backChannel.announce(endedFor(client), 'session');
    const told = await listener.after(3);

    await expect.poll(() => outcomes, patience).toEqual(['postponed', 'postponed', 'delivered']);
    expect(new Set(told.map((each) => claims(each).jti)).size).toBe(3);
    await backChannel.close();
    expect(await stack.deps.stores.redis.zcard('retry:logout-notices')).toBe(0);
  });

  it('is given up when attempts run out, or at once when the client calls the token wrong', async () => {
    const [silent, strict] = [await listening(), await listening()];
    const { backChannel, outcomes } = replica('given-up', [10]);

    listener.answers.push(500, 500);
    await backChannel.announce(endedFor(silent), 'session');
    await expect.poll(() => outcomes, patience).toEqual(['postponed', 'failed']);
    listener.answers.push(400);
    await backChannel.announce(endedFor(strict), 'session');
    await expect.poll(() => outcomes, patience).toEqual(['postponed', 'failed', 'failed']);

    await backChannel.close();
    expect(listener.told).toHaveLength(3);
    await expect
      .poll(() => auditedNotices(silent.clientId), patience)
      .toEqual([{ outcome: 'failure', fields: { attempts: 2, reason: expect.stringContaining('500') } }]);
  });

  it('one that hangs holds up no other', async () => {
    const [slow, quick] = [await listening(), await listening()];
    const { backChannel, outcomes } = replica('hanging', [10]);
    listener.answers.push('hang');

    await backChannel.announce(endedFor(slow), 'session');
    await listener.after(1);
    await backChannel.announce(endedFor(quick), 'session');
    await listener.after(2);

    await expect.poll(() => outcomes, patience).toContain('delivered');
    await backChannel.close();
  });

  it('of two replicas one delivers', async () => {
    const client = await listening();
    const [one, other] = [replica('shared', [10]), replica('shared', [10])];

    await one.backChannel.announce(endedFor(client), 'session');
    await expect.poll(() => one.outcomes.concat(other.outcomes), patience).toEqual(['delivered']);

    await Promise.all([one.backChannel.close(), other.backChannel.close()]);
    expect(listener.told).toHaveLength(1);
  });

  it('goes nowhere when the client was deleted or no longer wants to be told', async () => {
    const { backChannel, outcomes, store } = replica('gone', [10]);
    const quiet = await createClient(stack);

    for (const clientId of ['deleted', quiet.clientId])
      await store.add([{ id: clientId, clientId, sub: 'subject', attempts: 0 }], Date.now());

    await expect.poll(() => stack.deps.stores.redis.zcard('gone:logout-notices'), patience).toBe(0);
    expect(outcomes).toEqual([]);
    await backChannel.close();
  });

  it('71: never reaches an address inside, whatever a registration says', async () => {
    const client = await listening();
    const outbound = createHttpClient({ addresses: createAddressPolicy([], false), timeoutMs: 1000 });
    const { backChannel, outcomes } = replica('guarded', [10], outbound);

    await backChannel.announce(endedFor(client), 'session');

    await expect.poll(() => outcomes, patience).toEqual(['failed']);
    await Promise.all([backChannel.close(), outbound.close()]);
    expect(listener.told).toEqual([]);
  });
});
