/** A browser at the page of the second step, as Auth UI reads it and as its forms post. */
import { basicAuthorization } from '@gatehouse/api-client/http';
import {
  browserHeader,
  type SecondStepView,
  secondStepHeader,
  secondStepPaths,
} from '@gatehouse/contracts/auth-api';
import type { PersonKey } from '../../src/records/revocation/revocation.ts';
import { type AuthApi, internalAppOf, serviceClient, startAuthApi } from './auth-api.ts';
import { signedIn } from './backchannel.ts';
import type { Answer, Browser } from './browser.ts';
import { agent, browserCookie, signIn } from './interaction.ts';
import { authorizeUrl, createClient, interactionOf, type TestClient } from './oauth.ts';

export const stepCookie = '__Host-gatehouse-second-step';
export const deviceCookie = '__Host-gatehouse-remembered-device';

/** The session of this browser, as a route would find it. */
export const sessionOf = ({ deps }: Pick<AuthApi, 'deps'>, browser: Browser) =>
  deps.sessions.service.find({
    ...{ id: 'test', headers: {}, ip: '203.0.113.7', method: 'GET', url: '/' },
    cookies: Object.fromEntries(browser.cookies),
  });

/** The person who is signed in there. */
export async function personOf(stack: Pick<AuthApi, 'deps'>, browser: Browser): Promise<PersonKey> {
  const session = await sessionOf(stack, browser);
  if (session === undefined) throw new Error('nobody is signed in');
  return { contactCenterId: session.identity.contactCenterId, sub: session.sub };
}

/** Two replicas of one time, an application, and somebody to sign in. */
export async function startReplicas(now: () => number, settings: Record<string, string> = {}) {
  const env = { GATEHOUSE_SIGN_IN_ADDRESS_ATTEMPTS: '10000', ...settings };
  const stack = await startAuthApi({ env, now });
  const other = await startAuthApi({ env, now, beside: stack });
  const client = await createClient(stack, { scope: ['openid'] });
  const person = await personOf(stack, await signedIn(stack));
  return { stack, other, client, person };
}

/** Comes from an application and types the password; the answer of the form. */
export async function typePassword(
  stack: Pick<AuthApi, 'app'>,
  browser: Browser,
  client: TestClient,
  parameters: Record<string, string> = {},
  typed: Parameters<typeof signIn>[3] = agent,
): Promise<Answer> {
  const asking = await browser.get(authorizeUrl(client, { scope: 'openid', ...parameters }));
  return signIn(stack, browser, interactionOf(asking), typed);
}

/** Undefined: nothing waits in this browser. */
export async function readStep(
  { app }: Pick<AuthApi, 'app'>,
  browser: Browser,
): Promise<SecondStepView | undefined> {
  const response = await internalAppOf(app).inject({
    url: '/auth/v3/internal/second-step',
    headers: {
      authorization: basicAuthorization(serviceClient.id, serviceClient.secret),
      [browserHeader]: browser.cookies.get(browserCookie) ?? '',
      [secondStepHeader]: browser.cookies.get(stepCookie) ?? '',
    },
  });
  if (response.statusCode === 404) return undefined;
  if (response.statusCode !== 200) throw new Error(`the second step cannot be read: ${response.body}`);
  return response.json().data;
}

/** Reads the page and sends one of its forms. */
export async function postStep(
  stack: Pick<AuthApi, 'app'>,
  browser: Browser,
  path: keyof typeof secondStepPaths,
  fields: Record<string, string> = {},
): Promise<Answer> {
  const csrf = (await readStep(stack, browser))?.csrf ?? '';
  return browser.postForm(secondStepPaths[path], { csrf, ...fields });
}
