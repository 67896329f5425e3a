/** Browsers that stand before a page of Auth UI: what they ask for, again and again. */
import { loginRedirectUri } from '../bench-clients.ts';
import type { BenchStack } from '../bench-stack.ts';

export interface PagePlan {
  url: string;
  headers: Record<string, string>;
}

/** The first page of a sign-in that an application began: Auth UI asks Auth API for it each time. */
export async function signInPage({
  services,
  authApiUrl,
  publicUrl,
  loginClient,
}: BenchStack): Promise<PagePlan> {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: loginClient.id,
    redirect_uri: loginRedirectUri,
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256',
  });
  const answer = await fetch(`${authApiUrl}/auth/v3/oauth/authorize?${query}`, { redirect: 'manual' });
  const location = answer.headers.get('location') ?? '';
  if (!location.startsWith(`${publicUrl}/auth/sign-in.html`)) throw new Error(`no sign-in page: ${location}`);
  const { pathname, search } = new URL(location);
  return { url: services['auth-ui'].url + pathname + search, headers: { cookie: cookiesOf(answer) } };
}

/** A list of the console, as the operator sees it: Auth UI asks Environment API for it each time. */
export async function consoleList(stack: BenchStack): Promise<PagePlan> {
  const { services, authApiUrl, environmentApiUrl, publicUrl, operator } = stack;
  const asOperator = { authorization: operator, 'content-type': 'application/json' };
  for (let index = 0; index < 20; index += 1)
    await fetch(`${environmentApiUrl}/locations`, {
      method: 'POST',
      headers: asOperator,
      body: JSON.stringify({ data: { location: `/BENCH/DC${index}` } }),
    });
  const link = await fetch(`${authApiUrl}/auth/v3/ops/console-links`, {
    method: 'POST',
    headers: { authorization: operator },
  });
  const { data } = (await link.json()) as { data: { url: string } };
  const opened = await fetch(`${services['auth-ui'].url}/auth/console/open`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: publicUrl, 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams({ code: new URL(data.url).hash.slice(1) }),
  });
  if (opened.status !== 303) throw new Error(`the console did not open: ${opened.status}`);
  return { url: `${services['auth-ui'].url}/auth/console/locations`, headers: { cookie: cookiesOf(opened) } };
}

function cookiesOf(answer: Response): string {
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
}
