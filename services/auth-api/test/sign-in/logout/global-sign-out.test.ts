/** Whose tokens end every session of their user. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../../stack/auth-api.ts';
import { createBrowser } from '../../stack/browser.ts';
import { createClient, getCode, redeem } from '../../stack/oauth.ts';

const env = (compat: boolean) => ({ GATEHOUSE_COMPAT_ENABLED: String(compat) });

let strict: AuthApi;
let compat: AuthApi;
beforeAll(async () => {
  [strict, compat] = await Promise.all([startAuthApi({ env: env(false) }), startAuthApi({ env: env(true) })]);
});
afterAll(() => Promise.all([strict?.close(), compat?.close()]));

/** Whether the session lives on after the token of a client has asked to end all of them. */
async function signOut(
  stack: AuthApi,
  registration: object,
  { scope = 'calls:read', query = '?global=true' } = {},
) {
  const client = await createClient(stack, { scope: ['calls:read', 'sessions'], ...registration });
  const [desk, phone] = [createBrowser(stack.app), createBrowser(stack.app)];
  await getCode(stack, phone, client, { scope: 'calls:read' });
  const { access_token: text } = (
    await redeem(stack, client, await getCode(stack, desk, client, { scope }))
  ).json();
  const answer = await stack.app.inject({
    method: 'POST',
    url: `/auth/v3/sign-out${query}`,
    headers: { authorization: `Bearer ${text}` },
  });
  const lives = async (browser: typeof desk) => (await browser.get('/auth/v3/ping')).status === 200;
  return { answer, desk: await lives(desk), phone: await lives(phone) };
}

describe('the sign-out everywhere by a token of an application', () => {
  // attack: application without the scope for sessions signs its user out everywhere | CWE-285, ASVS 8.2.1 | guard: services/auth-api/src/sign-in/logout/sign-out-service.ts
  it('needs the scope for sessions', async () => {
    const refused = await signOut(strict, {});
    expect(refused).toMatchObject({ desk: true, phone: true });
    expect(refused.answer.statusCode).toBe(403);
    expect(refused.answer.json()).toMatchObject({ error: 'insufficient_scope' });
    const allowed = await signOut(strict, {}, { scope: 'sessions' });
    expect(allowed).toMatchObject({ desk: false, phone: false, answer: { statusCode: 200 } });
  });

  it('needs none for a client whose registration says so, and with the compat profile', async () => {
    const ended = { desk: false, phone: false, answer: { statusCode: 200 } };
    expect(await signOut(strict, { globalSignOut: true })).toMatchObject(ended);
    expect(await signOut(compat, {})).toMatchObject(ended);
    expect(await signOut(compat, { globalSignOut: false })).toMatchObject({ desk: true, phone: true });
  });

  it('is something else than the end of the own session, for which every token will do', async () => {
    expect(await signOut(strict, {}, { query: '' })).toMatchObject({ desk: false, phone: true });
  });
});
