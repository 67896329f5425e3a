import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../../stack/auth-api.ts';
import { type Answer, type Browser, createBrowser } from '../../stack/browser.ts';
import { agent, readView, signIn } from '../../stack/interaction.ts';
import {
  authorizeUrl,
  createClient,
  getCode,
  interactionOf,
  opsCall,
  responseOf,
  type TestClient,
} from '../../stack/oauth.ts';

const supervisor = { username: 'supervisor', password: 'demo-supervisor-password', tenant: 'demo' };

let stack: AuthApi;
let plain: TestClient;

beforeAll(async () => {
  stack = await startAuthApi();
  plain = await createClient(stack);
});
afterAll(() => stack?.close());

async function signedIn(user = agent): Promise<Browser> {
  const browser = createBrowser(stack.app);
  await getCode(stack, browser, plain, {}, user);
  return browser;
}

const careful = () => createClient(stack, { requireConsent: true, name: 'Careful application' });
const asks = (answer: Pick<Answer, 'location'>) =>
  answer.location?.includes('/auth/consent.html?interaction=');

async function decide(browser: Browser, begun: Answer, answer: string): Promise<Answer> {
  const interaction = interactionOf(begun);
  const { csrf } = await readView(stack.app, browser, interaction);
  const onward = await browser.postForm('/auth/v3/oauth/consent', { interaction, csrf, answer });
  expect(onward.status).toBe(303);
  return browser.get(String(onward.location));
}

describe('a client that needs consent', () => {
  it('gets its code after the user agreed, and asks that user no more', async () => {
    const [browser, client] = [await signedIn(), await careful()];

    const begun = await browser.get(authorizeUrl(client, { scope: 'openid calls' }));
    expect(asks(begun)).toBe(true);
    expect(await readView(stack.app, browser, interactionOf(begun))).toMatchObject({
      client: { name: 'Careful application' },
      consent: { userName: 'demo\\agent', scope: ['openid', 'calls'] },
    });
    expect(responseOf(await decide(browser, begun, 'allowed')).get('code')).toBeTruthy();

    const again = await (await signedIn()).get(authorizeUrl(client, { scope: 'openid', prompt: 'none' }));
    expect(responseOf(again).get('code')).toBeTruthy();
  });

  // attack: consent stretched to more scope or another person | ASVS 10.7.1 | guard: services/auth-api/src/browser/consents/service.ts
  it('55: asks again for more, and asks every other user', async () => {
    const [browser, client] = [await signedIn(), await careful()];
    await decide(browser, await browser.get(authorizeUrl(client, { scope: 'calls' })), 'allowed');

    expect(asks(await browser.get(authorizeUrl(client, { scope: 'calls recordings' })))).toBe(true);
    expect(asks(await (await signedIn(supervisor)).get(authorizeUrl(client, { scope: 'calls' })))).toBe(true);
  });

  it('is told access_denied when the user refuses, and nothing is remembered', async () => {
    const [browser, client] = [await signedIn(), await careful()];

    const refused = await decide(browser, await browser.get(authorizeUrl(client)), 'denied');

    expect(responseOf(refused).get('error')).toBe('access_denied');
    expect(responseOf(refused).get('state')).toBe('some-state');
    expect(asks(await browser.get(authorizeUrl(client)))).toBe(true);
  });

  it('gets consent_required instead of a page for prompt=none', async () => {
    const answer = await (await signedIn()).get(authorizeUrl(await careful(), { prompt: 'none' }));
    expect(responseOf(answer).get('error')).toBe('consent_required');
  });

  it('asks after the sign-in, whoever signed in', async () => {
    const [browser, client] = [createBrowser(stack.app), await careful()];
    const onward = await signIn(
      stack,
      browser,
      interactionOf(await browser.get(authorizeUrl(client))),
      agent,
    );
    expect(asks(await browser.get(String(onward.location)))).toBe(true);
  });

  it('is asked for anew when it was deleted and its id is taken again', async () => {
    const [browser, client] = [await signedIn(), await careful()];
    await decide(browser, await browser.get(authorizeUrl(client)), 'allowed');
    await opsCall(stack, 'DELETE', `/auth/v3/ops/clients/${client.clientId}`);
    const successor = await createClient(stack, { client_id: client.clientId, requireConsent: true });

    expect(asks(await browser.get(authorizeUrl(successor)))).toBe(true);
  });
});

describe('prompt=consent', () => {
  it('asks although the user agreed before, and any client may want that', async () => {
    const browser = await signedIn();

    const begun = await browser.get(authorizeUrl(plain, { prompt: 'consent' }));

    expect(asks(begun)).toBe(true);
    expect(responseOf(await decide(browser, begun, 'allowed')).get('code')).toBeTruthy();
    expect(asks(await browser.get(authorizeUrl(plain, { prompt: 'consent' })))).toBe(true);
  });

  it('together with login: first the sign-in, then the question', async () => {
    const browser = await signedIn();
    const begun = await browser.get(authorizeUrl(plain, { prompt: 'login consent' }));
    expect(begun.location).toContain('/auth/sign-in.html');

    const onward = await signIn(stack, browser, interactionOf(begun), agent);
    const asked = await browser.get(String(onward.location));

    expect(asks(asked)).toBe(true);
    expect(responseOf(await decide(browser, asked, 'allowed')).get('code')).toBeTruthy();
  });
});

describe('45: the form of the consent page', () => {
  // attack: forged consent | ASVS 10.7.1, CVE-2022-39222 | guard: services/auth-api/src/browser/consents/forms.ts
  it('counts only from our own page, with its token, in the browser and for the user that was asked', async () => {
    const [browser, client] = [await signedIn(), await careful()];
    const begun = await browser.get(authorizeUrl(client));
    const interaction = interactionOf(begun);
    const { csrf } = await readView(stack.app, browser, interaction);
    const form = { interaction, csrf, answer: 'allowed' };
    const path = '/auth/v3/oauth/consent';
    const isAskedStill = async () => asks(await browser.get(authorizeUrl(client)));

    const crossSite = await browser.postForm(path, form, { origin: 'https://evil.test' });
    expect(crossSite.status).toBe(403);
    const otherBrowser = await (await signedIn()).postForm(path, form);
    expect(otherBrowser.status).toBe(403);
    const noToken = await browser.postForm(path, { ...form, csrf: 'guessed' });
    expect(asks(await browser.get(String(noToken.location)))).toBe(true);
    // Somebody else has signed in since the page was shown.
    await signIn(
      stack,
      browser,
      interactionOf(await browser.get(authorizeUrl(plain, { prompt: 'login' }))),
      supervisor,
    );
    const otherUser = await browser.postForm(path, form);
    expect(asks(await browser.get(String(otherUser.location)))).toBe(true);

    expect(await isAskedStill()).toBe(true);
  });

  it('says what is wrong with a field', async () => {
    const answer = await createBrowser(stack.app).postForm('/auth/v3/oauth/consent', { answer: 'perhaps' });
    expect(answer.status).toBe(400);
  });
});
