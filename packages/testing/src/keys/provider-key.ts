/** Makes an identity provider's key and the certificate that its metadata publishes. */
import { generateKeyPairSync, sign as signBytes } from 'node:crypto';
import forge from 'node-forge';

export interface ProviderKey {
  /** PKCS#8 in PEM. */
  privateKey: string;
  /** PEM. */
  certificate: string;
}

export function makeProviderKey(
  endsAt = new Date(Date.now() + 365 * 24 * 3_600_000),
  publicExponent = 65_537,
): ProviderKey {
  const keys = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicExponent,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(keys.publicKey);
  certificate.serialNumber = '01';
  certificate.validity.notBefore = new Date(Date.now() - 24 * 3_600_000);
  certificate.validity.notAfter = endsAt;
  certificate.setSubject([{ name: 'commonName', value: 'idp.example.com' }]);
  certificate.setIssuer([{ name: 'commonName', value: 'idp.example.com' }]);
  // node-forge signs in JavaScript, which takes 290 ms.
  const sign = () => {
    const toBeSigned = forge.asn1.toDer(certificate.tbsCertificate).getBytes();
    return signBytes('sha256', Buffer.from(toBeSigned, 'latin1'), keys.privateKey).toString('latin1');
  };
  certificate.sign({ sign } as unknown as forge.pki.rsa.PrivateKey, forge.md.sha256.create());
  return { privateKey: keys.privateKey, certificate: forge.pki.certificateToPem(certificate) };
}
