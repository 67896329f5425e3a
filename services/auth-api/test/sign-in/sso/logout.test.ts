import { createSign } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { basicAuthorization } from '@gatehouse/api-client/http';
import { unavailable } from '@gatehouse/service-kit/errors';
import { makeProviderKey, type ProviderKey } from '@gatehouse/testing/keys';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AuthApi, contactCenterId, ops, publicUrl, startAuthApi } from '../../stack/auth-api.ts';
import { type Browser, createBrowser } from '../../stack/browser.ts';
import { browserCookie } from '../../stack/interaction.ts';
import { type HostileProvider, logoutTokenOf, sign, startHostileProvider } from './stack/hostile-provider.ts';
import { comeBackHonestly, leave } from './stack/saml-journey.ts';
import { encode, idpEntityId, idpMetadata, readRequest, signXml } from './stack/saml-provider.ts';
import { callbackUri, localTrial, setSignOn } from './stack/sign-on.ts';

const entityId = `${publicUrl}/auth/v3/saml/${contactCenterId}/-`;

let stack: AuthApi;
let key: ProviderKey;
let provider: HostileProvider;

beforeAll(async () => {
  [stack, provider] = await Promise.all([startAuthApi({ env: localTrial }), startHostileProvider()]);
  key = makeProviderKey();
});
afterAll(() => Promise.all([stack?.close(), provider?.close()]));

const isIn = async (browser: Browser) => (await browser.get('/auth/v3/ping')).status === 200;

/** Signs out by the page, and reads where its way on leads. */
async function signOut(browser: Browser): Promise<URL> {
  const answer = await browser.postForm('/auth/v3/sign-out', {});
  expect(await isIn(browser)).toBe(false);
  const id = new URL(answer.location ?? '').searchParams.get('logout') ?? '';
  const pending = await stack.deps.logout.pending.read(id, browser.cookies.get(browserCookie));
  return new URL(pending?.continueTo ?? 'about:blank');
}

