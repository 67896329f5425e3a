/** Auth API at an address of its own, for programs that call it over HTTP, and the user's browser in front of it. */
import { freePort } from '@gatehouse/testing/network';
import { type AuthApi, startAuthApi } from './auth-api.ts';
import { createBrowser } from './browser.ts';
import { agent } from './interaction.ts';
import { interactionOf } from './oauth.ts';

export interface ListeningAuthApi extends AuthApi {
  origin: string;
  issuer: string;
}

export async function startListening(env: Record<string, string> = {}): Promise<ListeningAuthApi> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const stack = await startAuthApi({
    env: { GATEHOUSE_PUBLIC_URL: origin, GATEHOUSE_ALLOW_PLAINTEXT_PUBLIC_URL: 'true', ...env },
  });
  await stack.app.listen({ host: '127.0.0.1', port });
  return { ...stack, origin, issuer: `${origin}/auth/v3` };
}

/** Follows an application's link to the authorization endpoint, signs in, and ends where the application is called back. */
export async function followAndSignIn(
  { app, deps, origin }: ListeningAuthApi,
  link: string | URL,
  browser = createBrowser(app),
): Promise<URL> {
  const interaction = interactionOf(await browser.get(String(link).replace(origin, '')));
  const cookies = Object.fromEntries(browser.cookies);
  const { csrf } = await deps.interactions.service.readFor(
    { id: 'test', cookies, headers: {}, method: 'GET', url: '/', ip: '' },
    interaction,
  );
  const onward = await browser.postForm('/auth/v3/sign-in', { ...agent, interaction, csrf }, { origin });
  const back = await browser.get(String(onward.location).replace(origin, ''));
  if (back.location === undefined) throw new Error(`no way back: ${back.status} ${back.body}`);
  return new URL(back.location);
}
