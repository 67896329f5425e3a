/** Verifies the signature of metadata (SAML metadata section 3) by the certificate that the contact centre names. */
import { X509Certificate } from 'node:crypto';
import { createRequire } from 'node:module';
import { type KeyStrengthOptions, weaknessOfCertificate } from '@gatehouse/service-kit/crypto';
import type { SignedXml } from 'xml-crypto';
import { checkSignatures } from './response-shape.ts';
import { childrenNamed, parseXml, RefusedXml, type XmlLimits } from './xml.ts';

// Loaded by the first document that must be signed: most installations never see one.
const load = createRequire(import.meta.url);

/**
 * The very bytes that were signed: nothing of the document around them takes part.
 * @throws RefusedXml, SsoError when the root is not signed by that certificate
 */
export function signedMetadata(xml: string, certificate: string, limits: XmlLimits): string {
  const root = parseXml(xml, limits);
  checkSignatures(root);
  const [signature] = childrenNamed(root, 'signature', 'Signature');
  if (signature === undefined) throw new RefusedXml('it is not signed, and idpMetadataCertificate is set');
  const content = signedContent(xml, signature, certificate);
  if (content === undefined) throw new RefusedXml('idpMetadataCertificate does not verify its signature');
  return content;
}

/**
 * The very bytes of the document that the signature is about; undefined where the certificate does not verify it, or its key
 * proves nothing.
 */
export function signedContent(
  xml: string,
  signature: Element,
  certificate: string,
  strength?: KeyStrengthOptions,
): string | undefined {
  if (weaknessOfCertificate(new X509Certificate(certificate), strength) !== undefined) return undefined;
  const xmlCrypto = load('xml-crypto') as typeof import('xml-crypto');
  // A certificate that comes along in the signature proves nothing.
  const signed = new xmlCrypto.SignedXml({ publicCert: certificate, getCertFromKeyInfo: () => null });
  signed.loadSignature(signature as unknown as Parameters<SignedXml['loadSignature']>[0]);
  return verifies(signed, xml) ? signed.getSignedReferences()[0] : undefined;
}

/** The library throws for a digest that differs, and says no for a signature that does not hold. */
function verifies(signed: SignedXml, xml: string): boolean {
  try {
    return signed.checkSignature(xml);
  } catch {
    return false;
  }
}
