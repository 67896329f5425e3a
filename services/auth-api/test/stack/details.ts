/** A resource with a type of authorization details (RFC 9396), and an application that asks for it. */
import type { AuthApi } from './auth-api.ts';
import type { Answer, Browser } from './browser.ts';
import { createBrowser } from './browser.ts';
import { agent, readView, signIn } from './interaction.ts';
import { authorizeUrl, createClient, interactionOf, type TestClient } from './oauth.ts';

export const recordingsType = {
  type: 'call-recordings',
  text: 'listen to recordings of your calls',
  actions: ['listen', 'rate', 'delete'],
  identifier: true,
  members: { campaign: 'text', days: 'number', tags: 'texts', urgent: 'boolean', filter: 'object' },
  required: ['actions'],
};

let resources = 0;

/** Each has a type of its own name, because a type belongs to one resource. */
export async function createResource(stack: Pick<AuthApi, 'app'>, data: Record<string, unknown> = {}) {
  resources += 1;
  const type = `call-recordings-${process.pid}-${resources}`;
  const resource = await createClient(stack, {
    resources: [`https://recordings-${resources}.test/api`],
    detailTypes: [{ ...recordingsType, type }],
    authorizedGrantTypes: ['client_credentials'],
    redirectURIs: [],
    ...data,
  });
  return { resource, type, location: `https://recordings-${resources}.test/api` };
}

export const detailed = (...details: object[]) => ({ authorization_details: JSON.stringify(details) });

/** Signs in and comes to the consent page, or to the answer where there is none. */
export async function ask(
  stack: AuthApi,
  client: TestClient,
  parameters: Record<string, string>,
  browser: Browser = createBrowser(stack.app),
): Promise<{ browser: Browser; answer: Answer }> {
  const begun = await browser.get(authorizeUrl(client, parameters));
  if (!begun.location?.includes('/auth/sign-in.html')) return { browser, answer: begun };
  const onward = await signIn(stack, browser, interactionOf(begun), agent);
  return { browser, answer: await browser.get(String(onward.location)) };
}

export async function decide(
  stack: AuthApi,
  { browser, answer }: { browser: Browser; answer: Answer },
  said: 'allowed' | 'denied' = 'allowed',
): Promise<Answer> {
  const interaction = interactionOf(answer);
  const { csrf } = await readView(stack.app, browser, interaction);
  const onward = await browser.postForm('/auth/v3/oauth/consent', { interaction, csrf, answer: said });
  return browser.get(String(onward.location));
}
