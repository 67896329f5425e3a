import { createHmac } from 'node:crypto';
import { makeProviderKey, type ProviderKey } from '@gatehouse/testing/identity-providers/provider-key';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readIdpMetadata } from '../../src/sso/saml/idp-metadata.ts';
import { comeBack, comeBackHonestly, leave, post, type SamlLeaving } from '../sso/stack/saml-journey.ts';
import {
  assertionXml,
  encode,
  encryptAssertion,
  honestResponse,
  idpMetadata,
  type ResponseFacts,
  responseXml,
  signXml,
} from '../sso/stack/saml-provider.ts';
import { localTrial, setSignOn } from '../sso/stack/sign-on.ts';
import {
  type AuthApi,
  contactCenterId,
  demoContactCenter,
  publicUrl,
  startAuthApi,
} from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';

const otherContactCenterId = '55555555-5555-4555-8555-555555555555';

let stack: AuthApi;
let key: ProviderKey;
let othersKey: ProviderKey;

beforeAll(async () => {
  stack = await startAuthApi({ env: localTrial });
  [key, othersKey] = [makeProviderKey(), makeProviderKey()];
  stack.environmentApi.contactCenters.set(otherContactCenterId, {
    ...demoContactCenter,
    id: otherContactCenterId,
    domains: ['other'],
  });
  await setSignOn(stack, {
    id: otherContactCenterId,
    saml: { idpMetadataXml: idpMetadata([othersKey], { entityId: 'https://other.example.com' }) },
  });
});
afterAll(() => stack?.close());
beforeEach(() => use());

const use = (changes: NonNullable<Parameters<typeof setSignOn>[1]['saml']> = {}) =>
  setSignOn(stack, { saml: { idpMetadataXml: idpMetadata([key]), ...changes } });

async function expectRefused(leaving: SamlLeaving, xml: string, reason?: string): Promise<void> {
  const answer = await comeBack(leaving, xml);
  expect(answer.location ?? '').toMatch(/error=sso_/);
  expect((await leaving.browser.get('/auth/v3/ping')).status).toBe(403);
  if (reason !== undefined) expect(await reasonOf(String(answer.headers['x-request-id']))).toBe(reason);
}

async function reasonOf(correlationId: string): Promise<unknown> {
  const entries = await stack.deps.redis.xrange('gatehouse:audit', '-', '+');
  const rows = await stack.deps.pool.query('SELECT fields FROM auth.audit_events WHERE correlation_id = $1', [
    correlationId,
  ]);
  const streamed = entries.map(
    ([, fields]) =>
      JSON.parse(fields[1] ?? '{}') as { correlationId?: string; fields?: { reason?: unknown } },
  );
  return (
    streamed.find((event) => event.correlationId === correlationId)?.fields?.reason ??
    rows.rows[0]?.fields?.reason
  );
}

/** The parts that a wrapping attack moves around. */
function partsOf(facts: ResponseFacts) {
  const signed = signXml(assertionXml(facts), key);
  const signature = /<ds:Signature[\s\S]*<\/ds:Signature>/.exec(signed)?.[0] ?? '';
  const unsigned = signed.replace(signature, '');
  const evil = unsigned.replace(/ ID="[^"]*"/, ' ID="_evil"').replace('>agent<', '>admin<');
  const insert = (xml: string, content: string) => xml.replace('</saml:Issuer>', `</saml:Issuer>${content}`);
  return { signed, signature, unsigned, evil, insert };
}

type Wrap = (parts: ReturnType<typeof partsOf>, facts: ResponseFacts) => string;

/** The response signed as a whole, and the evil copy of it. */
function signedResponse(facts: ResponseFacts) {
  const signed = signXml(honestResponse(facts, key), key, { element: 'Response' });
  const signature =
    /<\/saml:Issuer>(<ds:Signature[\s\S]*?<\/ds:Signature>)<samlp:Status>/.exec(signed)?.[1] ?? '';
  const unsigned = signed.replace(signature, '');
  const evil = unsigned.replace(/ ID="[^"]*"/, ' ID="_evil"').replace('>agent<', '>admin<');
  return { signed, signature, unsigned, evil };
}

