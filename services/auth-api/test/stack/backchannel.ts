/** A client that asks for the approval of people who are elsewhere (OpenID CIBA), and the person who answers. */
import type { ApprovalList } from '@gatehouse/contracts/auth-api';
import type { AuthApi } from './auth-api.ts';
import { type Browser, createBrowser } from './browser.ts';
import { agent } from './interaction.ts';
import { createClient, type OAuthAnswer, postForm, type TestClient } from './oauth.ts';

export const cibaGrant = 'urn:openid:params:grant-type:ciba';
export const loginHint = `${agent.tenant}\\${agent.username}`;

export interface BackchannelAnswer {
  auth_req_id: string;
  expires_in: number;
  interval: number;
}

export const createAsker = (stack: AuthApi, data: Record<string, unknown> = {}): Promise<TestClient> =>
  createClient(stack, { name: 'Call Desk', authorizedGrantTypes: [cibaGrant, 'refresh_token'], ...data });

/** Fields that are empty count as absent. */
export const ask = (
  stack: Pick<AuthApi, 'app'>,
  client: TestClient | undefined,
  form: Record<string, string> = {},
): Promise<OAuthAnswer> =>
  postForm(stack, 'backchannel', { scope: 'openid', login_hint: loginHint, ...form }, client);

export async function asked(
  stack: Pick<AuthApi, 'app'>,
  client: TestClient,
  form: Record<string, string> = {},
): Promise<BackchannelAnswer> {
  const answer = await ask(stack, client, form);
  if (answer.status !== 200) throw new Error(`not asked: ${answer.status} ${answer.body}`);
  return answer.json<BackchannelAnswer>();
}

export const poll = (
  stack: Pick<AuthApi, 'app'>,
  client: TestClient,
  authReqId: string,
  headers: Record<string, string> = {},
) => postForm(stack, 'token', { grant_type: cibaGrant, auth_req_id: authReqId }, client, headers);

/** A browser of its own, in which the person has signed in. */
export async function signedIn(stack: Pick<AuthApi, 'app'>, person = agent): Promise<Browser> {
  const browser = createBrowser(stack.app);
  const answer = await browser.postForm('/auth/v3/sign-in', person);
  if (!answer.location?.endsWith('/auth/signed-in.html'))
    throw new Error(`not signed in: ${answer.location}`);
  return browser;
}

export async function waitingFor(browser: Browser): Promise<ApprovalList> {
  const answer = await browser.get('/auth/v3/approvals');
  if (answer.status !== 200) throw new Error(`no list: ${answer.status} ${answer.body}`);
  return answer.json() as ApprovalList;
}

/** Answers the newest request, or the one that `form` names; gives what the page is told. */
export async function say(
  browser: Browser,
  answer: 'approved' | 'denied',
  form: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<string | number | null> {
  const { data, csrf } = await waitingFor(browser);
  const approval = data.at(-1)?.id ?? 'none';
  const fields = { approval, csrf, answer, ...form };
  const { status, location } = await browser.postForm('/auth/v3/approvals/answer', fields, headers);
  return location === undefined ? status : new URL(location).searchParams.get('result');
}
