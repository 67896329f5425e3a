/** The vendor's client for v3 APIs, bundled as an application bundles it, on an origin of its own in a real browser. */

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { closeContexts, findChromium, sharedChromium } from '@gatehouse/testing/chromium';
import { recordForeignLibrary } from '@gatehouse/testing/foreign-software';
import type { Browser, Page } from 'playwright-core';
import { build, type Plugin } from 'vite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { agent } from '../../stack/interaction.ts';
import { type ListeningAuthApi, startListening } from '../../stack/listening.ts';
import { createClient, passwordTokens, type TestClient } from '../../stack/oauth.ts';

const chromium = findChromium();
let stack: ListeningAuthApi;
let browser: Browser;
let page: Page;
const applications: Server[] = [];
let origin: string;
let strangers: string;
let client: TestClient;

/** What every application replaces when it bundles the library for browsers: a proxy agent and a module of Node.js. */
const forBrowsers: Plugin = {
  name: 'for-browsers',
  enforce: 'pre',
  resolveId: (id) => (['superagent-proxy', 'querystring'].includes(id) ? `\0${id}.cjs` : undefined),
  load: (id) =>
    ({
      '\0superagent-proxy.cjs': 'module.exports = () => undefined;',
      '\0querystring.cjs':
        'module.exports = { stringify: (fields) => new URLSearchParams(fields).toString() };',
    })[id],
};

async function bundle(): Promise<string> {
  const entry = fileURLToPath(new URL('application.mjs', import.meta.url));
  const built = await build({
    configFile: false,
    logLevel: 'error',
    plugins: [forBrowsers],
    build: { write: false, minify: false, lib: { entry, formats: ['iife'], name: 'application' } },
  });
  const [output] = [built].flat();
  if (output === undefined || !('output' in output)) throw new Error('vite built nothing');
  return output.output[0].code;
}

async function serveApplication(script: string): Promise<string> {
  const server = createServer((request, response) => {
    const isScript = request.url === '/application.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : '<!doctype html><script src="/application.js"></script>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  applications.push(server);
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  if (chromium === undefined) return;
  stack = await startListening({ GATEHOUSE_COMPAT_ENABLED: 'true' });
  const script = await bundle();
  origin = await serveApplication(script);
  strangers = await serveApplication(script);
  client = await createClient(stack, { redirectURIs: [origin] });
  browser = await sharedChromium();
});
afterEach(() => page?.close());
afterAll(async () => {
  await closeContexts(browser);
  for (const server of applications) {
    server.closeAllConnections();
    server.close();
  }
  await stack?.close();
});

interface Answer {
  /** 0: the browser gave the page nothing. */
  status: number;
  body?: Record<string, unknown>;
  headers?: Record<string, string>;
}

async function openAt(address: string): Promise<void> {
  page = await browser.newPage();
  await page.goto(address);
}

/** Calls a method of the library in the page. */
function call(method: string, ...given: unknown[]): Promise<Answer> {
  return page.evaluate(
    ([issuer, name, values]) => {
      type Api = Record<string, (...values: unknown[]) => Promise<Answer>>;
      const { authenticationApi } = window as unknown as {
        authenticationApi(issuer: string, apiKey: string): Api;
      };
      const found = authenticationApi(issuer, 'an-api-key')[name];
      if (found === undefined) throw new Error(`no method ${name}`);
      return found(...values);
    },
    [stack.issuer, method, given] as const,
  );
}

const password = () => ({
  grant_type: 'password',
  client_id: client.clientId,
  client_secret: client.clientSecret,
  username: `${agent.tenant}\\${agent.username}`,
  password: agent.password,
});

describe.skipIf(chromium === undefined)("the vendor's client in Chromium", () => {
  recordForeignLibrary(
    'genesys-provisioning-client-js',
    'answers the calls of the authentication library of the same maker, in Chromium',
    import.meta.url,
  );
  it('asks for the scheme, signs its user in, reads who that is, and signs out', async () => {
    await openAt(origin);
    const asked = await call('authSchemeLookup', { userName: agent.username, tenant: agent.tenant });
    expect(asked).toMatchObject({ status: 200, body: { data: { scheme: 'basic' } } });

    const tokens = await call('retrieveToken', password());
    expect(tokens).toMatchObject({ status: 200, body: { token_type: 'bearer' } });
    const bearer = `bearer ${tokens.body?.['access_token']}`;

    expect(await call('ping', bearer)).toMatchObject({ status: 200, body: { status: { code: 0 } } });
    expect(await call('getInfo', bearer)).toMatchObject({ status: 200, body: { sub: expect.any(String) } });
    expect(await call('getInfo1', bearer)).toMatchObject({ status: 200, body: { loginName: 'agent' } });
    const { headers } = await call('getJwtInfoUsingGET', bearer);
    expect(headers?.['x-gws-user']).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/);

    expect(await call('signOut', bearer)).toMatchObject({ status: 200, body: { status: { code: 0 } } });
    expect(await call('ping', bearer)).toMatchObject({ status: 403 });
    expect(await call('signOut', bearer)).toMatchObject({ status: 200 });
  });

  it("changes its user's password and signs out everywhere", async () => {
    await openAt(origin);
    const bearer = `bearer ${(await call('retrieveToken', password())).body?.['access_token']}`;
    const changed = { oldPassword: agent.password, newPassword: 'Another-Passphrase-1' };

    const wrong = await call('changePassword', { ...changed, oldPassword: 'not it' }, bearer);
    expect(wrong).toMatchObject({ status: 403, body: { status: { code: 403 } } });
    expect(await call('changePassword', changed, bearer)).toMatchObject({ status: 200 });

    const next = await call('retrieveToken', { ...password(), password: changed.newPassword });
    const bearerAfter = `bearer ${next.body?.['access_token']}`;
    const back = { oldPassword: changed.newPassword, newPassword: agent.password };
    expect(await call('changePassword', back, bearerAfter)).toMatchObject({ status: 200 });
    const last = `bearer ${(await call('retrieveToken', password())).body?.['access_token']}`;
    expect(await call('signOut1', last, { global: true })).toMatchObject({ status: 200 });
    expect(await call('ping', last)).toMatchObject({ status: 403 });
  });

  it('reads nothing on an origin that nobody registered, and ends no token there', async () => {
    const { access_token: token } = await passwordTokens(stack, client);
    await openAt(strangers);
    const scheme = { userName: agent.username, tenant: agent.tenant };
    expect(await call('authSchemeLookup', scheme)).toEqual({ status: 0 });
    expect(await call('signOut', `bearer ${token}`)).toEqual({ status: 0 });
    expect(await stack.deps.tokens.access.find(token)).toBeDefined();
  });
});