const wraps: [string, Wrap][] = [
  [
    '1 · the signed response inside the signature of another',
    (_parts, facts) => {
      const { signature, unsigned, evil } = signedResponse(facts);
      const inner = signature.replace('</ds:Signature>', `<ds:Object>${unsigned}</ds:Object></ds:Signature>`);
      return evil.replace('<samlp:Status>', `${inner}<samlp:Status>`);
    },
  ],
  [
    '2 · the signed response before the signature of another',
    (_parts, facts) => {
      const { signature, unsigned, evil } = signedResponse(facts);
      return evil.replace('<samlp:Status>', `${unsigned}${signature}<samlp:Status>`);
    },
  ],
  [
    '3 · another assertion before the signed one',
    ({ evil, signed }, facts) => responseXml(facts, `${evil}${signed}`),
  ],
  [
    '4 · the signed assertion inside another',
    ({ evil, signed }, facts) =>
      responseXml(facts, evil.replace('</saml:Assertion>', `${signed}</saml:Assertion>`)),
  ],
  [
    '5 · the signature in another assertion, the signed one behind it',
    ({ evil, unsigned, signature, insert }, facts) =>
      responseXml(facts, `${insert(evil, signature)}${unsigned}`),
  ],
  [
    '6 · the signed assertion inside the signature of another',
    ({ evil, unsigned, signature, insert }, facts) =>
      responseXml(facts, insert(evil, signature.replace('</ds:Signature>', `${unsigned}</ds:Signature>`))),
  ],
  [
    '7 · another assertion in Extensions',
    ({ evil, signed }, facts) => responseXml(facts, `<samlp:Extensions>${evil}</samlp:Extensions>${signed}`),
  ],
  [
    '8 · the signed assertion in an Object of the signature of another',
    ({ evil, unsigned, signature, insert }, facts) =>
      responseXml(
        facts,
        insert(
          evil,
          signature.replace('</ds:Signature>', `<ds:Object>${unsigned}</ds:Object></ds:Signature>`),
        ),
      ),
  ],
];

describe('59 · signature wrapping (CVE-2025-47949, CVE-2025-54419, CVE-2024-45409)', () => {
  it('an honest answer is accepted: what follows is refused for its own fault', async () => {
    const leaving = await leave(stack);
    await comeBackHonestly(leaving, key);
    expect((await leaving.browser.get('/auth/v3/ping')).status).toBe(200);
  });

  it.each(wraps)('XSW%s', async (_title, wrap) => {
    const leaving = await leave(stack);
    await expectRefused(leaving, wrap(partsOf(leaving.facts), leaving.facts), 'response_malformed');
  });

  it('elements by the names of an object’s members', async () => {
    for (const name of ['constructor', 'toString', '__proto__']) {
      const leaving = await leave(stack);
      const answer = honestResponse(leaving.facts, key).replace(
        '</ds:Signature>',
        `<${name}/></ds:Signature>`,
      );
      expect((await comeBack(leaving, answer)).status).toBeLessThan(500);
    }
  });

  it('two elements with one id', async () => {
    const leaving = await leave(stack);
    const facts = { ...leaving.facts, assertionId: '_same', responseId: '_same' };
    await expectRefused(leaving, honestResponse(facts, key), 'response_malformed');
  });

  it('no signature at all', async () => {
    const leaving = await leave(stack);
    await expectRefused(
      leaving,
      responseXml(leaving.facts, assertionXml(leaving.facts)),
      'signature_invalid',
    );
  });

  it('a signed response around an unsigned assertion', async () => {
    const leaving = await leave(stack);
    const xml = responseXml(leaving.facts, assertionXml(leaving.facts));
    await expectRefused(leaving, signXml(xml, key, { element: 'Response' }), 'signature_invalid');
  });

  it('a signed assertion in a response whose own signature does not hold', async () => {
    const leaving = await leave(stack);
    const xml = signXml(honestResponse(leaving.facts, key), key, { element: 'Response' });
    await expectRefused(
      leaving,
      xml.replace(
        '2.0:status:Success"/>',
        '2.0:status:Success"/><samlp:StatusMessage>x</samlp:StatusMessage>',
      ),
      'signature_invalid',
    );
  });

  it('a change of one byte', async () => {
    const leaving = await leave(stack);
    await expectRefused(
      leaving,
      honestResponse(leaving.facts, key).replace('>agent<', '>admin<'),
      'signature_invalid',
    );
  });

  it('the certificate in the message is never trusted', async () => {
    const leaving = await leave(stack);
    await expectRefused(leaving, honestResponse(leaving.facts, makeProviderKey()), 'signature_invalid');
  });
});

