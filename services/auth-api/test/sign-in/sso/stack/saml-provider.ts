/** A SAML identity provider made by hand: it signs what a test tells it to, honest or not. */

import { promisify } from 'node:util';
import { inflateRawSync } from 'node:zlib';
import type { ProviderKey } from '@gatehouse/testing/keys';
import forge from 'node-forge';
import { SignedXml } from 'xml-crypto';
import { encrypt } from 'xml-encryption';

export const idpEntityId = 'https://idp.example.com/saml';

export function idpMetadata(
  keys: readonly ProviderKey[],
  changes: { entityId?: string; attributes?: string; extra?: string } = {},
): string {
  const { entityId = idpEntityId, attributes = '', extra = '' } = changes;
  const descriptors = keys.map(
    ({ certificate }) =>
      `<KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${certificate.replace(/-----[^-]+-----|\s/g, '')}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor>`,
  );
  const at = (service: string, binding: string, path: string) =>
    `<${service} Binding="urn:oasis:names:tc:SAML:2.0:bindings:${binding}" Location="https://idp.example.com/${path}"/>`;
  return `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}" ${attributes}>${extra}<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${descriptors.join('')}${at('SingleLogoutService', 'HTTP-Redirect', 'logout')}${at('SingleSignOnService', 'HTTP-Redirect', 'login')}${at('SingleSignOnService', 'HTTP-POST', 'login-by-post')}</IDPSSODescriptor></EntityDescriptor>`;
}

/** What our request says, from the address it was sent to or the form it was posted by. */
export function readRequest(
  encoded: string,
  isDeflated = true,
): { id: string; acsUrl: string; entityId: string; xml: string } {
  const bytes = Buffer.from(encoded, 'base64');
  const xml = (isDeflated ? inflateRawSync(bytes) : bytes).toString('utf8');
  return {
    xml,
    id: /\sID="([^"]+)"/.exec(xml)?.[1] ?? '',
    acsUrl: /AssertionConsumerServiceURL="([^"]+)"/.exec(xml)?.[1] ?? '',
    entityId: /<saml:Issuer[^>]*>([^<]+)</.exec(xml)?.[1] ?? '',
  };
}

export interface ResponseFacts {
  inResponseTo: string | undefined;
  acsUrl: string;
  audience: string;
  nameId?: string;
  nameIdFormat?: string;
  nameQualifier?: string;
  attributes?: Record<string, string[]>;
  /** Seconds from now at which everything is dated. */
  shiftSeconds?: number;
  /** Seconds for which it counts. */
  lifeSeconds?: number;
  issueInstant?: string;
  authnInstant?: string;
  issuer?: string;
  destination?: string | null;
  recipient?: string;
  contextClass?: string;
  sessionNotOnOrAfter?: string;
  assertionId?: string;
  responseId?: string;
  sessionIndex?: string;
}

const iso = (ms: number) => new Date(ms).toISOString();
let made = 0;

