/** Encrypts an assertion as an identity provider of any vendor may: each algorithm is named and used as the test says. */
import {
  constants,
  createCipheriv,
  createHash,
  publicEncrypt,
  randomBytes,
  X509Certificate,
} from 'node:crypto';

const xmlenc = 'http://www.w3.org/2001/04/xmlenc#';
const xmlenc11 = 'http://www.w3.org/2009/xmlenc11#';

export const oaepNames = { mgf1p: `${xmlenc}rsa-oaep-mgf1p`, oaep: `${xmlenc11}rsa-oaep` };
export const digestNames: Record<string, string> = {
  sha1: 'http://www.w3.org/2000/09/xmldsig#sha1',
  sha256: `${xmlenc}sha256`,
  sha384: 'http://www.w3.org/2001/04/xmldsig-more#sha384',
  sha512: `${xmlenc}sha512`,
};

export interface Encrypting {
  data?: 'aes128-gcm' | 'aes192-gcm' | 'aes256-gcm' | 'aes128-cbc' | 'aes256-cbc';
  transport?: string;
  /** Used, and named where `digestName` says nothing else; null names none. */
  hash?: string;
  digestName?: string | null;
  mask?: string;
  /** null names none. */
  maskName?: string | null;
  label?: string;
  /** The wrapped key stands beside the data instead of in it. */
  beside?: boolean;
  /** Changes the encrypted bytes. */
  spoil?(bytes: Buffer): Buffer;
}

export function encryptBy(assertion: string, certificate: string, options: Encrypting = {}): string {
  const { data = 'aes256-gcm', transport = oaepNames.oaep, hash = 'sha1', mask = 'sha1' } = options;
  const { digestName = digestNames[hash], maskName = `${xmlenc11}mgf1${mask}`, label = '' } = options;
  const key = randomBytes(Number(/\d+/.exec(data)?.[0]) / 8);
  const wrapped = wrapKey(key, certificate, { hash, mask, label: Buffer.from(label) });
  const parts = [
    digestName && `<ds:DigestMethod Algorithm="${digestName}"/>`,
    maskName && transport === oaepNames.oaep && `<xenc11:MGF Algorithm="${maskName}"/>`,
    label && `<xenc:OAEPparams>${Buffer.from(label).toString('base64')}</xenc:OAEPparams>`,
  ];
  const method = `<xenc:EncryptionMethod Algorithm="${transport}">${parts.filter(Boolean).join('')}</xenc:EncryptionMethod>`;
  const encryptedKey = `<xenc:EncryptedKey Id="_key">${method}${cipherData(wrapped)}</xenc:EncryptedKey>`;
  const info = options.beside
    ? `<ds:RetrievalMethod URI="#_key" Type="${xmlenc}EncryptedKey"/>`
    : encryptedKey;
  const dataName = data.endsWith('gcm') ? `${xmlenc11}${data}` : `${xmlenc}${data}`;
  const bytes = encryptData(assertion, data, key);
  return `<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:xenc="${xmlenc}" xmlns:xenc11="${xmlenc11}" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><xenc:EncryptedData Type="${xmlenc}Element"><xenc:EncryptionMethod Algorithm="${dataName}"/><ds:KeyInfo>${info}</ds:KeyInfo>${cipherData(options.spoil?.(bytes) ?? bytes)}</xenc:EncryptedData>${options.beside ? encryptedKey : ''}</saml:EncryptedAssertion>`;
}

const cipherData = (bytes: Buffer) =>
  `<xenc:CipherData><xenc:CipherValue>${bytes.toString('base64')}</xenc:CipherValue></xenc:CipherData>`;

function encryptData(text: string, data: string, key: Buffer): Buffer {
  const [bits, mode] = [key.length * 8, data.slice(-3)];
  if (mode === 'gcm') {
    const iv = randomBytes(12);
    const cipher = createCipheriv(`aes-${bits}-gcm` as 'aes-256-gcm', key, iv);
    return Buffer.concat([iv, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  }
  const iv = randomBytes(16);
  const cipher = createCipheriv(`aes-${bits}-cbc`, key, iv);
  return Buffer.concat([iv, cipher.update(text), cipher.final()]);
}

export interface OaepOptions {
  hash: string;
  mask: string;
  label: Buffer;
}

function wrapKey(key: Buffer, certificate: string, options: OaepOptions): Buffer {
  const { publicKey } = new X509Certificate(certificate);
  const length = (publicKey.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
  return publicEncrypt(
    { key: publicKey, padding: constants.RSA_NO_PADDING },
    encodeOaep(key, length, options),
  );
}

/** RFC 8017 section 7.1.1; `change` makes the block or the encoded text a wrong one. */
export function encodeOaep(
  message: Buffer,
  length: number,
  { hash, mask, label }: OaepOptions,
  change: { block?(block: Buffer): void; encoded?(encoded: Buffer): void } = {},
): Buffer {
  const labelHash = createHash(hash).update(label).digest();
  const size = labelHash.length;
  const block = Buffer.alloc(length - size - 1);
  labelHash.copy(block);
  block[block.length - message.length - 1] = 1;
  message.copy(block, block.length - message.length);
  change.block?.(block);
  const seed = randomBytes(size);
  const maskedBlock = xor(block, mgf1(seed, block.length, mask));
  const encoded = Buffer.concat([Buffer.from([0]), xor(seed, mgf1(maskedBlock, size, mask)), maskedBlock]);
  change.encoded?.(encoded);
  return encoded;
}

function mgf1(seed: Buffer, length: number, hash: string): Buffer {
  const parts: Buffer[] = [];
  for (let count = 0; Buffer.concat(parts).length < length; count += 1)
    parts.push(
      createHash(hash)
        .update(Buffer.concat([seed, Buffer.from([0, 0, 0, count])]))
        .digest(),
    );
  return Buffer.concat(parts).subarray(0, length);
}

const xor = (one: Buffer, other: Buffer) => Buffer.from(one.map((byte, at) => byte ^ (other[at] ?? 0)));
