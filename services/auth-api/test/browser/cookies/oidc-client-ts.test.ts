/** A single-page application with oidc-client-ts, on an origin of its own, in a real browser. */

import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeContexts, findChromium, sharedChromium } from '@gatehouse/testing/chromium';
import { recordForeignLibrary } from '@gatehouse/testing/foreign-software';
import type { User, UserManager } from 'oidc-client-ts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrowser } from '../../stack/browser.ts';
import { followAndSignIn, type ListeningAuthApi, startListening } from '../../stack/listening.ts';
import { authorizeUrl, createClient, type TestClient } from '../../stack/oauth.ts';

const chromium = findChromium();
const library = readFileSync(
  new URL('../browser/oidc-client-ts.js', import.meta.resolve('oidc-client-ts')),
  'utf8',
);
let stack: ListeningAuthApi;
let browser: Browser;
let application: Server;
let origin: string;
let client: TestClient;

/** What the page keeps for the test. */
interface PageGlobals {
  oidc: { UserManager: new (settings: object) => UserManager };
  manager: UserManager;
}

beforeAll(async () => {
  if (chromium === undefined) return;
  stack = await startListening();
  application = createServer((request, response) => {
    const isScript = request.url === '/oidc-client-ts.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? library : '<!doctype html><script src="/oidc-client-ts.js"></script>');
  });
  await new Promise<void>((resolve) => application.listen(0, '127.0.0.1', resolve));
  origin = `http://localhost:${(application.address() as AddressInfo).port}`;
  client = await createClient(stack, {
    clientType: 'PUBLIC',
    authorizedGrantTypes: ['authorization_code', 'refresh_token'],
    redirectURIs: [`${origin}/callback`],
  });
  browser = await sharedChromium();
});

afterAll(async () => {
  await closeContexts(browser);
  application?.closeAllConnections();
  application?.close();
  await stack?.close();
});

/** A page of a user who has signed in to something else before. */
async function openPage(): Promise<Page> {
  const user = createBrowser(stack.app);
  await followAndSignIn(stack, authorizeUrl(client), user);
  const context = await browser.newContext();
  await context.addCookies(
    [...user.cookies].map(([name, value]) => ({ name, value, url: stack.origin, sameSite: 'Lax' as const })),
  );
  return context.newPage();
}

async function withManager(page: Page): Promise<void> {
  const settings = {
    authority: stack.issuer,
    client_id: client.clientId,
    redirect_uri: `${origin}/callback`,
    scope: 'openid email',
    loadUserInfo: true,
  };
  await page.evaluate((given) => {
    const globals = window as unknown as PageGlobals;
    globals.manager = new globals.oidc.UserManager(given);
  }, settings);
}

const callManager = <T>(page: Page, use: (manager: UserManager) => Promise<T>): Promise<T> =>
  page.evaluate(
    `(${use.toString()})(window.manager).then((value) => JSON.parse(JSON.stringify(value ?? null)))`,
  );

describe.skipIf(chromium === undefined)('oidc-client-ts in Chromium', () => {
  recordForeignLibrary(
    'oidc-client-ts',
    'signs people of a page in, renews silently and revokes',
    import.meta.url,
  );
  it('signs in by redirect, loads userinfo, renews silently and revokes', async () => {
    const page = await openPage();
    await page.goto(origin);
    await withManager(page);
    await Promise.all([
      page.waitForURL(`${origin}/callback?**`),
      callManager(page, (manager) => manager.signinRedirect()).catch(() => undefined),
    ]);
    await withManager(page);

    const user = await callManager(page, (manager) => manager.signinCallback() as Promise<User>);
    expect(user.profile).toMatchObject({ aud: client.clientId, email: 'agent@example.com' });

    const renewed = await callManager(page, (manager) => manager.signinSilent() as Promise<User>);
    expect(renewed.access_token).not.toBe(user.access_token);

    await callManager(page, (manager) => manager.revokeTokens(['refresh_token']));
    expect(await stack.deps.tokens.access.find(renewed.access_token)).toBeUndefined();
  });
});