export function assertionXml(facts: ResponseFacts): string {
  made += 1;
  const nowMs = Date.now() + (facts.shiftSeconds ?? 0) * 1000;
  const end = iso(nowMs + (facts.lifeSeconds ?? 120) * 1000);
  const {
    issuer = idpEntityId,
    recipient = facts.acsUrl,
    assertionId = `_assertion-${process.pid}-${made}`,
  } = facts;
  const attributes = Object.entries(facts.attributes ?? {}).map(
    ([name, values]) =>
      `<saml:Attribute Name="${name}">${values.map((value) => `<saml:AttributeValue>${value}</saml:AttributeValue>`).join('')}</saml:Attribute>`,
  );
  const answers = facts.inResponseTo === undefined ? '' : ` InResponseTo="${facts.inResponseTo}"`;
  const sessionEnd =
    facts.sessionNotOnOrAfter === undefined ? '' : ` SessionNotOnOrAfter="${facts.sessionNotOnOrAfter}"`;
  return `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${assertionId}" Version="2.0" IssueInstant="${facts.issueInstant ?? iso(nowMs)}"><saml:Issuer>${issuer}</saml:Issuer><saml:Subject><saml:NameID Format="${facts.nameIdFormat ?? 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified'}"${facts.nameQualifier === undefined ? '' : ` NameQualifier="${facts.nameQualifier}"`}>${facts.nameId ?? 'agent'}</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="${end}" Recipient="${recipient}"${answers}/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="${iso(nowMs - 5_000)}" NotOnOrAfter="${end}"><saml:AudienceRestriction><saml:Audience>${facts.audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="${facts.authnInstant ?? iso(nowMs)}" SessionIndex="${facts.sessionIndex ?? 'session-1'}"${sessionEnd}><saml:AuthnContext><saml:AuthnContextClassRef>${facts.contextClass ?? 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>${attributes.length > 0 ? `<saml:AttributeStatement>${attributes.join('')}</saml:AttributeStatement>` : ''}</saml:Assertion>`;
}

export function responseXml(facts: ResponseFacts, content: string): string {
  made += 1;
  const { issuer = idpEntityId, destination = facts.acsUrl } = facts;
  const answers = facts.inResponseTo === undefined ? '' : ` InResponseTo="${facts.inResponseTo}"`;
  const to = destination === null ? '' : ` Destination="${destination}"`;
  return `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${facts.responseId ?? `_response-${process.pid}-${made}`}" Version="2.0" IssueInstant="${iso(Date.now())}"${to}${answers}><saml:Issuer>${issuer}</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>${content}</samlp:Response>`;
}

export interface SignatureOptions {
  element?: 'Assertion' | 'Response' | 'EntityDescriptor';
  signatureAlgorithm?: string;
  digestAlgorithm?: string;
}

/** Signs the element in place, behind its Issuer; metadata, which has none, at its beginning. */
export function signXml(xml: string, key: ProviderKey, options: SignatureOptions = {}): string {
  const { element = 'Assertion' } = options;
  const signature = new SignedXml({
    privateKey: key.privateKey,
    publicCert: key.certificate,
    signatureAlgorithm: options.signatureAlgorithm ?? 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    canonicalizationAlgorithm: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  });
  const xpath = `//*[local-name(.)='${element}']`;
  signature.addReference({
    xpath,
    digestAlgorithm: options.digestAlgorithm ?? 'http://www.w3.org/2001/04/xmlenc#sha256',
    transforms: [
      'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
      'http://www.w3.org/2001/10/xml-exc-c14n#',
    ],
  });
  signature.computeSignature(xml, {
    prefix: 'ds',
    location:
      element === 'EntityDescriptor'
        ? { reference: xpath, action: 'prepend' }
        : { reference: `${xpath}/*[local-name(.)='Issuer']`, action: 'after' },
  });
  return signature.getSignedXml();
}

/** An honest answer: a signed assertion in a response. */
export function honestResponse(facts: ResponseFacts, key: ProviderKey): string {
  return responseXml(facts, signXml(assertionXml(facts), key));
}

export async function encryptAssertion(
  assertion: string,
  certificate: string,
  algorithms: { data?: string; key?: string; keyEncryptionDigest?: string } = {},
): Promise<string> {
  const publicKey = forge.pki.publicKeyToPem(forge.pki.certificateFromPem(certificate).publicKey);
  const encrypted = await promisify(encrypt)(assertion, {
    rsa_pub: publicKey,
    pem: certificate,
    encryptionAlgorithm: algorithms.data ?? 'http://www.w3.org/2009/xmlenc11#aes256-gcm',
    keyEncryptionDigest: algorithms.keyEncryptionDigest,
    keyEncryptionAlgorithm: algorithms.key ?? 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
  } as never);
  return `<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${encrypted}</saml:EncryptedAssertion>`;
}

export function encode(xml: string): string {
  return Buffer.from(xml).toString('base64');
}
