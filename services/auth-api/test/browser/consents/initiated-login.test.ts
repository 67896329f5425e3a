/** Sign-ins that begin at a page of ours and go on at the application (OpenID Connect Core section 4). */
import type { ConsentView } from '@gatehouse/contracts/auth-api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../../stack/auth-api.ts';
import { createBrowser } from '../../stack/browser.ts';
import { agent, readView, signIn } from '../../stack/interaction.ts';
import { authorizeUrl, createClient, interactionOf } from '../../stack/oauth.ts';
import { issuer } from '../../stack/signing-client.ts';

let stack: AuthApi;
beforeAll(async () => {
  stack = await startAuthApi();
});
afterAll(() => stack?.close());

const initiateLoginUri = 'https://desk.test/login?tenant=nordic';
const begins = `${initiateLoginUri}&iss=${encodeURIComponent(issuer)}`;

it('the sign-in page and the applications of a person know where a sign-in begins', async () => {
  const client = await createClient(stack, { requireConsent: true, initiateLoginUri });
  const browser = createBrowser(stack.app);
  const interaction = interactionOf(await browser.get(authorizeUrl(client, { scope: 'openid' })));
  const view = await readView(stack.app, browser, interaction);
  expect(view.client).toMatchObject({ startUri: begins });

  const onward = await signIn(stack, browser, interaction, agent);
  const asked = interactionOf(await browser.get(String(onward.location)));
  const { csrf } = await readView(stack.app, browser, asked);
  await browser.postForm('/auth/v3/oauth/consent', { interaction: asked, csrf, answer: 'allowed' });
  const { data } = (await browser.get('/auth/v3/consents')).json() as { data: ConsentView[] };
  expect(data).toEqual([expect.objectContaining({ clientId: client.clientId, startUri: begins })]);
});

it('an application without such a page has none', async () => {
  const client = await createClient(stack);
  const browser = createBrowser(stack.app);
  const interaction = interactionOf(await browser.get(authorizeUrl(client)));

  expect((await readView(stack.app, browser, interaction)).client).not.toHaveProperty('startUri');
});

it.each(['http://desk.test/login', 'javascript:alert(1)', 'https://desk.test@evil.test/'])(
  '%s is refused',
  async (address) => {
    await expect(createClient(stack, { initiateLoginUri: address })).rejects.toThrow(
      /initiateLoginUri.*must be an https address/,
    );
  },
);