describe('60 · tricks with XML signatures (CVE-2025-29774, CVE-2025-29775)', () => {
  it.each([
    ['a comment in the NameID', (xml: string) => xml.replace('>agent<', '>admin<!---->.agent<')],
    [
      'a comment in DigestValue',
      (xml: string) => xml.replace(/<ds:DigestValue>/, '<ds:DigestValue><!--x-->'),
    ],
    ['a second signature', (xml: string) => xml.replace(/(<ds:Signature [\s\S]*?<\/ds:Signature>)/, '$1$1')],
    [
      'a reference to everything',
      (xml: string) => xml.replace(/<ds:Reference URI="[^"]*"/, '<ds:Reference URI=""'),
    ],
    [
      'an XSLT transform',
      (xml: string) =>
        xml.replace(
          /enveloped-signature"\/>/,
          'enveloped-signature"/><ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/>',
        ),
    ],
    [
      'a signature of a name that only looks like one',
      (xml: string) =>
        xml.replaceAll('http://www.w3.org/2000/09/xmldsig#"', 'http://www.w3.org/2000/09/xmldsig"'),
    ],
  ])('%s', async (_title, change) => {
    const leaving = await leave(stack);
    await expectRefused(leaving, change(honestResponse(leaving.facts, key)));
  });

  it.each([
    ['a second SignedInfo', /(<ds:SignedInfo>[\s\S]*?<\/ds:SignedInfo>)/],
    ['a second Reference', /(<ds:Reference [\s\S]*?<\/ds:Reference>)/],
  ])('%s is seen before anything is verified', async (_title, part) => {
    const leaving = await leave(stack);
    const doubled = honestResponse(leaving.facts, key).replace(part, '$1$1');
    await expectRefused(leaving, doubled, 'response_malformed');
  });

  it.each([
    ['SHA-1 signatures', { signatureAlgorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' }],
    ['SHA-1 digests', { digestAlgorithm: 'http://www.w3.org/2000/09/xmldsig#sha1' }],
  ])('63 · %s are refused', async (_title, algorithms) => {
    const leaving = await leave(stack);
    const xml = responseXml(leaving.facts, signXml(assertionXml(leaving.facts), key, algorithms));
    await expectRefused(leaving, xml, 'algorithm_refused');
  });

  it('39 · HMAC with the public certificate as its key', async () => {
    const leaving = await leave(stack);
    const xml = honestResponse(leaving.facts, key)
      .replace(
        'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
        'http://www.w3.org/2000/09/xmldsig#hmac-sha1',
      )
      .replace(
        /<ds:SignatureValue>[^<]*/,
        `<ds:SignatureValue>${createHmac('sha1', key.certificate).update('x').digest('base64')}`,
      );
    await expectRefused(leaving, xml, 'algorithm_refused');
  });

  it('63 · RSA 1.5 and wrong keys of encrypted assertions fail alike to the person', async () => {
    const [{ certificate = '' } = {}] = stack.deps.ssoKeys.published('encryption');
    const leaving = await leave(stack);
    const assertion = signXml(assertionXml(leaving.facts), key);
    const weak = await encryptAssertion(assertion, certificate, {
      key: 'http://www.w3.org/2001/04/xmlenc#rsa-1_5',
    });
    await expectRefused(leaving, responseXml(leaving.facts, weak), 'algorithm_refused');
    const foreign = await encryptAssertion(assertion, key.certificate);
    await expectRefused(leaving, responseXml(leaving.facts, foreign), 'decryption_failed');
    const unsigned = await encryptAssertion(assertionXml(leaving.facts), certificate);
    await expectRefused(leaving, responseXml(leaving.facts, unsigned), 'signature_invalid');
  });
});

describe('61 · XML that is more than SAML (CVE-2020-26290)', () => {
  const bomb = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">${Array.from({ length: 9 }, (_, i) => `<!ENTITY ${'bcdefghij'[i]} "${`&${'abcdefghi'[i]};`.repeat(10)}">`).join('')}]>`;

  it.each<[string, (xml: string) => string]>([
    ['a document type', (xml) => `<!DOCTYPE x>${xml}`],
    [
      'an external entity',
      (xml) => `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${xml.replace('>agent<', '>&e;<')}`,
    ],
    ['entities that grow', (xml) => bomb + xml.replace('>agent<', '>&j;<')],
    ['character data', (xml) => xml.replace('>agent<', '><![CDATA[agent]]><')],
    ['an instruction', (xml) => xml.replace('>agent<', '><?x y?>agent<')],
    ['two roots', (xml) => `${xml}${xml}`],
    ['an attribute twice', (xml) => xml.replace(' Version="2.0"', ' Version="2.0" Version="2.0"')],
    [
      'a thousand levels',
      (xml) =>
        xml.replace(
          '<samlp:Status>',
          `<samlp:Extensions>${'<x>'.repeat(1000)}${'</x>'.repeat(1000)}</samlp:Extensions><samlp:Status>`,
        ),
    ],
    ['half a document', (xml) => xml.slice(0, xml.length / 2)],
    ['another encoding', (xml) => `<?xml version="1.0" encoding="UTF-7"?>${xml}`],
    ['no XML', () => 'SAML, honestly'],
  ])('%s', async (_title, change) => {
    const leaving = await leave(stack);
    const answer = await comeBack(leaving, change(honestResponse(leaving.facts, key)));
    expect(answer.location).toMatch('error=sso_failed');
    expect((await leaving.browser.get('/auth/v3/ping')).status).toBe(403);
  });

  it('66 · ten megabytes are not even read; a million elements cost nothing', async () => {
    const { browser, facts } = await leave(stack);
    const huge = await post({ browser, facts }, 'x'.repeat(10_000_000));
    expect(huge.status).toBe(413);
    const startedMs = performance.now();
    const many = await post({ browser, facts }, `<a>${'<b/>'.repeat(45_000)}</a>`);
    expect(many.location).toMatch('error=sso_failed');
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });
});

describe('62 · a good answer in the wrong place (SAML profiles 4.1.4.3)', () => {
  it('66 · thousands of namespaces inside of each other cost nothing, before anybody has signed anything', async () => {
    const count = 8_000;
    const nested = Array.from({ length: count }, (_, index) => `<a xmlns:n${index}="u">`).join('');
    const leaving = await leave(stack);
    const startedMs = performance.now();
    await expectRefused(leaving, `${nested}${'</a>'.repeat(count)}`, 'response_malformed');
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });

  it.each<[string, Partial<ResponseFacts>, string]>([
    ['for another audience', { audience: 'https://another.example.com' }, 'wrong_audience'],
    ['for another recipient', { recipient: 'https://another.example.com/acs' }, 'wrong_destination'],
    ['for another destination', { destination: 'https://another.example.com/acs' }, 'wrong_destination'],
    ['of another issuer', { issuer: 'https://another.example.com' }, 'wrong_issuer'],
    ['too late', { shiftSeconds: -600 }, 'wrong_time'],
    ['too early', { shiftSeconds: 600 }, 'wrong_time'],
    ['of a session that has ended', { sessionNotOnOrAfter: '2020-01-01T00:00:00Z' }, 'wrong_time'],
    ['with a time that is none', { sessionNotOnOrAfter: 'tomorrow' }, 'wrong_time'],
    ['for a person without a name', { nameId: ' ' }, 'name_missing'],
  ])('%s', async (_title, changes, reason) => {
    const leaving = await leave(stack);
    await expectRefused(leaving, honestResponse({ ...leaving.facts, ...changes }, key), reason);
  });

  it.each([
    ['is refused where nobody here can judge it', '<saml:Condition xmlns:x="urn:x" x:rule="1"/>', false],
    ['of single use holds in any case', '<saml:OneTimeUse/>', true],
  ])('a condition that %s', async (_title, condition, isTaken) => {
    const leaving = await leave(stack);
    const assertion = assertionXml(leaving.facts).replace(
      '</saml:Conditions>',
      `${condition}</saml:Conditions>`,
    );
    const answer = await comeBack(leaving, responseXml(leaving.facts, signXml(assertion, key)));
    expect(answer.location).toMatch(isTaken ? '/auth/signed-in.html' : 'error=sso_failed');
  });

  it('clocks may differ by the tolerance, and no more', async () => {
    await use({ clockSkewSeconds: 30 });
    const near = await leave(stack);
    await comeBackHonestly(near, key, { shiftSeconds: 25 });
    expect((await near.browser.get('/auth/v3/ping')).status).toBe(200);
    const far = await leave(stack);
    await expectRefused(far, honestResponse({ ...far.facts, shiftSeconds: 60 }, key), 'wrong_time');
  });

  it('57 · at another contact centre, by another identity provider, or at another location', async () => {
    const leaving = await leave(stack);
    const there = leaving.facts.acsUrl.replace(contactCenterId, otherContactCenterId);
    await expectRefused(
      { ...leaving, facts: { ...leaving.facts, acsUrl: there } },
      honestResponse(leaving.facts, key),
    );
    await expectRefused(
      leaving,
      honestResponse({ ...leaving.facts, issuer: 'https://other.example.com' }, othersKey),
    );
    const elsewhere = leaving.facts.acsUrl.replace('/-/', '/USW1/');
    await expectRefused(
      { ...leaving, facts: { ...leaving.facts, acsUrl: elsewhere } },
      honestResponse(leaving.facts, key),
      'wrong_destination',
    );
    // The very same answer is good where it belongs.
    await comeBackHonestly(leaving, key);
    expect((await leaving.browser.get('/auth/v3/ping')).status).toBe(200);
  });

  it('57 · by another contact centre’s identity provider, at its own place, to a request that was made here', async () => {
    const leaving = await leave(stack);
    const theirs = `${publicUrl}/auth/v3/saml/${otherContactCenterId}/-`;
    const facts = {
      ...leaving.facts,
      acsUrl: `${theirs}/acs`,
      audience: theirs,
      issuer: 'https://other.example.com',
    };
    const answer = await post({ browser: leaving.browser, facts }, honestResponse(facts, othersKey));
    expect(answer.location).toMatch('error=sso_failed');
    expect(await reasonOf(String(answer.headers['x-request-id']))).toBe('wrong_destination');
    // The request still waits for its own answer.
    expect((await comeBackHonestly(leaving, key)).location).toBe(`${publicUrl}/auth/signed-in.html`);
  });

  it.each<[string, Partial<ResponseFacts>, string]>([
    ['answers another request', { inResponseTo: '_of-another-journey' }, 'wrong_state'],
    ['answers none', { inResponseTo: undefined }, 'wrong_state'],
    ['is of another issuer', { issuer: 'https://another.example.com' }, 'wrong_issuer'],
  ])('an honest envelope around an assertion that %s', async (_title, changes, reason) => {
    const leaving = await leave(stack);
    const assertion = signXml(assertionXml({ ...leaving.facts, ...changes }), key);
    await expectRefused(leaving, responseXml(leaving.facts, assertion), reason);
  });

  it('a second time, in the same browser or another', async () => {
    const leaving = await leave(stack);
    const xml = honestResponse(leaving.facts, key);
    await comeBack(leaving, xml);
    const again = await comeBack({ ...leaving, browser: createBrowser(stack.app) }, xml);
    expect(again.location).toMatch('error=sso_failed');
    expect(await reasonOf(String(again.headers['x-request-id']))).toBe('replayed');
  });

  it('fifty times at once: one ticket', async () => {
    const leaving = await leave(stack);
    const xml = honestResponse(leaving.facts, key);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        post({ browser: createBrowser(stack.app), facts: leaving.facts }, xml),
      ),
    );
    expect(answers.filter(({ location }) => location?.includes('/finish?ticket='))).toHaveLength(1);
  });

  it('fifty different answers to one request at once: one ticket', async () => {
    const leaving = await leave(stack);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        post({ browser: createBrowser(stack.app), facts: leaving.facts }, honestResponse(leaving.facts, key)),
      ),
    );
    expect(answers.filter(({ location }) => location?.includes('/finish?ticket='))).toHaveLength(1);
  });

  it('an assertion that was used counts for no other request', async () => {
    const first = await leave(stack);
    await comeBackHonestly(first, key, { assertionId: '_once' });
    const second = await leave(stack);
    await expectRefused(second, honestResponse({ ...second.facts, assertionId: '_once' }, key), 'replayed');
  });

  it('an answer to a request that was never made', async () => {
    const leaving = await leave(stack);
    await expectRefused(
      leaving,
      honestResponse({ ...leaving.facts, inResponseTo: '_never-made' }, key),
      'replayed',
    );
  });

  it('45 · a stolen answer signs nobody in but the browser that left', async () => {
    const leaving = await leave(stack);
    const posted = await post(leaving, honestResponse(leaving.facts, key));
    const thief = createBrowser(stack.app);
    expect((await thief.get(posted.location ?? '')).status).toBe(400);
    await thief.get('/auth/v3/sso/start?tenant=demo');
    expect((await thief.get(posted.location ?? '')).status).toBe(400);
    expect((await thief.get('/auth/v3/ping')).status).toBe(403);
    expect((await leaving.browser.get(posted.location ?? '')).location).toBe(
      `${publicUrl}/auth/signed-in.html`,
    );
  });

  it('45 · login CSRF: the answer to an attacker signs nobody in whose browser posts it, though it is under way itself', async () => {
    const [attackers, victims] = [await leave(stack), await leave(stack)];
    const posted = await post(
      { browser: victims.browser, facts: attackers.facts },
      honestResponse({ ...attackers.facts, nameId: 'admin' }, key),
    );

    expect((await victims.browser.get(posted.location ?? '')).status).toBe(400);
    expect((await victims.browser.get('/auth/v3/ping')).status).toBe(403);
    const own = await post(victims, honestResponse(victims.facts, key));
    expect((await victims.browser.get(own.location ?? '')).location).toBe(`${publicUrl}/auth/signed-in.html`);
  });

  it('45 · an unsolicited answer signs the victim in as nobody, even where it is allowed', async () => {
    await use({ allowIdpInitiated: true });
    const { facts } = await leave(stack);
    const attackers = { ...facts, inResponseTo: undefined, nameId: 'admin' };
    const victim = createBrowser(stack.app);
    const answer = await post({ browser: victim, facts: attackers }, honestResponse(attackers, key));
    expect(answer.location).toBe(`${publicUrl}/auth/v3/sso/start?tenant=demo`);
    expect((await victim.get('/auth/v3/ping')).status).toBe(403);
  });
});

