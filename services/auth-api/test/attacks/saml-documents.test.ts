import { createHmac, createSign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { comeBack, leave, post } from '../sign-in/sso/stack/saml-journey.ts';
import {
  assertionXml,
  encryptAssertion,
  honestResponse,
  responseXml,
  signXml,
} from '../sign-in/sso/stack/saml-provider.ts';
import { aimAtSaml, expectRefused, key, stack } from './saml-target.ts';

aimAtSaml();

describe('60 · tricks with XML signatures (CVE-2025-29774, CVE-2025-29775)', () => {
  // attack: comment that cuts a name short | CWE-436, ASVS 1.5.3 | guard: services/auth-api/src/sign-in/sso/saml/xml.ts
  // attack: XSLT transform in a SAML signature | ASVS 1.5.1 | guard: services/auth-api/src/sign-in/sso/saml/response-shape.ts
  // attack: second signature in a SAML response | CVE-2025-46572 | guard: services/auth-api/src/sign-in/sso/saml/response-shape.ts
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
  ])('is refused: %s', async (_title, change) => {
    const leaving = await leave(stack);
    await expectRefused(leaving, change(honestResponse(leaving.facts, key)));
  });

  // attack: second SignedInfo or Reference in a SAML signature | CVE-2025-29774, CVE-2025-29775 | guard: services/auth-api/src/sign-in/sso/saml/response-shape.ts
  it.each([
    ['a second SignedInfo', /(<ds:SignedInfo>[\s\S]*?<\/ds:SignedInfo>)/],
    ['a second Reference', /(<ds:Reference [\s\S]*?<\/ds:Reference>)/],
  ])('%s is seen before anything is verified', async (_title, part) => {
    const leaving = await leave(stack);
    const doubled = honestResponse(leaving.facts, key).replace(part, '$1$1');
    await expectRefused(leaving, doubled, 'response_malformed');
  });

  // attack: SHA-1 in a SAML signature | ASVS 11.4.1 | guard: services/auth-api/src/sign-in/sso/saml/response-shape.ts
  it.each([
    ['SHA-1 signatures', { signatureAlgorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' }],
    ['SHA-1 digests', { digestAlgorithm: 'http://www.w3.org/2000/09/xmldsig#sha1' }],
  ])('63 · %s are refused', async (_title, algorithms) => {
    const leaving = await leave(stack);
    const xml = responseXml(leaving.facts, signXml(assertionXml(leaving.facts), key, algorithms));
    await expectRefused(leaving, xml, 'algorithm_refused');
  });

  // attack: SHA-1 in a SAML signature that says SHA-256 | ASVS 11.4.1, CVE-2025-29774 | guard: services/auth-api/src/sign-in/sso/saml/response-shape.ts
  it('63 · no second algorithm stands in a signature, not even where one names how a key is encrypted', async () => {
    const leaving = await leave(stack);
    const sha1 = 'http://www.w3.org/2000/09/xmldsig#rsa-sha1';
    const honest = honestResponse(leaving.facts, key);
    const [signedInfo = ''] = /<ds:SignedInfo>[\s\S]*?<\/ds:SignedInfo>/.exec(honest) ?? [];
    const canonical = signedInfo
      .replace('<ds:SignedInfo>', '<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">')
      .replace(/<([\w:]+)([^>]*)\/>/g, '<$1$2></$1>');
    const value = createSign('sha1').update(canonical).sign(key.privateKey, 'base64');
    // The library takes the first one of the document, wherever it stands.
    const first = `<ds:KeyInfo><EncryptionMethod><ds:SignatureMethod Algorithm="${sha1}"/></EncryptionMethod></ds:KeyInfo>`;
    const xml = honest
      .replace('<ds:SignedInfo>', `${first}<ds:SignedInfo>`)
      .replace(/<ds:SignatureValue>[^<]*/, `<ds:SignatureValue>${value}`);
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

  // attack: padding oracle of encrypted assertions | ASVS 11.3.1 | guard: services/auth-api/src/sign-in/sso/saml/decrypt.ts
  it('63 · RSA 1.5 and wrong keys of encrypted assertions fail alike to the person', async () => {
    const [{ certificate = '' } = {}] = stack.deps.sso.keys.published('encryption');
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

  // attack: document type or entities in a SAML document | ASVS 1.5.1 | guard: services/auth-api/src/sign-in/sso/saml/xml.ts
  // attack: SAML document with two roots | CVE-2022-39299, CVE-2022-39353 | guard: services/auth-api/src/sign-in/sso/saml/xml.ts
  // attack: SAML document in another encoding | ASVS 1.5.1 | guard: services/auth-api/src/sign-in/sso/saml/xml.ts
  // attack: SAML document nested without end | ASVS 15.2.2 | guard: services/auth-api/src/sign-in/sso/saml/xml.ts
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
  ])('is no SAML: %s', async (_title, change) => {
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