const linesOf = (event: string) =>
  stack
    .logged()
    .split('\n')
    .filter((line) => line.includes(event))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('SAML single logout', () => {
  const use = (changes: NonNullable<Parameters<typeof setSignOn>[1]['saml']> = {}) =>
    setSignOn(stack, { saml: { idpMetadataXml: idpMetadata([key]), logout: true, ...changes } });

  async function signIn(sessionIndex = `index-${Math.random()}`) {
    const leaving = await leave(stack);
    await comeBackHonestly(leaving, key, { sessionIndex });
    expect(await isIn(leaving.browser)).toBe(true);
    return leaving.browser;
  }

  const logoutRequest = (
    changes: {
      nameId?: string;
      destination?: string;
      issuer?: string;
      instant?: string;
      until?: string;
      id?: string;
      indexes?: string[];
    } = {},
  ) =>
    `<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${changes.id ?? `_logout-${Math.random()}`}" Version="2.0" IssueInstant="${changes.instant ?? new Date().toISOString()}"${changes.until === undefined ? '' : ` NotOnOrAfter="${changes.until}"`} Destination="${changes.destination ?? `${entityId}/slo`}"><saml:Issuer>${changes.issuer ?? idpEntityId}</saml:Issuer><saml:NameID>${changes.nameId ?? 'agent'}</saml:NameID>${(changes.indexes ?? []).map((index) => `<samlp:SessionIndex>${index}</samlp:SessionIndex>`).join('')}</samlp:LogoutRequest>`;

  function signedQuery(
    xml: string,
    signer = key,
    algorithm = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  ): string {
    const query = new URLSearchParams({
      SAMLRequest: deflateRawSync(xml).toString('base64'),
      RelayState: 'their state',
      SigAlg: algorithm,
    }).toString();
    const signature = createSign(algorithm.endsWith('sha1') ? 'RSA-SHA1' : 'RSA-SHA256')
      .update(query)
      .sign(signer.privateKey, 'base64');
    return `${query}&Signature=${encodeURIComponent(signature)}`;
  }
  const slo = (query: string) => createBrowser(stack.app).get(`${entityId}/slo?${query}`);

  it('signing out here goes to the identity provider with a signed request, and on from there', async () => {
    await use();
    const browser = await signIn();
    const onward = await signOut(browser);
    expect(onward.href).toMatch('https://idp.example.com/logout?SAMLRequest=');
    expect(onward.searchParams.get('Signature')).toBeTruthy();
    const { xml } = readRequest(onward.searchParams.get('SAMLRequest') ?? '');
    expect(xml).toMatch(/<saml:NameID[^>]*>agent<\/saml:NameID>/);
    expect(xml).toContain('SessionIndex');
    const relayState = onward.searchParams.get('RelayState') ?? '';
    const back = await browser.get(
      `${entityId}/slo?${new URLSearchParams({ SAMLResponse: deflateRawSync('<x/>').toString('base64'), RelayState: relayState })}`,
    );
    expect(back.location).toBe(`${publicUrl}/auth/signed-out.html`);
  });

  it('stays here where the settings do not ask for it', async () => {
    await use({ logout: false });
    const browser = await signIn();
    expect((await browser.postForm('/auth/v3/sign-out', {})).location).toBe(
      `${publicUrl}/auth/signed-out.html`,
    );
  });

  it('a request of the identity provider ends the sessions of the person, and is answered', async () => {
    await use();
    const [one, other] = [await signIn(), await signIn()];
    const answer = await slo(signedQuery(logoutRequest()));
    const onward = new URL(answer.location ?? '');
    expect(onward.href).toMatch('https://idp.example.com/logout?SAMLResponse=');
    expect(onward.searchParams.get('RelayState')).toBe('their state');
    expect(readRequest(onward.searchParams.get('SAMLResponse') ?? '').xml).toContain('status:Success');
    expect([await isIn(one), await isIn(other)]).toEqual([false, false]);
  });

  it('a request that names several sessions ends these and no others (core section 3.7.1)', async () => {
    await use();
    const [one, two, three] = [await signIn('i1'), await signIn('i2'), await signIn('i3')];
    expect((await slo(signedQuery(logoutRequest({ indexes: ['i1', 'i2'] })))).status).toBe(302);
    expect([await isIn(one), await isIn(two), await isIn(three)]).toEqual([false, false, true]);
  });

  it('a request that cannot be recorded ends nothing, so that the next one is recorded', async () => {
    await use();
    const browser = await signIn('unrecorded');
    const ask = () => slo(signedQuery(logoutRequest({ indexes: ['unrecorded'] })));
    const write = vi.spyOn(stack.deps.audit.writer, 'write').mockRejectedValueOnce(unavailable('Redis'));

    await ask();
    expect(await isIn(browser)).toBe(true);
    await ask();

    expect(await isIn(browser)).toBe(false);
    expect(write).toHaveBeenLastCalledWith(expect.objectContaining({ name: 'session_ended' }));
    write.mockRestore();
  });

  it('a request that was answered 503 ends the sessions when it is sent again', async () => {
    await use();
    const browser = await signIn('repeated');
    const query = signedQuery(logoutRequest({ indexes: ['repeated'] }));
    const write = vi.spyOn(stack.deps.audit.writer, 'write').mockRejectedValueOnce(unavailable('Redis'));

    expect((await slo(query)).status).toBe(503);
    write.mockRestore();
    expect((await slo(query)).status).toBe(302);

    expect(await isIn(browser)).toBe(false);
  });

  it('the same by POST', async () => {
    await use();
    const browser = await signIn();
    const xml = signXml(logoutRequest(), key, { element: 'LogoutRequest' as never });
    const answer = await createBrowser(stack.app).postForm(
      `${entityId}/slo`,
      { SAMLRequest: encode(xml) },
      { origin: 'https://idp.example.com' },
    );
    expect(answer.location).toMatch('https://idp.example.com/logout?SAMLResponse=');
    expect(await isIn(browser)).toBe(false);
  });

  // attack: forged or old logout request of an identity provider | CVE-2026-18217 | guard: services/auth-api/src/sign-in/sso/saml/redirect-message.ts
  it('62 · is ended by nobody else: unsigned, by another key, by SHA-1, changed, of another issuer, for another place, old, or again', async () => {
    await use();
    const browser = await signIn();
    const good = signedQuery(logoutRequest({ nameId: 'nobody-in-particular', id: '_twice' }));
    expect((await slo(good)).status).toBe(302);
    const attempts = [
      signedQuery(logoutRequest()).replace(/&Signature=.*/, ''),
      signedQuery(logoutRequest(), makeProviderKey()),
      signedQuery(logoutRequest(), key, 'http://www.w3.org/2000/09/xmldsig#rsa-sha1'),
      signedQuery(logoutRequest()).replace('their+state', 'another'),
      signedQuery(logoutRequest(), key, 'constructor'),
      signedQuery(logoutRequest({ issuer: 'https://evil.example' })),
      signedQuery(logoutRequest({ issuer: '<x xmlns=""/>' })),
      signedQuery(logoutRequest({ nameId: 'agent</saml:NameID><saml:NameID>another' })),
      signedQuery(logoutRequest({ destination: 'https://elsewhere.example/slo' })),
      signedQuery(logoutRequest({ instant: '2020-01-01T00:00:00Z' })),
      signedQuery(logoutRequest({ until: '2056-01-01T00:00:00Z' })),
      good,
      `${signedQuery(logoutRequest())}&SAMLRequest=x`,
      `SAMLRequest=${encodeURIComponent(deflateRawSync('x'.repeat(1_000_000)).toString('base64'))}`,
    ];
    for (const query of attempts) expect((await slo(query)).status).toBe(403);
    const unsigned = await createBrowser(stack.app).postForm(`${entityId}/slo`, {
      SAMLRequest: encode(logoutRequest()),
    });
    expect(unsigned.status).toBe(403);
    const refused = linesOf('sso_refused');
    expect(refused).toHaveLength(attempts.length + 1);
    expect(refused.at(-1)).toMatchObject({
      contactCenterId,
      detail: expect.stringContaining('signature_invalid: '),
    });
    expect(await isIn(browser)).toBe(true);
  });
});

