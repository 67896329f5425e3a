/** Makes a key with the self-signed certificate by which identity providers know it. */
import { generateKeyPair, sign as signBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { randomBytes } from '@gatehouse/service-kit/crypto';
import type { pki } from 'node-forge';
import type { KeyPurpose } from './store.ts';

export interface CertifiedKey {
  /** PEM. */
  certificate: string;
  /** PKCS#8 in PEM. */
  privateKey: string;
}

/** RSA of 2048 bits and SHA-256: what every identity provider takes. */
const modulusLength = 2048;
const lifeYears = 3;

const usages: Record<KeyPurpose, object> = {
  signing: { digitalSignature: true },
  encryption: { keyEncipherment: true, dataEncipherment: true },
};

const generate = promisify(generateKeyPair);

export async function makeCertifiedKey(
  purpose: KeyPurpose,
  host: string,
  nowMs: number,
): Promise<CertifiedKey> {
  const keys = await generate('rsa', {
    modulusLength,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  // Needed once in years.
  const { default: forge } = await import('node-forge');
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(keys.publicKey);
  // Positive and of 16 bytes (RFC 5280 section 4.1.2.2).
  certificate.serialNumber = `40${randomBytes(15).toString('hex')}`;
  // A clock that is behind ours must not find it too young.
  certificate.validity.notBefore = new Date(nowMs - 3_600_000);
  certificate.validity.notAfter = new Date(nowMs);
  certificate.validity.notAfter.setUTCFullYear(certificate.validity.notAfter.getUTCFullYear() + lifeYears);
  const name = [
    { name: 'commonName', value: host },
    { name: 'organizationalUnitName', value: `single sign-on ${purpose}` },
  ];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([{ name: 'keyUsage', critical: true, ...usages[purpose] }]);
  // By Node: node-forge signs in JavaScript and would block the event loop for 290 ms.
  const sign = () => {
    const toBeSigned = forge.asn1.toDer(certificate.tbsCertificate).getBytes();
    return signBytes('sha256', Buffer.from(toBeSigned, 'latin1'), keys.privateKey).toString('latin1');
  };
  certificate.sign({ sign } as unknown as pki.rsa.PrivateKey, forge.md.sha256.create());
  return { certificate: forge.pki.certificateToPem(certificate), privateKey: keys.privateKey };
}
