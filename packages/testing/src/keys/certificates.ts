/** Makes X.509 certificates for tests and the local stack (RFC 5280), good and bad ones, without a program to install. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';

export interface Identity {
  /** PEM. */
  cert: string;
  key: string;
}

export interface Authority {
  /** PEM. */
  cert: string;
  /** `publicKey`: of another pair, so that the key of the identity is not its own. */
  issue(options?: { names?: string[]; validUntil?: Date; publicKey?: KeyObject }): Identity;
  /** For a model of authenticators (WebAuthn section 8.2.1). */
  issueAttestation(): Identity;
}

const oid = {
  commonName: '550403',
  country: '550406',
  organisation: '55040a',
  unit: '55040b',
  ecdsaWithSha256: '2a8648ce3d040302',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
  keyUsage: '551d0f',
  extendedKeyUsage: '551d25',
  serverAuth: '2b06010505070301',
  clientAuth: '2b06010505070302',
  subjectKeyIdentifier: '551d0e',
  authorityKeyIdentifier: '551d23',
};

const dayMs = 86_400_000;

/** An authority and the certificates it issues; by default for 127.0.0.1 and localhost, valid for a day. */
export function createAuthority(
  name = 'test authority',
  authorityValidUntil = new Date(Date.now() + dayMs),
): Authority {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cert = certificate({
    issuer: name,
    subject: name,
    publicKey,
    signer: privateKey,
    validUntil: authorityValidUntil,
    extensions: [
      extension(oid.basicConstraints, der(0x30, der(0x01, Buffer.of(0xff))), true),
      extension(oid.keyUsage, der(0x03, Buffer.of(0x01, 0x06)), true),
      extension(oid.subjectKeyIdentifier, der(0x04, keyId(publicKey)), false),
    ],
  });
  return {
    cert,
    issueAttestation() {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      return {
        key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        cert: certificate({
          issuer: name,
          subject: attestationSubject,
          publicKey: pair.publicKey,
          signer: privateKey,
          validUntil: new Date(Date.now() + dayMs),
          extensions: [extension(oid.basicConstraints, der(0x30), true)],
        }),
      };
    },
    issue({ names = ['localhost'], validUntil = new Date(Date.now() + dayMs), publicKey: given } = {}) {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const certified = given ?? pair.publicKey;
      const hosts = names.includes('localhost') ? new Set([...names, '127.0.0.1']) : names;
      const alternatives = [...hosts].map((host) =>
        isIPv4(host) ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host)),
      );
      return {
        key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        cert: certificate({
          issuer: name,
          subject: names[0] ?? 'nobody',
          publicKey: certified,
          signer: privateKey,
          validUntil,
          extensions: [
            extension(oid.subjectAltName, der(0x30, ...alternatives), false),
            // Apple's clients ask for the purpose, Python's for the identifiers.
            extension(
              oid.extendedKeyUsage,
              der(0x30, objectId(oid.serverAuth), objectId(oid.clientAuth)),
              false,
            ),
            extension(oid.subjectKeyIdentifier, der(0x04, keyId(certified)), false),
            extension(oid.authorityKeyIdentifier, der(0x30, der(0x80, keyId(publicKey))), false),
          ],
        }),
      };
    },
  };
}

/** A model has these names, and no others. */
const attestationSubject: [id: string, value: string][] = [
  [oid.country, 'SE'],
  [oid.organisation, 'Maker'],
  [oid.unit, 'Authenticator Attestation'],
  [oid.commonName, 'Model'],
];

interface CertificateFields {
  issuer: string;
  subject: string | [id: string, value: string][];
  publicKey: KeyObject;
  signer: KeyObject;
  validUntil: Date;
  extensions: Buffer[];
}

function certificate({
  issuer,
  subject,
  publicKey,
  signer,
  validUntil,
  extensions,
}: CertificateFields): string {
  const algorithm = der(0x30, objectId(oid.ecdsaWithSha256));
  const validFromMs = Math.min(Date.now(), validUntil.getTime()) - 10 * dayMs;
  const serial = Buffer.concat([Buffer.of(0x01), randomBytes(8)]);
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, serial),
    algorithm,
    distinguishedName(issuer),
    der(0x30, utcTime(new Date(validFromMs)), utcTime(validUntil)),
    distinguishedName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, ...extensions)),
  );
  const signature = sign('sha256', body, signer);
  const whole = der(0x30, body, algorithm, der(0x03, Buffer.of(0), signature));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

/** RFC 5280 section 4.2.1.2, method 1: over the bits of the key alone, which end the structure of a P-256 key. */
function keyId(key: KeyObject): Buffer {
  return createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }).subarray(-65))
    .digest();
}

function der(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  if (content.length < 0x80) return Buffer.concat([Buffer.of(tag, content.length), content]);
  // X.690 10.1: in as few bytes as possible. Go refuses what OpenSSL lets pass.
  if (content.length < 0x100) return Buffer.concat([Buffer.of(tag, 0x81, content.length), content]);
  const length = Buffer.from(content.length.toString(16).padStart(4, '0'), 'hex');
  return Buffer.concat([Buffer.of(tag, 0x82), length, content]);
}

function objectId(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function distinguishedName(name: CertificateFields['subject']): Buffer {
  const parts = typeof name === 'string' ? [[oid.commonName, name] as const] : name;
  const encoded = parts.map(([id, value]) => {
    // A country is a PrintableString (RFC 5280, appendix A.1).
    const text = der(id === oid.country ? 0x13 : 0x0c, Buffer.from(value));
    return der(0x31, der(0x30, objectId(id), text));
  });
  return der(0x30, ...encoded);
}

function utcTime(date: Date): Buffer {
  return der(0x17, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`));
}

function extension(id: string, value: Buffer, isCritical: boolean): Buffer {
  const critical = isCritical ? [der(0x01, Buffer.of(0xff))] : [];
  return der(0x30, objectId(id), ...critical, der(0x04, value));
}
