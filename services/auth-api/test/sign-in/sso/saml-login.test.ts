import { X509Certificate } from 'node:crypto';
import { contactCenterAdminAuthority } from '@gatehouse/contracts/auth-api';
import { installationAdminAuthority } from '@gatehouse/contracts/resources';
import { makeProviderKey, type ProviderKey } from '@gatehouse/testing/keys';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AuthApi, contactCenterId, publicUrl, startAuthApi } from '../../stack/auth-api.ts';
import { createBrowser } from '../../stack/browser.ts';
import { readView } from '../../stack/interaction.ts';
import {
  authorizeUrl,
  createClient,
  interactionOf,
  introspect,
  redeem,
  responseOf,
  type TestClient,
} from '../../stack/oauth.ts';
import { comeBack, comeBackHonestly, leave, post } from './stack/saml-journey.ts';
import {
  assertionXml,
  encryptAssertion,
  honestResponse,
  idpMetadata,
  readRequest,
  responseXml,
  signXml,
} from './stack/saml-provider.ts';
import { localTrial, setSignOn } from './stack/sign-on.ts';

const entityId = `${publicUrl}/auth/v3/saml/${contactCenterId}/-`;

let stack: AuthApi;
let key: ProviderKey;
let client: TestClient;

beforeAll(async () => {
  stack = await startAuthApi({ env: localTrial });
  key = makeProviderKey();
  client = await createClient(stack, { scope: ['openid'] });
});
afterAll(() => stack?.close());
beforeEach(() => use());

const use = (changes: NonNullable<Parameters<typeof setSignOn>[1]['saml']> = {}) =>
  setSignOn(stack, { saml: { idpMetadataXml: idpMetadata([key]), ...changes } });

const isIn = async (browser: ReturnType<typeof createBrowser>) =>
  (await browser.get('/auth/v3/ping')).status === 200;

