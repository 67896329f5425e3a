import { makeProviderKey } from '@gatehouse/testing/keys';
import { describe, expect, it } from 'vitest';
import { comeBack, comeBackHonestly, leave } from '../sign-in/sso/stack/saml-journey.ts';
import {
  assertionXml,
  honestResponse,
  type ResponseFacts,
  responseXml,
  signXml,
} from '../sign-in/sso/stack/saml-provider.ts';
import { aimAtSaml, expectRefused, key, stack } from './saml-target.ts';

aimAtSaml();

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

  // attack: SAML signature wrapping XSW1 | CVE-2025-54419 | guard: services/auth-api/src/sign-in/sso/saml/response-shape.ts
  // attack: SAML signature wrapping XSW2 | CVE-2025-54369 | guard: services/auth-api/src/sign-in/sso/saml/response-shape.ts
  // attack: SAML signature wrapping XSW3 | CVE-2025-47949 | guard: services/auth-api/src/sign-in/sso/saml/response-shape.ts
  // attack: SAML signature wrapping XSW4 | CVE-2025-47949 | guard: services/auth-api/src/sign-in/sso/saml/response-shape.ts
  // attack: SAML signature wrapping XSW5 | CVE-2024-45409 | guard: services/auth-api/src/sign-in/sso/saml/response-shape.ts
  // attack: SAML signature wrapping XSW6 | CVE-2024-45409 | guard: services/auth-api/src/sign-in/sso/saml/response-shape.ts
  // attack: SAML signature wrapping XSW7 | CVE-2025-46572 | guard: services/auth-api/src/sign-in/sso/saml/response-shape.ts
  // attack: SAML signature wrapping XSW8 | OWASP SAML Security Cheat Sheet | guard: services/auth-api/src/sign-in/sso/saml/response-shape.ts
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

  // attack: two SAML elements with one id | SAML core 1.3.4 | guard: services/auth-api/src/sign-in/sso/saml/response-shape.ts
  it('two elements with one id', async () => {
    const leaving = await leave(stack);
    const facts = { ...leaving.facts, assertionId: '_same', responseId: '_same' };
    await expectRefused(leaving, honestResponse(facts, key), 'response_malformed');
  });

  // attack: SAML response without a signature | SAML profiles 4.1.4.3 | guard: services/auth-api/src/sign-in/sso/saml/response.ts
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

  // attack: SAML response whose outer signature does not hold | CVE-2024-8698 | guard: services/auth-api/src/sign-in/sso/saml/response.ts
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

  // attack: SAML response signed by the certificate that it brings along | ASVS 9.1.3 | guard: services/auth-api/src/sign-in/sso/saml/response.ts
  it('the certificate in the message is never trusted', async () => {
    const leaving = await leave(stack);
    await expectRefused(leaving, honestResponse(leaving.facts, makeProviderKey()), 'signature_invalid');
  });
});
