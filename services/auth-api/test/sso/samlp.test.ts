import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import samlp from 'samlp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, publicUrl, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { makeIdpKey } from './stack/saml-provider.ts';
import { localTrial, setSignOn } from './stack/sign-on.ts';
import { createVisitor } from './stack/visitor.ts';

let stack: AuthApi;
let server: Server;
let base: string;
/** How far our clock is ahead: within the tolerance of the settings. */
let aheadMs = 0;
let key = makeIdpKey();

beforeAll(async () => {
  [stack] = await Promise.all([
    startAuthApi({ env: localTrial, now: () => Date.now() + aheadMs }),
    startProvider(),
  ]);
});
afterAll(async () => {
  server?.closeAllConnections();
  server?.close();
  await stack?.close();
});

/** The library asks for Express; this much of it does. */
async function startProvider(): Promise<void> {
  server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', base);
    const shim = Object.assign(response, {
      set: (name: string, value: string) => response.setHeader(name, value),
      status: (code: number) => Object.assign(response, { statusCode: code }),
      send: (body: string) => response.end(body),
      json: (body: unknown) => response.end(JSON.stringify(body)),
    });
    Object.assign(request, {
      query: Object.fromEntries(url.searchParams),
      originalUrl: request.url,
      protocol: 'http',
      get: () => undefined,
    });
    const options = {
      issuer: `${base}/metadata`,
      cert: key.certificate,
      key: key.privateKey,
      signatureAlgorithm: 'rsa-sha256',
      digestAlgorithm: 'sha256',
      signResponse: false,
      destination: acs,
      recipient: acs,
      getPostURL: (
        _audience: string,
        _parsed: unknown,
        _req: unknown,
        done: (error: null, url: string) => void,
      ) => done(null, acs),
      getUserFromRequest: () => ({
        id: 'agent',
        emails: [{ value: 'agent@example.com' }],
        displayName: 'Ada Agent',
        name: { givenName: 'Ada', familyName: 'Agent' },
      }),
      redirectEndpointPath: '/login',
      postEndpointPath: '/login',
      logoutEndpointPaths: { redirect: '/logout' },
    };
    if (url.pathname === '/metadata') return samlp.metadata(options)(request, shim);
    samlp.auth(options)(request, shim, (error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

let acs = '';

async function signIn() {
  const [browser, visitor] = [createBrowser(stack.app), createVisitor()];
  const leaving = await browser.get('/auth/v3/sso/start?tenant=demo');
  const { url, form } = await visitor.visit(leaving.location ?? '');
  const posted = await browser.postForm(url, form ?? {}, { origin: base });
  return browser.get(posted.location ?? '');
}

describe('a real SAML identity provider (samlp), known by the address of its metadata', () => {
  it('signs people in; when its key changes it is asked for its metadata again', async () => {
    const { issuer } = stack.deps;
    acs = `${issuer}/saml/22222222-2222-4222-8222-222222222222/-/acs`;
    await setSignOn(stack, {
      saml: {
        idpMetadataUrl: `${base}/metadata`,
        userNameSource: 'attribute',
        userNameAttribute: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
        userLookup: 'email',
      },
    });
    expect((await signIn()).location).toBe(`${publicUrl}/auth/signed-in.html`);

    key = makeIdpKey();
    // So soon after the last question it is not asked again, whatever callers present.
    expect((await signIn()).location).not.toBe(`${publicUrl}/auth/signed-in.html`);
    aheadMs = 40_000;
    expect((await signIn()).location).toBe(`${publicUrl}/auth/signed-in.html`);
  });

  it('stays known while the address of its metadata is away, on every replica', async () => {
    const beside = await startAuthApi({ env: localTrial, beside: stack });
    try {
      await setSignOn(beside, { saml: { idpMetadataUrl: `${base}/metadata` } });
      await new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      });
      const answer = await createBrowser(beside.app).get('/auth/v3/sso/start?tenant=demo');
      expect(answer.location).toMatch(`${base}/login?SAMLRequest=`);
    } finally {
      await beside.close();
    }
  });
});