describe('sign-in through a SAML identity provider', () => {
  it('goes from the application to the provider and comes back signed in', async () => {
    const browser = createBrowser(stack.app);
    const begun = await browser.get(authorizeUrl(client, { tenant: 'demo', scope: 'openid' }));
    const leaving = await leave(stack, begun.location ?? '', browser);

    expect(leaving.location.href).toMatch('https://idp.example.com/login?SAMLRequest=');
    expect(leaving.location.searchParams.get('SigAlg')).toBe(
      'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    );
    expect(leaving.facts).toMatchObject({ acsUrl: `${entityId}/acs`, audience: entityId });
    const back = await comeBackHonestly(leaving, key);
    const answer = await browser.get(back.location ?? '');

    const tokens = (await redeem(stack, client, responseOf(answer).get('code') ?? '')).json();
    expect(tokens.id_token).toBeTruthy();
    const second = await browser.get(authorizeUrl(client, { tenant: 'demo' }));
    expect(responseOf(second).get('code')).toBeTruthy();
  });

  // attack: answers of an identity provider made up without end | CWE-770 | guard: services/auth-api/src/sign-in/sso/saml/consumer.ts
  it('lets a whole shift in from one address, but nobody try answers without end', {
    timeout: 60_000,
  }, async () => {
    const few = await startAuthApi({
      beside: stack,
      env: { ...localTrial, GATEHOUSE_SIGN_IN_UNFINISHED_PER_ADDRESS: '10' },
    });
    for (let turn = 0; turn < 12; turn += 1) {
      const leaving = await leave(few);
      await comeBackHonestly(leaving, key);
      expect(await isIn(leaving.browser)).toBe(true);
    }
    const failing = await leave(few);
    const statuses = [];
    for (let turn = 0; turn < 11; turn += 1) statuses.push((await post(failing, '<made-up/>')).status);
    await few.close();
    expect(statuses.at(9)).toBe(303);
    expect(statuses.at(10)).toBe(429);
  });

  it('posts the request by a form where the settings say so, signed inside', async () => {
    await use({ binding: 'post' });
    const browser = createBrowser(stack.app);
    const page = await browser.get('/auth/v3/sso/start?tenant=demo');
    expect(page.body).toContain('action="https://idp.example.com/login-by-post"');
    const encoded = /name="SAMLRequest" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
    const { id, acsUrl, entityId: audience, xml } = readRequest(encoded, false);
    expect(xml).toContain('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256');
    const facts = { inResponseTo: id, acsUrl, audience };
    await comeBack({ browser, facts, location: new URL(publicUrl), xml }, honestResponse(facts, key));
    expect(await isIn(browser)).toBe(true);
  });

  it('takes the name from an attribute, without its domain, and lets in only members of a group', async () => {
    await use({
      userNameSource: 'attribute',
      userNameAttribute: 'upn',
      userNameDomain: 'corp.example',
      groupsAttribute: 'groups',
      requiredGroups: ['agents'],
    });
    const member = await leave(stack);
    await comeBackHonestly(member, key, {
      attributes: { upn: ['Agent@CORP.example'], groups: ['x', 'agents'] },
    });
    expect(await isIn(member.browser)).toBe(true);
    for (const attributes of [
      { upn: ['agent@corp.example'], groups: ['x'] },
      { upn: ['agent@other.example'], groups: ['agents'] },
      { upn: ['agent@corp.example', 'admin@corp.example'], groups: ['agents'] },
      { groups: ['agents'] },
    ]) {
      const other = await leave(stack);
      const answer = await comeBackHonestly(other, key, {
        attributes: attributes as Record<string, string[]>,
      });
      expect(answer.location).toMatch('error=sso_no_account');
      expect(await isIn(other.browser)).toBe(false);
    }
  });

  it('takes no authority from what the provider asserts', async () => {
    await use({ groupsAttribute: 'groups' });
    const rights = [installationAdminAuthority, contactCenterAdminAuthority];
    const leaving = await leave(stack);
    await comeBackHonestly(leaving, key, {
      attributes: { groups: rights, roles: rights, authorities: rights, Role: rights },
    });
    const answer = await leaving.browser.get(authorizeUrl(client, { scope: 'openid' }));
    const tokens = (await redeem(stack, client, responseOf(answer).get('code') ?? '')).json();
    const { authorities } = await introspect(stack, client, tokens.access_token);
    for (const right of rights) expect(authorities).not.toContain(right);
    expect(authorities).toContain('ROLE_USER');
  });

  it.each([['http://www.w3.org/2009/xmlenc11#aes256-gcm'], ['http://www.w3.org/2001/04/xmlenc#aes256-cbc']])(
    'opens assertions that are encrypted: %s',
    async (data) => {
      await use({ encryptAssertions: true });
      const [{ certificate = '' } = {}] = stack.deps.sso.keys.published('encryption');
      const leaving = await leave(stack);
      const encrypted = await encryptAssertion(signXml(assertionXml(leaving.facts), key), certificate, {
        data,
      });
      await comeBack(leaving, responseXml(leaving.facts, encrypted));
      expect(await isIn(leaving.browser)).toBe(true);
    },
  );

  // attack: plain assertion where encryption is asked for | SAML core 2.3.4 | guard: services/auth-api/src/sign-in/sso/saml/response.ts
  it('refuses an assertion in the clear where encryption is asked for', async () => {
    await use({ encryptAssertions: true });
    const leaving = await leave(stack);
    expect((await comeBackHonestly(leaving, key)).location).toMatch('error=sso_failed');
  });

  it('asks for the response to be signed too where the settings say so', async () => {
    await use({ requireSignedResponse: true });
    const once = await leave(stack);
    expect((await comeBackHonestly(once, key)).location).toMatch('error=sso_failed');
    const twice = await leave(stack);
    await comeBack(twice, signXml(honestResponse(twice.facts, key), key, { element: 'Response' }));
    expect(await isIn(twice.browser)).toBe(true);
  });

  it('forces a new sign-in for prompt=login and max_age, and believes only a new one', async () => {
    const browser = createBrowser(stack.app);
    const begun = await browser.get(authorizeUrl(client, { tenant: 'demo', prompt: 'login' }));
    const leaving = await leave(stack, begun.location ?? '', browser);
    expect(leaving.xml).toContain('ForceAuthn="true"');
    const old = new Date(Date.now() - 3_600_000).toISOString();
    const answer = await comeBackHonestly(leaving, key, { authnInstant: old });
    expect(await readView(stack.app, browser, interactionOf(answer))).toMatchObject({
      error: 'sso_not_fresh',
    });
    const again = await leave(stack, begun.location ?? '', browser);
    const back = await comeBackHonestly(again, key);
    expect(responseOf(await browser.get(back.location ?? '')).get('code')).toBeTruthy();
  });

  it('asks for a context by acr_values, and knows the strong one again', async () => {
    await use({ strongContext: 'https://refeds.org/profile/mfa' });
    const browser = createBrowser(stack.app);
    const begun = await browser.get(
      authorizeUrl(client, { tenant: 'demo', acr_values: '2', scope: 'openid' }),
    );
    const leaving = await leave(stack, begun.location ?? '', browser);
    expect(leaving.xml).toContain('>https://refeds.org/profile/mfa</saml:AuthnContextClassRef>');
    const back = await comeBackHonestly(leaving, key, { contextClass: 'https://refeds.org/profile/mfa' });
    const code = responseOf(await browser.get(back.location ?? '')).get('code') ?? '';
    const { id_token } = (await redeem(stack, client, code)).json();
    expect(JSON.parse(Buffer.from(id_token.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({
      acr: '2',
    });
  });

  it('ends the session when the identity provider says that its own ends', async () => {
    const leaving = await leave(stack);
    const endsAt = Date.now() + 90_000;
    await comeBackHonestly(leaving, key, { sessionNotOnOrAfter: new Date(endsAt).toISOString() });
    const [session] = await sessionsOf(leaving.browser);
    expect(session?.endsAtMs).toBe(endsAt);
  });

  it('says that the provider refused, with its status', async () => {
    const leaving = await leave(stack);
    const refused = responseXml(leaving.facts, '').replace(
      '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>',
      '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"/></samlp:StatusCode>',
    );
    expect((await comeBack(leaving, refused)).location).toMatch('error=sso_refused');
  });

  const sessionsOf = async (browser: ReturnType<typeof createBrowser>) => {
    const request = {
      id: 'test',
      cookies: Object.fromEntries(browser.cookies),
      headers: {},
      ip: '',
      method: 'GET',
      url: '/',
    };
    return [await stack.deps.sessions.service.find(request)];
  };
});

describe('answers that nobody asked for', () => {
  const unsolicited = { inResponseTo: undefined, acsUrl: `${entityId}/acs`, audience: entityId };

  // attack: unsolicited SAML answer | SAML profiles 4.1.5 | guard: services/auth-api/src/sign-in/sso/saml/consumer.ts
  it('are refused unless the contact centre allows them', async () => {
    const browser = createBrowser(stack.app);
    const answer = await post({ browser, facts: unsolicited }, honestResponse(unsolicited, key));
    expect(answer.location).toMatch('error=sso_failed');
  });

  it('make the browser ask, so that it is signed in as whoever sits before it', async () => {
    await use({ allowIdpInitiated: true });
    const browser = createBrowser(stack.app);
    const answer = await post({ browser, facts: unsolicited }, honestResponse(unsolicited, key), {
      RelayState: 'https://app.test/inbox',
    });
    expect(await isIn(browser)).toBe(false);
    const leaving = await leave(stack, answer.location ?? '', browser);
    const back = await comeBackHonestly(leaving, key);
    expect(back.location).toBe('https://app.test/inbox');
    expect(await isIn(browser)).toBe(true);
  });

  it('come in where single sign-on is for some access groups, and say who has no account', async () => {
    await use({ allowIdpInitiated: true, accessGroups: ['Agents'] });
    const send = async (nameId: string) => {
      const browser = createBrowser(stack.app);
      const { location } = await post(
        { browser, facts: unsolicited },
        honestResponse({ ...unsolicited, nameId }, key),
      );
      return { browser, location };
    };
    const { browser, location } = await send('agent');
    await comeBackHonestly(await leave(stack, location ?? '', browser), key);
    expect(await isIn(browser)).toBe(true);
    expect((await send('nobody')).location).toMatch('error=sso_no_account');
  });

  // attack: open redirect by RelayState | CVE-2024-7260 | guard: services/auth-api/src/sign-in/sso/login/start-login.ts
  it('6, 62 · lead to no page of a stranger, whatever RelayState says', async () => {
    await use({ allowIdpInitiated: true });
    for (const RelayState of [
      'https://evil.example/',
      '//evil.example',
      'https://app.test@evil.example',
      "javascript:alert('1')",
    ]) {
      const browser = createBrowser(stack.app);
      const answer = await post({ browser, facts: unsolicited }, honestResponse(unsolicited, key), {
        RelayState,
      });
      const leaving = await leave(stack, answer.location ?? '', browser);
      expect((await comeBackHonestly(leaving, key)).location).toBe(`${publicUrl}/auth/signed-in.html`);
    }
  });
});

describe('our metadata', () => {
  const metadata = (path = `${contactCenterId}/-`) =>
    createBrowser(stack.app).get(`/auth/v3/saml/${path}/metadata`);

  it('is there before anything is set up, with our keys', async () => {
    await setSignOn(stack, {});
    const answer = await metadata(`${contactCenterId}/USW1~DC2`);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch('application/samlmetadata+xml');
    expect(answer.body).toContain(`entityID="${publicUrl}/auth/v3/saml/${contactCenterId}/USW1~DC2"`);
    const certificates = [...answer.body.matchAll(/X509Certificate>([^<]+)</g)].map(
      ([, text = '']) => new X509Certificate(Buffer.from(text, 'base64')),
    );
    expect(certificates).toHaveLength(1);
    for (const certificate of certificates) {
      expect(certificate.subject).toContain('CN=login.test');
      expect(certificate.validToDate.getTime()).toBeGreaterThan(Date.now() + 2 * 365 * 24 * 3_600_000);
    }
    expect(answer.body).not.toContain('PRIVATE');
  });

  it('offers a key to encrypt for only where encrypted assertions are asked for', async () => {
    await use();
    expect((await metadata()).body).not.toContain('use="encryption"');
    await use({ encryptAssertions: true });
    const { body } = await metadata();
    expect(body.match(/use="encryption"/g)).toHaveLength(1);
    for (const algorithm of ['xmlenc11#rsa-oaep', 'xmlenc#rsa-oaep-mgf1p', 'xmlenc11#aes256-gcm'])
      expect(body).toContain(`${algorithm}"`);
    expect((await metadata(`${contactCenterId}/USW1`)).body).not.toContain('use="encryption"');
  });

  it('is signed on request, and the signature holds', async () => {
    const { body } = await createBrowser(stack.app).get(
      `/auth/v3/saml/${contactCenterId}/-/metadata?signed=true`,
    );
    const { SignedXml } = await import('xml-crypto');
    const { DOMParser } = await import('@xmldom/xmldom');
    const signature = new SignedXml({ publicCert: stack.deps.sso.keys.signing().certificate });
    signature.loadSignature(
      new DOMParser()
        .parseFromString(body, 'text/xml')
        .getElementsByTagNameNS('http://www.w3.org/2000/09/xmldsig#', 'Signature')[0] as never,
    );
    expect(signature.checkSignature(body)).toBe(true);
  });

  it('is signed once for all who ask, and anew where anything in it is another', async () => {
    const signed = async (path = `${contactCenterId}/-`) =>
      (await createBrowser(stack.app).get(`/auth/v3/saml/${path}/metadata?signed=true`)).body;
    await use();
    const first = await signed();

    expect(await signed()).toBe(first);
    expect(await signed(`${contactCenterId}/USW1`)).not.toBe(first);
    await use({ nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent' });
    expect(await signed()).toContain('nameid-format:persistent');
  });

  it('75: an address that makes up locations has no signatures made without end', async () => {
    const strict = await startAuthApi({
      beside: stack,
      env: { ...localTrial, GATEHOUSE_SIGN_IN_STARTS_PER_MINUTE: '10' },
    });
    try {
      const ask = async (place: string, remoteAddress: string) => {
        const url = `/auth/v3/saml/${contactCenterId}/${place}/metadata?signed=true`;
        return (await strict.app.inject({ url, remoteAddress })).statusCode;
      };
      for (let count = 0; count < 10; count++) expect(await ask(`L${count}`, '203.0.113.9')).toBe(200);

      expect(await ask('L10', '203.0.113.9')).toBe(429);
      expect([await ask('L9', '203.0.113.9'), await ask('L10', '203.0.113.10')]).toEqual([200, 200]);
    } finally {
      await strict.close();
    }
  });

  it('is of no contact centre and no location that is none', async () => {
    expect((await metadata('99999999-9999-4999-8999-999999999999/-')).status).toBe(404);
    expect((await metadata(`${contactCenterId}/--`)).status).toBe(404);
    expect((await metadata('nothing/-')).status).toBe(400);
  });
});

describe('keys that roll over', () => {
  it('of the identity provider: every certificate of the metadata counts, and no other', async () => {
    const next = makeProviderKey();
    const stranger = makeProviderKey();
    await use({ idpMetadataXml: idpMetadata([key, next]) });
    for (const [signer, isAccepted] of [
      [key, true],
      [next, true],
      [stranger, false],
    ] as const) {
      const leaving = await leave(stack);
      await comeBackHonestly(leaving, signer);
      expect(await isIn(leaving.browser)).toBe(isAccepted);
    }
  });

  it('ours: the next one is published before it is used, and the former one still opens', async () => {
    const actor = { name: 'test', correlationId: 'test' };
    const { keys: ssoKeys } = stack.deps.sso;
    const before = {
      signing: ssoKeys.signing().id,
      certificate: ssoKeys.published('encryption')[0]?.certificate ?? '',
    };
    await ssoKeys.prepare('encryption', actor);
    await ssoKeys.prepare('signing', actor);
    expect(ssoKeys.published('signing')).toHaveLength(2);
    expect(ssoKeys.signing().id).toBe(before.signing);
    await expect(ssoKeys.prepare('signing', actor)).rejects.toMatchObject({ status: 409 });
    await ssoKeys.activate('signing', actor);
    await ssoKeys.activate('encryption', actor);
    expect(ssoKeys.signing().id).not.toBe(before.signing);
    await expect(ssoKeys.activate('signing', actor)).rejects.toMatchObject({ status: 409 });
    const leaving = await leave(stack);
    const encrypted = await encryptAssertion(signXml(assertionXml(leaving.facts), key), before.certificate);
    await comeBack(leaving, responseXml(leaving.facts, encrypted));
    expect(await isIn(leaving.browser)).toBe(true);
  });
});
