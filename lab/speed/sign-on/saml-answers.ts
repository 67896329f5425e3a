/**
 * Answers of a SAML identity provider that nobody asked for, each signed anew. They are written in canonical form, so that
 * the load signs text and canonicalises nothing.
 */
import { createHash, randomBytes, sign } from 'node:crypto';
import { makeProviderKey } from '@gatehouse/testing/keys';

export interface SamlAnswers {
  readonly metadata: string;
  /** For our entity; base64. */
  next(entityId: string): string;
}

const entityId = 'https://idp.bench.test/saml';
const lifeMs = 120_000;
const names = {
  assertion: 'urn:oasis:names:tc:SAML:2.0:assertion',
  protocol: 'urn:oasis:names:tc:SAML:2.0:protocol',
  metadata: 'urn:oasis:names:tc:SAML:2.0:metadata',
  signature: 'http://www.w3.org/2000/09/xmldsig#',
  canonical: 'http://www.w3.org/2001/10/xml-exc-c14n#',
};

export function createSamlAnswers(userName: string): SamlAnswers {
  const { privateKey, certificate } = makeProviderKey();
  const base64 = certificate.replace(/-----[^-]+-----|\s/g, '');

  const signatureOf = (id: string, content: string) => {
    const digest = createHash('sha256').update(content).digest('base64');
    const method = (name: string, algorithm: string) => `<ds:${name} Algorithm="${algorithm}"></ds:${name}>`;
    const transforms = [`${names.signature}enveloped-signature`, names.canonical].map((one) =>
      method('Transform', one),
    );
    const signedInfo = `<ds:SignedInfo xmlns:ds="${names.signature}">${method('CanonicalizationMethod', names.canonical)}${method('SignatureMethod', 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256')}<ds:Reference URI="#${id}"><ds:Transforms>${transforms.join('')}</ds:Transforms>${method('DigestMethod', 'http://www.w3.org/2001/04/xmlenc#sha256')}<ds:DigestValue>${digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>`;
    const value = sign('sha256', Buffer.from(signedInfo), privateKey).toString('base64');
    return `<ds:Signature xmlns:ds="${names.signature}">${signedInfo}<ds:SignatureValue>${value}</ds:SignatureValue></ds:Signature>`;
  };

  return {
    metadata: `<EntityDescriptor xmlns="${names.metadata}" entityID="${entityId}"><IDPSSODescriptor protocolSupportEnumeration="${names.protocol}"><KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="${names.signature}"><ds:X509Data><ds:X509Certificate>${base64}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor><SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.bench.test/login"/></IDPSSODescriptor></EntityDescriptor>`,
    next(ours) {
      const id = `_${randomBytes(16).toString('hex')}`;
      const nowMs = Date.now();
      const [now, end] = [nowMs, nowMs + lifeMs].map((ms) => new Date(ms).toISOString());
      const head = `<saml:Assertion xmlns:saml="${names.assertion}" ID="${id}" IssueInstant="${now}" Version="2.0"><saml:Issuer>${entityId}</saml:Issuer>`;
      const rest = `<saml:Subject><saml:NameID>${userName}</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="${end}" Recipient="${ours}/acs"></saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="${now}" NotOnOrAfter="${end}"><saml:AudienceRestriction><saml:Audience>${ours}</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="${now}" SessionIndex="${id}"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement></saml:Assertion>`;
      const assertion = `${head}${signatureOf(id, head + rest)}${rest}`;
      const response = `<samlp:Response xmlns:samlp="${names.protocol}" ID="${id}r" Version="2.0" IssueInstant="${now}" Destination="${ours}/acs"><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>${assertion}</samlp:Response>`;
      return Buffer.from(response).toString('base64');
    },
  };
}
