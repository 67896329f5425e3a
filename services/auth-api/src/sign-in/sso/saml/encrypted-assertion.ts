/** Reads how an assertion is encrypted (XML Encryption 1.1 section 5), and refuses weak algorithms before a key of ours is used. */
import { SsoError } from '../failure.ts';
import type { Oaep } from './oaep.ts';
import { allElements, attributeOf, childNamed, isNamed, RefusedXml, textOf } from './xml.ts';

export interface EncryptedAssertion {
  /** As node:crypto names it. */
  cipher: 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm' | 'aes-128-cbc' | 'aes-256-cbc';
  data: Buffer;
  /** The key of the data, wrapped once for each receiver. */
  wrappedKeys: WrappedKey[];
}

export interface WrappedKey {
  text: Buffer;
  /** Each way in which senders mean what they name. */
  ways: Oaep[];
  /** For people. */
  named: string;
}

const xmlenc = 'http://www.w3.org/2001/04/xmlenc#';
const xmlenc11 = 'http://www.w3.org/2009/xmlenc11#';
const xmldsig = 'http://www.w3.org/2000/09/xmldsig#';

/** Maps: the sender names the keys, and an object has members that nobody put there. */
const ciphers = new Map<string, EncryptedAssertion['cipher']>([
  [`${xmlenc11}aes128-gcm`, 'aes-128-gcm'],
  [`${xmlenc11}aes192-gcm`, 'aes-192-gcm'],
  [`${xmlenc11}aes256-gcm`, 'aes-256-gcm'],
  [`${xmlenc}aes128-cbc`, 'aes-128-cbc'],
  [`${xmlenc}aes256-cbc`, 'aes-256-cbc'],
]);
const [oaepOfFirstEdition, oaep] = [`${xmlenc}rsa-oaep-mgf1p`, `${xmlenc11}rsa-oaep`];
const digests = new Map([
  [`${xmldsig}sha1`, 'sha1'],
  [`${xmlenc}sha256`, 'sha256'],
  ['http://www.w3.org/2001/04/xmldsig-more#sha384', 'sha384'],
  [`${xmlenc}sha512`, 'sha512'],
  // Names that no standard has, and that identity providers written for Node.js send.
  [`${xmldsig}sha256`, 'sha256'],
  [`${xmldsig}sha512`, 'sha512'],
]);
const masks = new Map(['sha1', 'sha256', 'sha384', 'sha512'].map((hash) => [`${xmlenc11}mgf1${hash}`, hash]));

/** The methods in our metadata, the best first. */
export const announcedAlgorithms = [
  ...[`${xmlenc11}aes256-gcm`, `${xmlenc11}aes128-gcm`, `${xmlenc}aes256-cbc`],
  ...[oaep, oaepOfFirstEdition],
];

/** For people. */
export const openedAlgorithms =
  'AES (GCM, or CBC with 128 or 256 bits), its key by rsa-oaep-mgf1p or rsa-oaep with the digest SHA-1, SHA-256, SHA-384 or SHA-512';

const maxWrappedKeys = 4;

/** @throws SsoError algorithm_refused, RefusedXml */
export function readEncryptedAssertion(assertion: Element): EncryptedAssertion {
  const data = required(assertion, 'EncryptedData');
  const keys = allElements(assertion).filter((one) => isNamed(one, 'encryption', 'EncryptedKey'));
  if (keys.length === 0 || keys.length > maxWrappedKeys)
    throw new RefusedXml(`it holds ${keys.length} encrypted keys instead of 1 to ${maxWrappedKeys}`);
  const [, cipher] = chosen(ciphers, required(data, 'EncryptionMethod'));
  return { cipher, data: cipherText(data), wrappedKeys: keys.map(readWrappedKey) };
}

/** RSA 1.5 gives its text away by how it fails (Bleichenbacher), 3DES by its length: neither is here. */
function readWrappedKey(key: Element): WrappedKey {
  const method = required(key, 'EncryptionMethod');
  const algorithm = attributeOf(method, 'Algorithm');
  if (algorithm !== oaep && algorithm !== oaepOfFirstEdition) throw refused('EncryptionMethod', algorithm);
  const digest = childNamed(method, 'signature', 'DigestMethod');
  const [, hash] = digest === undefined ? ['', 'sha1'] : chosen(digests, digest);
  const mask = childNamed(method, 'encryption11', 'MGF');
  const parameters = childNamed(method, 'encryption', 'OAEPparams');
  const label = parameters === undefined ? Buffer.alloc(0) : bytesOf(parameters);
  // Section 5.5.2: without a name of its own the mask uses SHA-1. Libraries that know one hash alone mask with the digest.
  const isNamedMask = algorithm === oaep && mask !== undefined;
  const hashesOfMask = isNamedMask ? [chosen(masks, mask)[1]] : [...new Set(['sha1', hash])];
  return {
    text: cipherText(key),
    ways: hashesOfMask.map((mask) => ({ hash, mask, label })),
    named: `${shortName(algorithm)} with the digest ${hash} and the mask MGF1 with ${hashesOfMask.join(' or ')}`,
  };
}

function chosen<T>(known: Map<string, T>, method: Element): [string, T] {
  const algorithm = attributeOf(method, 'Algorithm') ?? '';
  const found = known.get(algorithm);
  if (found === undefined) throw refused(method.localName, algorithm);
  return [algorithm, found];
}

function refused(what: string, algorithm = ''): SsoError {
  return new SsoError(
    'algorithm_refused',
    `${what} of an encrypted assertion is ${algorithm || 'missing'}, which is not accepted: let the identity provider encrypt by ${openedAlgorithms}`,
  );
}

function required(parent: Element, name: string): Element {
  const child = childNamed(parent, 'encryption', name);
  if (child === undefined) throw new RefusedXml(`${parent.localName} holds no ${name}`);
  return child;
}

function cipherText(encrypted: Element): Buffer {
  return bytesOf(required(required(encrypted, 'CipherData'), 'CipherValue'));
}

function bytesOf(element: Element): Buffer {
  return Buffer.from(textOf(element), 'base64');
}

function shortName(algorithm: string): string {
  return algorithm.slice(algorithm.indexOf('#') + 1);
}
