/** X.509 certificates for tests, good and bad ones (RFC 5280), made here so that no program has to be installed. */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export interface Identity {
  /** PEM. */
  cert: string;
  key: string;
}

export interface Authority {
  /** PEM. */
  cert: string;
  issue(options?: { names?: string[]; validUntil?: Date }): Identity;
}

const oid = {
  commonName: '550403',
  ecdsaWithSha256: '2a8648ce3d040302',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
  keyUsage: '551d0f',
};

/** An authority and the certificates it issues; by default for 127.0.0.1 and localhost, valid for a day. */
export function createAuthority(name = 'test authority'): Authority {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const day = 86_400_000;
  const cert = certificate({
    issuer: name,
    subject: name,
    publicKey,
    signer: privateKey,
    validUntil: new Date(Date.now() + day),
    extensions: [
      extension(oid.basicConstraints, der(0x30, der(0x01, Buffer.of(0xff))), true),
      extension(oid.keyUsage, der(0x03, Buffer.of(0x01, 0x06)), true),
    ],
  });
  return {
    cert,
    issue({ names = ['localhost'], validUntil = new Date(Date.now() + day) } = {}) {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const alternatives = [
        ...names.map((host) => der(0x82, Buffer.from(host))),
        ...(names.includes('localhost') ? [der(0x87, Buffer.of(127, 0, 0, 1))] : []),
      ];
      return {
        key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        cert: certificate({
          issuer: name,
          subject: names[0] ?? 'nobody',
          publicKey: pair.publicKey,
          signer: privateKey,
          validUntil,
          extensions: [extension(oid.subjectAltName, der(0x30, ...alternatives), false)],
        }),
      };
    },
  };
}

interface CertificateFields {
  issuer: string;
  subject: string;
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
  const serial = Buffer.concat([Buffer.of(0x01), randomBytes(8)]);
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, serial),
    algorithm,
    distinguishedName(issuer),
    der(0x30, utcTime(new Date(validUntil.getTime() - 10 * 86_400_000)), utcTime(validUntil)),
    distinguishedName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, ...extensions)),
  );
  const signature = sign('sha256', body, signer);
  const whole = der(0x30, body, algorithm, der(0x03, Buffer.of(0), signature));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function der(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  if (content.length < 0x80) return Buffer.concat([Buffer.of(tag, content.length), content]);
  const length = Buffer.from(content.length.toString(16).padStart(4, '0'), 'hex');
  return Buffer.concat([Buffer.of(tag, 0x82), length, content]);
}

function objectId(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function distinguishedName(commonName: string): Buffer {
  return der(0x30, der(0x31, der(0x30, objectId(oid.commonName), der(0x0c, Buffer.from(commonName)))));
}

function utcTime(date: Date): Buffer {
  return der(0x17, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`));
}

function extension(id: string, value: Buffer, isCritical: boolean): Buffer {
  const critical = isCritical ? [der(0x01, Buffer.of(0xff))] : [];
  return der(0x30, objectId(id), ...critical, der(0x04, value));
}