describe('63 · metadata of identity providers', () => {
  it.each<[string, string]>([
    ['a document type', `<!DOCTYPE x>${idpMetadata([])}`],
    [
      'a million entities',
      `<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">${'<EntityDescriptor entityID="a"/>'.repeat(1_000_000)}</EntitiesDescriptor>`,
    ],
    [
      'twenty thousand entities',
      `<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">${'<EntityDescriptor entityID="a"/>'.repeat(16_000)}</EntitiesDescriptor>`,
    ],
    [
      'more elements than any has',
      idpMetadata([makeProviderKey()], { extra: `<Extensions>${'<a/>'.repeat(25_000)}</Extensions>` }),
    ],
    ['no certificate', idpMetadata([])],
    ['no identity provider', '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="x"/>'],
    ['a certificate that is none', idpMetadata([{ privateKey: '', certificate: 'AAAA' }])],
    ['nothing', ''],
  ])('%s is refused with what is wrong', (_title, xml) => {
    expect(() => readIdpMetadata(xml)).toThrow(/identity provider cannot be used/);
  });

  describe('that must be signed', () => {
    const signer = makeProviderKey();
    const document = (attributes = 'ID="_metadata"') => idpMetadata([key], { attributes });
    const signed = (by = signer, options = {}) =>
      signXml(document(), by, { element: 'EntityDescriptor', ...options });
    const wrapped = () => {
      const evil = idpMetadata([othersKey], { attributes: 'ID="_evil"', entityId: 'https://evil.example' });
      return evil.replace('</EntityDescriptor>', `${signed()}</EntityDescriptor>`);
    };

    it('are taken when they are: as a whole, comments or not, by the certificate of the settings', () => {
      expect(readIdpMetadata(signed(), signer.certificate).entityId).toBe('https://idp.example.com/saml');
      const commented = signed().replace(
        '<IDPSSODescriptor',
        '<!-- a person wrote this --><IDPSSODescriptor',
      );
      expect(readIdpMetadata(commented, signer.certificate).certificates).toHaveLength(1);
    });

    it.each<[string, () => string]>([
      ['not signed', document],
      ['signed by another', () => signed(makeProviderKey())],
      ['changed afterwards', () => signed().replace('https://idp.example.com/login', 'https://evil.example')],
      [
        'signed with SHA-1',
        () => signed(signer, { signatureAlgorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' }),
      ],
      ['signed in a part only', wrapped],
      ['signed under another id', () => signed().replace('ID="_metadata"', 'ID="_another"')],
    ])('are refused when they are %s', (_title, xml) => {
      expect(() => readIdpMetadata(xml(), signer.certificate)).toThrow(/identity provider cannot be used/);
    });

    it('bring nobody in before, also where the same document was read without a signature', async () => {
      await use({ idpMetadataXml: document() });
      await leave(stack);
      await use({ idpMetadataXml: document(), idpMetadataCertificate: signer.certificate });
      const refused = await createBrowser(stack.app).get('/auth/v3/sso/start?tenant=demo');
      expect(refused.location).toMatch('error=sso_unavailable');
      await use({ idpMetadataXml: signed(), idpMetadataCertificate: signer.certificate });
      const leaving = await leave(stack);
      expect((await comeBackHonestly(leaving, key)).location).toBe(`${publicUrl}/auth/signed-in.html`);
    });
  });

  it('66 · comments that never end cost nothing', () => {
    const startedMs = performance.now();
    expect(() => readIdpMetadata(`<EntityDescriptor>${'<!--'.repeat(130_000)}`)).toThrow();
    expect(performance.now() - startedMs).toBeLessThan(3_000);
  });

  it('two identity providers in one document are refused, one in a list is taken', () => {
    const one = idpMetadata([key]);
    const list = (content: string) =>
      `<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">${content}</EntitiesDescriptor>`;
    expect(readIdpMetadata(list(`<!-- one -->${one}`)).entityId).toBe('https://idp.example.com/saml');
    expect(() => readIdpMetadata(list(one + one))).toThrow();
  });

  it('counts for nothing after its validUntil', async () => {
    await use({ idpMetadataXml: idpMetadata([key], { attributes: 'validUntil="2020-01-01T00:00:00Z"' }) });
    const answer = await createBrowser(stack.app).get('/auth/v3/sso/start?tenant=demo');
    expect(answer.location).toMatch('error=sso_unavailable');
  });

  it('whose certificate ends within thirty days is warned of, and counted', async () => {
    const ending = makeProviderKey(new Date(Date.now() + 20 * 24 * 3_600_000));
    await use({ idpMetadataXml: idpMetadata([ending]) });
    await leave(stack);
    expect(stack.logged()).toContain('certificate_ends');
    expect(await stack.deps.kit.metrics.expose()).toMatch(
      /gatehouse_sso_certificate_not_after_seconds\{contactCenter="22222222[^}]*\} \d{10}/,
    );
  });

  it('71 · leads to no address of this network', async () => {
    const guarded = await startAuthApi();
    try {
      await setSignOn(guarded, { saml: { idpMetadataUrl: 'https://169.254.169.254/metadata' } });
      const answer = await createBrowser(guarded.app).get('/auth/v3/sso/start?tenant=demo');
      expect(answer.location).toMatch('error=sso_unavailable');
      expect(guarded.logged()).toContain('may not be called from here');
    } finally {
      await guarded.close();
    }
  });
});

describe('68 · what is nobody’s business', () => {
  it('no assertion, no session index and no ticket is in a log line', async () => {
    const leaving = await leave(stack);
    const xml = honestResponse({ ...leaving.facts, sessionIndex: 'secret-session-index' }, key);
    const posted = await post(leaving, xml);
    await leaving.browser.get(posted.location ?? '');
    const ticket = new URL(posted.location ?? '').searchParams.get('ticket') ?? 'none';
    for (const secret of [ticket, encode(xml).slice(0, 64), 'secret-session-index'])
      expect(stack.logged()).not.toContain(secret);
  });

  it('66 · contact centres that there are not leave nothing behind, in the metrics least of all', async () => {
    const made = '99999999-9999-4999-8999-999999999999';
    const place = `/auth/v3/saml/${made}/-`;
    const browser = createBrowser(stack.app);
    expect((await browser.postForm(`${place}/acs`, { SAMLResponse: 'AAAA' })).status).toBe(404);
    expect((await browser.get(`${place}/slo?SAMLRequest=AAAA`)).status).toBe(404);
    expect(await stack.deps.kit.metrics.expose()).not.toContain(made);
  });

  it('metrics count refusals and wrong clocks apart, by the names that alert rules know', async () => {
    const leaving = await leave(stack);
    await expectRefused(leaving, honestResponse({ ...leaving.facts, shiftSeconds: -600 }, key));
    const text = await stack.deps.kit.metrics.expose();
    expect(text).toMatch(new RegExp(`auth_saml_timing_errors\\{contactCenter="${contactCenterId}"\\} \\d`));
    expect(text).toMatch(new RegExp(`auth_saml_response_errors\\{contactCenter="${contactCenterId}"\\} \\d`));
  });
});
