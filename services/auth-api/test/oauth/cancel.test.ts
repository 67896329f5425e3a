import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, publicUrl, startAuthApi } from '../stack/auth-api.ts';
import { type Browser, createBrowser } from '../stack/browser.ts';
import { readView, signIn } from '../stack/interaction.ts';
import {
  authorizeUrl,
  createClient,
  getCode,
  interactionOf,
  postForm,
  responseOf,
  type TestClient,
} from '../stack/oauth.ts';

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';

let stack: AuthApi;
let client: TestClient;

beforeAll(async () => {
  stack = await startAuthApi();
  client = await createClient(stack);
});
afterAll(() => stack?.close());

const path = '/auth/v3/oauth/authorize/cancel';

async function begin(browser: Browser, parameters: Record<string, string> = {}): Promise<string> {
  return interactionOf(await browser.get(authorizeUrl(client, parameters)));
}

async function cancel(browser: Browser, interaction: string) {
  const { csrf } = await readView(stack.app, browser, interaction);
  return browser.postForm(path, { interaction, csrf });
}

describe('Cancel on the sign-in page', () => {
  it('tells the application access_denied, with its state and our issuer, and ends the sign-in', async () => {
    const browser = createBrowser(stack.app);
    const interaction = await begin(browser);

    const answer = await cancel(browser, interaction);

    expect(answer.status).toBe(303);
    expect(answer.location).toMatch(`${client.redirectUri}?`);
    expect(Object.fromEntries(responseOf(answer))).toEqual({
      error: 'access_denied',
      error_description: 'The user cancelled the sign-in',
      state: 'some-state',
      iss: `${publicUrl}/auth/v3`,
    });
    const late = await browser.get(`/auth/v3/oauth/authorize/resume?interaction=${interaction}`);
    // The page of a sign-in that is over: it leads back to the application.
    expect([late.status, late.location]).toEqual([303, `/auth/sign-in.html?interaction=${interaction}`]);
  });

  it('does so by a JWT where the application wants one', async () => {
    const browser = createBrowser(stack.app);
    const answer = await cancel(browser, await begin(browser, { response_mode: 'jwt' }));

    expect([...responseOf(answer).keys()]).toEqual(['response']);
    expect(decodeJwt(responseOf(answer).get('response') ?? '')).toMatchObject({ error: 'access_denied' });
  });

  it('does so after a wrong password, and where a signed-in user is asked again', async () => {
    const browser = createBrowser(stack.app);
    const interaction = await begin(browser);
    const wrong = { username: 'agent', password: 'wrong', tenant: 'demo' };
    expect((await signIn(stack, browser, interaction, wrong)).location).toContain('sign-in.html?error');
    expect(responseOf(await cancel(browser, interaction)).get('error')).toBe('access_denied');

    await getCode(stack, browser, client);
    const asked = await begin(browser, { prompt: 'login' });
    expect(responseOf(await cancel(browser, asked)).get('error')).toBe('access_denied');
    expect((await browser.get('/auth/v3/ping')).status).toBe(200);
  });

  it('answers by a form where the application asked for that', async () => {
    const browser = createBrowser(stack.app);
    const answer = await cancel(browser, await begin(browser, { response_mode: 'form_post' }));
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('value="access_denied"');
  });

  it('turns a device away', async () => {
    const television = await createClient(stack, {
      clientType: 'PUBLIC',
      authorizedGrantTypes: [deviceGrant],
    });
    const begun = await postForm(stack, 'device', {}, television);
    const { user_code, device_code } = begun.json<{ user_code: string; device_code: string }>();
    const browser = createBrowser(stack.app);
    const typed = await browser.postForm('/auth/v3/oauth/device/code', { user_code });

    expect((await cancel(browser, interactionOf(typed))).location).toBe(
      `${publicUrl}/auth/device?result=denied`,
    );
    const polled = await postForm(stack, 'token', { grant_type: deviceGrant, device_code }, television);
    expect(polled.json().error).toBe('access_denied');
  });

  // attack: sign-in cancelled by a page of somebody else | ASVS 3.5.1 | guard: services/auth-api/src/oauth/authorize/authorize.ts
  it('takes no form but that of its page: the sign-in goes on', async () => {
    const browser = createBrowser(stack.app);
    const interaction = await begin(browser);
    const { csrf } = await readView(stack.app, browser, interaction);

    const forged = await browser.postForm(path, { interaction, csrf: 'guessed' });
    expect(forged.location).toBe(`${publicUrl}/auth/sign-in.html?interaction=${interaction}`);
    const foreign = await browser.postForm(path, { interaction, csrf }, { origin: 'https://evil.test' });
    expect(foreign.status).toBe(403);
    const another = await createBrowser(stack.app).postForm(path, { interaction, csrf });
    expect(another.status).toBe(403);

    const user = { username: 'agent', password: 'demo-agent-password', tenant: 'demo' };
    const onward = await signIn(stack, browser, interaction, user);
    expect(responseOf(await browser.get(String(onward.location))).get('code')).toBeTruthy();
  });

  it('refuses a form without an interaction', async () => {
    const answer = await createBrowser(stack.app).postForm(path, { interaction: '', csrf: '' });
    expect(answer.status).toBe(400);
  });
});
