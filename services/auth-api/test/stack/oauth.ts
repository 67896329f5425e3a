/** An application as it talks to the OAuth endpoints. */
import { createHash } from 'node:crypto';
import { basicAuthorization } from '@gatehouse/api-client/http';
import { type AuthApi, ops } from './auth-api.ts';
import type { Answer, Browser } from './browser.ts';
import { agent, signIn } from './interaction.ts';

export const redirectUri = 'https://app.test/callback';
export const verifier = 'v'.repeat(50);
export const challenge = createHash('sha256').update(verifier).digest('base64url');

/** What the OAuth endpoints may answer; a test reads what it expects. */
export interface OAuthJson {
  access_token: string;
  refresh_token: string;
  id_token: string;
  scope: string;
  expires_in: number;
  error: string;
  error_description: string;
}

export interface OAuthAnswer extends Omit<Answer, 'json'> {
  json<T = OAuthJson>(): T;
}

export interface TestClient {
  clientId: string;
  clientSecret: string | undefined;
  redirectUri: string;
}

interface ClientAnswer {
  client_id: string;
  client_secret?: string;
  redirectURIs: string[];
}

let clients = 0;

/** Registers a client through the administration API. */
export async function createClient(
  { app }: Pick<AuthApi, 'app'>,
  data: Record<string, unknown> = {},
): Promise<TestClient> {
  const client = {
    client_id: `client-${process.pid}-${++clients}`,
    authorizedGrantTypes: ['authorization_code', 'client_credentials', 'refresh_token', 'password'],
    redirectURIs: [redirectUri],
    ...data,
  };
  const answer = await opsCall({ app }, 'POST', '/auth/v3/ops/clients', { data: client });
  if (answer.status !== 200) throw new Error(`the client was refused: ${answer.body}`);
  const { client_id, client_secret, redirectURIs } = answer.json<{ data: ClientAnswer }>().data;
  return {
    clientId: client_id,
    clientSecret: (data['client_secret'] as string | undefined) ?? client_secret,
    redirectUri: redirectURIs[0] ?? '',
  };
}

/** Fields that are left out keep their value. */
export function changeClient(
  api: Pick<AuthApi, 'app'>,
  { clientId }: Pick<TestClient, 'clientId'>,
  data: Record<string, unknown>,
): Promise<OAuthAnswer> {
  return opsCall(api, 'PUT', `/auth/v3/ops/clients/${clientId}`, { data });
}

export async function opsCall(
  { app }: Pick<AuthApi, 'app'>,
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  url: string,
  body?: unknown,
  authorization = basicAuthorization(ops.username, ops.password),
  headers: Record<string, string> = {},
): Promise<OAuthAnswer> {
  const response = await app.inject({
    method,
    url,
    headers: {
      authorization,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  return answerOf(response);
}

/** A form to an OAuth endpoint, with the client's Basic credentials unless `headers` say otherwise. */
export async function postForm(
  { app }: Pick<AuthApi, 'app'>,
  path: string,
  form: Record<string, string> | [string, string][],
  client?: TestClient,
  headers: Record<string, string> = {},
): Promise<OAuthAnswer> {
  const credentials =
    client?.clientSecret === undefined
      ? {}
      : { authorization: basicAuthorization(client.clientId, client.clientSecret) };
  const identified =
    client !== undefined && client.clientSecret === undefined ? [['client_id', client.clientId]] : [];
  const pairs = Array.isArray(form) ? form : Object.entries(form);
  const response = await app.inject({
    method: 'POST',
    url: `/auth/v3/oauth/${path}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...credentials, ...headers },
    payload: new URLSearchParams([...pairs, ...(identified as [string, string][])]).toString(),
  });
  return answerOf(response);
}

function answerOf(response: {
  statusCode: number;
  headers: Record<string, unknown>;
  body: string;
  json(): unknown;
}): OAuthAnswer {
  const { location } = response.headers;
  return {
    status: response.statusCode,
    location: typeof location === 'string' ? location : undefined,
    headers: response.headers as Answer['headers'],
    body: response.body,
    json: <T>() => response.json() as T,
  };
}

export function token(
  stack: Pick<AuthApi, 'app'>,
  client: TestClient,
  form: Record<string, string>,
): Promise<OAuthAnswer> {
  return postForm(stack, 'token', form, client);
}

export async function introspect(
  stack: Pick<AuthApi, 'app'>,
  client: TestClient,
  text: string,
): Promise<Record<string, unknown>> {
  return (await postForm(stack, 'introspect', { token: text }, client)).json();
}

export function authorizeUrl(client: TestClient, parameters: Record<string, string> = {}): string {
  const query = new URLSearchParams({
    client_id: client.clientId,
    redirect_uri: client.redirectUri,
    response_type: 'code',
    state: 'some-state',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...parameters,
  });
  return `/auth/v3/oauth/authorize?${query}`;
}

/** Parameters at the redirect URI, or a failed test. */
export function responseOf(answer: Pick<Answer, 'location' | 'status' | 'body'>): URLSearchParams {
  if (answer.location === undefined) throw new Error(`no redirect: ${answer.status} ${answer.body}`);
  return new URL(answer.location).searchParams;
}

/** The interaction of a redirect to the sign-in page, or a failed test. */
export function interactionOf(answer: Parameters<typeof responseOf>[0]): string {
  const id = responseOf(answer).get('interaction');
  if (id === null) throw new Error(`no sign-in page: ${answer.location}`);
  return id;
}

/** The whole way of a user who signs in for this client. */
export async function getCode(
  stack: AuthApi,
  browser: Browser,
  client: TestClient,
  parameters: Record<string, string> = {},
  user = agent,
): Promise<string> {
  let answer: Pick<Answer, 'location' | 'status' | 'body'> = await browser.get(
    authorizeUrl(client, parameters),
  );
  const interaction =
    answer.location?.includes('/auth/sign-in.html') && responseOf(answer).get('interaction');
  if (interaction) {
    const onward = await signIn(stack, browser, interaction, user);
    answer = await browser.get(onward.location ?? '');
  }
  const code = responseOf(answer).get('code');
  if (code === null) throw new Error(`no code: ${answer.location}`);
  return code;
}

export function redeem(
  stack: Pick<AuthApi, 'app'>,
  client: TestClient,
  code: string,
  changes: Record<string, string> = {},
): Promise<OAuthAnswer> {
  return token(stack, client, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: client.redirectUri,
    code_verifier: verifier,
    ...changes,
  });
}

/** A user's tokens by the password grant. */
export async function passwordTokens(
  stack: Pick<AuthApi, 'app'>,
  client: TestClient,
  form: Record<string, string> = {},
): Promise<OAuthJson> {
  const answer = await token(stack, client, {
    grant_type: 'password',
    username: `${agent.tenant}\\${agent.username}`,
    password: agent.password,
    ...form,
  });
  if (answer.status !== 200) throw new Error(`no tokens: ${answer.body}`);
  return answer.json();
}
