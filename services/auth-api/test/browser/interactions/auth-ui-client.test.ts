import { createAuthApiClient } from '@gatehouse/api-client/auth-api';
import { basicAuthorization, createHttpClient, type HttpClient } from '@gatehouse/api-client/http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AuthApi, serviceClient, startAuthApi } from '../../stack/auth-api.ts';
import { createBrowser } from '../../stack/browser.ts';
import { browserCookie, startInteraction } from '../../stack/interaction.ts';

let stack: AuthApi;
let http: HttpClient;

beforeAll(async () => {
  stack = await startAuthApi();
  const baseUrl = await stack.internalApp.listen({ host: '127.0.0.1', port: 0 });
  const authorization = async () => basicAuthorization(serviceClient.id, serviceClient.secret);
  http = createHttpClient({ dependency: 'Auth API', baseUrl, authorization });
});
afterAll(async () => {
  await http?.close();
  await stack?.close();
});

it('Auth UI reads an interaction for the browser that started it, and is told why it cannot', async () => {
  const client = createAuthApiClient(http);
  const browser = createBrowser(stack.app);
  const id = await startInteraction(stack, browser, { loginHint: 'agent', uiLocales: 'de en' });
  const cookie = browser.cookies.get(browserCookie);

  expect(await client.readInteraction(id, cookie)).toMatchObject({
    found: true,
    interaction: { id, userName: 'agent', uiLocales: 'de en', client: { name: 'Test application' } },
  });
  expect(await client.readInteraction(id, undefined)).toEqual({ found: false, reason: 'wrong_browser' });
  expect(await client.readInteraction(id, 'x')).toEqual({ found: false, reason: 'wrong_browser' });
  for (const unknown of ['A'.repeat(32), '../../ping', 'a/b', '%']) {
    expect(await client.readInteraction(unknown, cookie)).toEqual({ found: false, reason: 'expired' });
  }
});

it('Auth UI reads it together with the scheme of the person whom the form names', async () => {
  const client = createAuthApiClient(http);
  const browser = createBrowser(stack.app);
  const id = await startInteraction(stack, browser, { loginHint: 'agent' });
  const cookie = browser.cookies.get(browserCookie);
  const read = (interaction: string, by: string | undefined, userName = 'agent') =>
    client.readNamedLogin(interaction, by, { userName, tenant: 'demo' }, '203.0.113.7');

  const alone = await client.readInteraction(id, cookie);
  expect(await read(id, cookie)).toEqual({ ...alone, scheme: 'basic' });
  expect(await read(id, undefined)).toEqual({ found: false, reason: 'wrong_browser' });
  expect(await read('A'.repeat(32), cookie)).toEqual({ found: false, reason: 'expired' });
  // A name that nobody can have.
  expect(await read(id, cookie, '\0')).toEqual(alone);
});

it('Auth UI asks for the scheme of a login', async () => {
  expect(
    await createAuthApiClient(http).authScheme({ userName: 'agent', tenant: 'demo' }, '203.0.113.7'),
  ).toBe('basic');
});

it('both services log the request id of the browser', async () => {
  const requestId = 'browser-request-1';
  await createAuthApiClient(http).authScheme({ userName: 'agent' }, '203.0.113.7', { requestId });
  await expect.poll(() => stack.logged()).toContain(`"correlationId":"${requestId}"`);
});