describe('logout with an OpenID Connect provider', () => {
  const use = () =>
    setSignOn(stack, {
      oidc: { issuer: provider.issuer, clientId: 'gatehouse', logout: true },
      clientSecret: 'secret',
    });

  async function signIn(claims: Record<string, unknown> = {}) {
    provider.lies = { claims };
    const browser = createBrowser(stack.app);
    const leaving = await browser.get('/auth/v3/sso/start?tenant=demo');
    const { searchParams } = new URL(leaving.location ?? '');
    const query = new URLSearchParams({
      state: searchParams.get('state') ?? '',
      code: searchParams.get('nonce') ?? '',
    });
    await browser.get(`${callbackUri}?${query}`);
    expect(await isIn(browser)).toBe(true);
    return browser;
  }

  const logoutToken = (changes: Record<string, unknown> = {}, typ?: string) =>
    logoutTokenOf(provider, provider, changes, typ);
  const send = async (token: string) =>
    stack.app.inject({
      method: 'POST',
      url: '/auth/v3/sso/oidc/backchannel-logout',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ logout_token: token }).toString(),
    });

  it('signing out here goes to the provider with its own ID token as hint, and on from there', async () => {
    await use();
    const browser = await signIn();
    const onward = await signOut(browser);
    expect(onward.href).toMatch(`${provider.issuer}/logout?`);
    expect(onward.searchParams.get('post_logout_redirect_uri')).toBe(`${publicUrl}/auth/v3/sso/signed-out`);
    expect(onward.searchParams.get('id_token_hint')?.split('.')).toHaveLength(3);
    const back = await browser.get(`/auth/v3/sso/signed-out?state=${onward.searchParams.get('state')}`);
    expect(back.location).toBe(`${publicUrl}/auth/signed-out.html`);
    const kept = JSON.stringify(await stack.deps.stores.redis.keys('*'));
    expect(kept).not.toContain(onward.searchParams.get('id_token_hint'));
  });

  it('the provider ends one session by sid, or all of a person by sub', async () => {
    await use();
    const [one, two, three] = [
      await signIn({ sid: 's1' }),
      await signIn({ sid: 's2' }),
      await signIn({ sid: 's3' }),
    ];
    expect((await send(await logoutToken({ sid: 's1' }))).statusCode).toBe(200);
    expect([await isIn(one), await isIn(two), await isIn(three)]).toEqual([false, true, true]);
    expect((await send(await logoutToken({ sub: 'subject' }))).statusCode).toBe(200);
    expect([await isIn(two), await isIn(three)]).toEqual([false, false]);
  });

  it('the audience of a logout token may be a list that names us (section 2.4)', async () => {
    await use();
    const browser = await signIn({ sid: 'listed' });
    const others = await send(await logoutToken({ sid: 'listed', aud: ['another-client'] }));
    expect([others.statusCode, await isIn(browser)]).toEqual([200, true]);
    const ours = await send(await logoutToken({ sid: 'listed', aud: ['another-client', 'gatehouse'] }));
    expect([ours.statusCode, await isIn(browser)]).toEqual([200, false]);
  });

  it('a logout token is sent again later where the keys of the provider cannot be read', async () => {
    const useKeysAt = (jwksUri: string) =>
      setSignOn(stack, {
        oidc: {
          issuer: provider.issuer,
          authorizationEndpoint: `${provider.issuer}/authorize`,
          tokenEndpoint: `${provider.issuer}/token`,
          jwksUri,
          clientId: 'gatehouse',
        },
        clientSecret: 'secret',
      });
    await useKeysAt(`${provider.issuer}/jwks`);
    const browser = await signIn({ sid: 'kept' });
    await useKeysAt(`${provider.issuer}/jwks?unread`);
    provider.lies = { keys: 'no keys' };
    expect((await send(await logoutToken({ sid: 'kept' }))).statusCode).toBe(503);
    expect(await isIn(browser)).toBe(true);
  });

  it('a logout token that was answered 503 ends the session when it is sent again, and once', async () => {
    await use();
    const browser = await signIn({ sid: 'repeated' });
    const token = await logoutToken({ sid: 'repeated' });
    const write = vi.spyOn(stack.deps.audit.writer, 'write').mockRejectedValueOnce(unavailable('Redis'));

    expect((await send(token)).statusCode).toBe(503);
    write.mockRestore();
    expect((await send(token)).statusCode).toBe(200);

    expect(await isIn(browser)).toBe(false);
    expect((await send(token)).statusCode).toBe(400);
  });

  it('the ID token of a provider is no hint for the one that took its place', async () => {
    await use();
    const browser = await signIn();
    const other = await startHostileProvider();
    await setSignOn(stack, {
      oidc: { issuer: other.issuer, clientId: 'gatehouse', logout: true },
      clientSecret: 'secret',
    });
    const answer = await browser.postForm('/auth/v3/sign-out', {});
    await other.close();
    expect(answer.location).toBe(`${publicUrl}/auth/signed-out.html`);
  });

  // attack: forged, old or repeated logout token of a provider | CVE-2026-18569 | guard: services/auth-api/src/sign-in/sso/oidc/logout.ts
  it('54 · CVE-2026-18569: a forged, unsigned, old, foreign or repeated logout token ends nothing', async () => {
    await use();
    const browser = await signIn({ sid: 'victim' });
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const once = await logoutToken({ sub: 'somebody-else', sid: 'other' });
    await send(once);
    const forged = [
      `${part({ alg: 'none' })}.${part({ iss: provider.issuer, aud: 'gatehouse', sid: 'victim' })}.`,
      await sign({ iss: provider.issuer, aud: 'gatehouse', sid: 'victim' }, provider.key.privateKey),
      await logoutToken({ sid: 'victim', nonce: 'of-an-id-token' }),
      await logoutToken({ sid: 'victim', events: {} }),
      await logoutToken({ sid: 'victim', exp: 1 }),
      await logoutToken({ sid: 'victim' }, 'at+jwt'),
      'nothing',
    ];
    for (const token of forged) expect((await send(token)).statusCode).toBe(400);
    expect(linesOf('sso_refused').map(({ detail }) => detail)).toContain('it is no logout token');
    const elsewhere = await send(await logoutToken({ sid: 'victim', aud: 'another-client' }));
    expect(elsewhere.statusCode).toBe(200);
    expect(await isIn(browser)).toBe(true);
    const token = await logoutToken({ sid: 'victim' });
    expect((await send(token)).statusCode).toBe(200);
    expect(await isIn(browser)).toBe(false);
  });

  it('what administers is not opened by it', async () => {
    const answer = await stack.app.inject({
      url: '/auth/v3/sso/oidc/backchannel-logout',
      headers: { authorization: basicAuthorization(ops.username, ops.password) },
    });
    expect(answer.statusCode).toBe(405);
  });
});
