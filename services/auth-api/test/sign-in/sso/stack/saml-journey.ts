/** One browser's way through our SAML endpoints. */
import type { ProviderKey } from '@gatehouse/testing/keys';
import type { AuthApi } from '../../../stack/auth-api.ts';
import { type Answer, type Browser, createBrowser } from '../../../stack/browser.ts';
import { encode, honestResponse, type ResponseFacts, readRequest } from './saml-provider.ts';

export interface SamlLeaving {
  browser: Browser;
  facts: ResponseFacts;
  location: URL;
  xml: string;
}

/** Leaves for the identity provider by the redirect binding. */
export async function leave(
  stack: AuthApi,
  path = '/auth/v3/sso/start?tenant=demo',
  browser = createBrowser(stack.app),
): Promise<SamlLeaving> {
  const answer = await browser.get(path);
  const location = new URL(answer.location ?? '');
  const encoded = location.searchParams.get('SAMLRequest');
  if (encoded === null) throw new Error(`no request: ${answer.status} ${answer.location} ${answer.body}`);
  const { id, acsUrl, entityId, xml } = readRequest(encoded);
  return { browser, location, xml, facts: { inResponseTo: id, acsUrl, audience: entityId } };
}

/** Posts it as the identity provider's page does, and follows by GET. */
export async function post(
  { browser, facts }: Pick<SamlLeaving, 'browser' | 'facts'>,
  xml: string,
  fields: Record<string, string> = {},
): Promise<Answer> {
  const headers = { origin: 'https://idp.example.com', 'sec-fetch-site': 'cross-site' };
  // A cross-site post brings no cookies.
  const cookies = [...browser.cookies];
  browser.cookies.clear();
  const posted = await browser.postForm(facts.acsUrl, { SAMLResponse: encode(xml), ...fields }, headers);
  for (const [name, value] of cookies) browser.cookies.set(name, value);
  return posted;
}

export async function comeBack(leaving: SamlLeaving, xml: string): Promise<Answer> {
  const posted = await post(leaving, xml);
  return posted.location?.includes('/sso/saml/finish') ? leaving.browser.get(posted.location) : posted;
}

export const comeBackHonestly = (
  leaving: SamlLeaving,
  key: ProviderKey,
  changes: Partial<ResponseFacts> = {},
) => comeBack(leaving, honestResponse({ ...leaving.facts, ...changes }, key));
