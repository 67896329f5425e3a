/** Sessions and refresh tokens of the release before, which stored no proofs: they go on until a policy says otherwise. */
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { addApp, stepMs } from '../factors/people.ts';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { signedIn } from '../stack/backchannel.ts';
import type { Browser } from '../stack/browser.ts';
import { refusalOf } from '../stack/exchange.ts';
import { authorizeUrl, createClient, redeem, responseOf, type TestClient, token } from '../stack/oauth.ts';
import { proveBy, requireFactors } from '../stack/second-factor.ts';
import { personOf, postStep, sessionOf } from '../stack/second-step.ts';

let stack: AuthApi;
let client: TestClient;
let skewMs = 0;
const now = () => Date.now() + skewMs;
const hourMs = 3_600_000;
beforeAll(async () => {
  stack = await startAuthApi({ env: { GATEHOUSE_SIGN_IN_ADDRESS_ATTEMPTS: '10000' }, now });
  client = await createClient(stack, { scope: ['openid'], refreshTokenIdleSeconds: 1_000_000 });
});
afterAll(() => stack?.close());
beforeEach(() => requireFactors(stack, {}));

/** What it issues stores no proofs either. */
async function sessionOfBefore(): Promise<Browser> {
  const browser = await signedIn(stack);
  await proveBy(stack, browser, undefined);
  return browser;
}

async function tokensOf(browser: Browser) {
  const answer = await browser.get(authorizeUrl(client, { prompt: 'none', scope: 'openid' }));
  return (await redeem(stack, client, responseOf(answer).get('code') ?? '')).json();
}

const refresh = (refresh_token: string) =>
  token(stack, client, { grant_type: 'refresh_token', refresh_token });

it('go on where no policy asks for a factor', async () => {
  const browser = await sessionOfBefore();
  const tokens = await tokensOf(browser);
  expect(decodeJwt(tokens.id_token)).toMatchObject({ acr: '1', amr: ['pwd'] });
  const refreshed = await refresh(tokens.refresh_token);
  expect([refreshed.status, decodeJwt(refreshed.json().id_token)]).toMatchObject([200, { amr: ['pwd'] }]);
  expect((await browser.get('/auth/v3/ping')).status).toBe(200);
});

it('are asked for the factor by a policy, and the session goes on with it', async () => {
  const browser = await sessionOfBefore();
  const { sid } = decodeJwt((await tokensOf(browser)).id_token);
  const app = await addApp(stack, await personOf(stack, browser));
  await requireFactors(stack, { mode: 'required' });
  const silent = await browser.get(authorizeUrl(client, { prompt: 'none', scope: 'openid' }));
  expect(responseOf(silent).get('error')).toBe('interaction_required');
  const asking = await browser.get(authorizeUrl(client, { scope: 'openid' }));
  expect(asking.location).toContain('/auth/second-step.html');
  const given = await postStep(stack, browser, 'code', { kind: 'totp', code: app.codeAt(now() + stepMs) });
  const code = responseOf(await browser.get(given.location ?? '')).get('code') ?? '';
  const tokens = (await redeem(stack, client, code)).json();
  expect(decodeJwt(tokens.id_token)).toMatchObject({ acr: '2', amr: ['pwd', 'otp', 'mfa'], sid });
  expect(await sessionOf(stack, browser)).toMatchObject({
    proofs: [{ factor: 'password' }, { factor: 'totp' }],
  });
  await stack.deps.factors.ends.reset(await personOf(stack, browser), { reason: 'the test', by: 'test' });
});

it('are refused by a policy after its times of grace, and end with everything of that sign-in', async () => {
  const tokens = await tokensOf(await sessionOfBefore());
  const raisedAt = new Date(now()).toISOString();
  await requireFactors(stack, { mode: 'required', graceHours: 2, enrolmentGraceDays: 0, raisedAt });
  const within = await refresh(tokens.refresh_token);
  expect(within.status).toBe(200);
  skewMs += 2 * hourMs + 1000;
  expect(refusalOf(await refresh(within.json().refresh_token))).toEqual([400, 'invalid_grant']);
  await requireFactors(stack, {});
  expect(refusalOf(await refresh(within.json().refresh_token))).toEqual([400, 'invalid_grant']);
});
