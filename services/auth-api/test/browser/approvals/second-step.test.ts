/** A session that is too weak to approve leads through the second step and back to the page, where the request still waits. */
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PersonKey } from '../../../src/records/revocation/revocation.ts';
import { addApp, stepMs } from '../../factors/people.ts';
import { type AuthApi, publicUrl, startAuthApi } from '../../stack/auth-api.ts';
import { asked, createAsker, poll, signedIn, waitingFor } from '../../stack/backchannel.ts';
import type { Browser } from '../../stack/browser.ts';
import { sessionCookie } from '../../stack/interaction.ts';
import type { TestClient } from '../../stack/oauth.ts';
import { stoppedClock } from '../../stack/redis.ts';
import { requireFactors } from '../../stack/second-factor.ts';
import { personOf, postStep, readStep, sessionOf } from '../../stack/second-step.ts';

const clock = stoppedClock(Math.floor(Date.now() / stepMs) * stepMs);
const backTo = `${publicUrl}/auth/approvals?result=confirm`;
const stepPage = `${publicUrl}/auth/second-step.html`;
let stack: AuthApi;
let client: TestClient;
let person: PersonKey;
let browser: Browser;
let app: Awaited<ReturnType<typeof addApp>>;
beforeAll(async () => {
  stack = await startAuthApi({ now: clock.now });
  client = await createAsker(stack);
});
afterAll(() => stack?.close());
beforeEach(async () => {
  // No test uses up what a person may be asked, or a code, in another.
  clock.advance(601_000);
  await requireFactors(stack, {});
  browser = await signedIn(stack);
  person = await personOf(stack, browser);
  await stack.deps.factors.ends.reset(person, { reason: 'a new test', by: 'test' });
  clock.advance(1_000);
  app = await addApp(stack, person);
  browser = await signedIn(stack);
});

async function answer(said: 'approved' | 'denied'): Promise<string | undefined> {
  const { data, csrf } = await waitingFor(browser);
  const fields = { approval: data.at(-1)?.id ?? '', csrf, answer: said };
  return (await browser.postForm('/auth/v3/approvals/answer', fields)).location;
}
const result = (name: string) => `${publicUrl}/auth/approvals?result=${name}`;
const giveCode = () => {
  // The app was confirmed by the code of its first step.
  clock.advance(stepMs);
  return postStep(stack, browser, 'code', { kind: 'totp', code: app.codeAt(clock.now()) });
};
const pollLater = (authReqId: string, by = client) => {
  clock.advance(6_000);
  return poll(stack, by, authReqId);
};

describe.each([
  ['the contact centre', { mode: 'required' as const }, {}],
  ['the client', {}, { minimumAcr: 'secondFactor' }],
])('an approval that %s lets nobody give by a password', (_who, policy, registration) => {
  it('leads to the second step, and is given afterwards, by the same session', async () => {
    const asker = await createAsker(stack, registration);
    const { auth_req_id } = await asked(stack, asker);
    const before = await sessionOf(stack, browser);
    await requireFactors(stack, policy);

    expect(await answer('approved')).toBe(stepPage);
    expect(await readStep(stack, browser)).toMatchObject({ state: 'verify', need: 'secondFactor' });
    expect((await pollLater(auth_req_id, asker)).json().error).toBe('authorization_pending');
    expect((await giveCode()).location).toBe(backTo);
    expect(await sessionOf(stack, browser)).toMatchObject({ sid: before?.sid });
    // The factor alone approves nothing.
    expect((await pollLater(auth_req_id, asker)).json().error).toBe('authorization_pending');
    expect(await answer('approved')).toBe(result('approved'));
    const tokens = (await pollLater(auth_req_id, asker)).json();
    expect(decodeJwt(tokens.id_token)).toMatchObject({ amr: ['pwd', 'otp', 'mfa'] });
  });
});

describe('a person whose session is too weak', () => {
  beforeEach(() => requireFactors(stack, { mode: 'required' }));

  it('denies without a factor', async () => {
    const { auth_req_id } = await asked(stack, client);
    expect(await answer('denied')).toBe(result('denied'));
    expect((await pollLater(auth_req_id)).json().error).toBe('access_denied');
  });

  it('comes back to the page by cancelling, with nothing approved', async () => {
    const { auth_req_id } = await asked(stack, client);
    await answer('approved');
    expect((await postStep(stack, browser, 'cancel')).location).toBe(backTo);
    expect(await answer('approved')).toBe(stepPage);
    expect((await pollLater(auth_req_id)).json().error).toBe('authorization_pending');
  });

  it('chooses a code for requests after the second step', async () => {
    const keep = async () => {
      const { csrf } = await waitingFor(browser);
      return (await browser.postForm('/auth/v3/approvals/user-code', { csrf, userCode: '246813' })).location;
    };
    expect(await keep()).toBe(stepPage);
    expect((await waitingFor(browser)).hasUserCode).toBe(false);
    expect((await giveCode()).location).toBe(backTo);
    expect(await keep()).toBe(result('code_kept'));
  });

  it('gets no session by the factor after a sign-out', async () => {
    await asked(stack, client);
    await answer('approved');
    browser.cookies.delete(sessionCookie);
    expect((await giveCode()).location).not.toBe(backTo);
  });
});
