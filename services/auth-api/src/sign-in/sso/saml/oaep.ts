/** Unwraps a key that was wrapped by RSA-OAEP (RFC 8017 section 7.1.2), also where its mask uses another hash than its label. */
import { constants, createHash, privateDecrypt } from 'node:crypto';

export interface Oaep {
  /** As node:crypto names it: of the label. */
  hash: string;
  /** Of the mask (MGF1). */
  mask: string;
  label: Buffer;
}

/** Undefined for every text that this key does not open: a reason would tell parts of the text. */
export function unwrapKey(wrapped: Buffer, privateKey: string, oaep: Oaep): Buffer | undefined {
  const { hash, mask, label } = oaep;
  try {
    if (hash === mask) return privateDecrypt({ key: privateKey, oaepHash: hash, oaepLabel: label }, wrapped);
    // node:crypto takes one hash for both; XML Encryption masks with SHA-1 unless it says otherwise.
    return decodeOaep(privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, wrapped), oaep);
  } catch {
    return undefined;
  }
}

/**
 * Steps 3a to 3g. No branch depends on the text before all of it is read. The time of a first byte that is not zero would alone
 * open a text by some thousand questions (Manger, CRYPTO 2001).
 */
export function decodeOaep(encoded: Buffer, { hash, mask, label }: Oaep): Buffer | undefined {
  const labelHash = createHash(hash).update(label).digest();
  const size = labelHash.length;
  if (encoded.length < 2 * size + 2) return undefined;
  const maskedBlock = encoded.subarray(1 + size);
  const seed = xor(encoded.subarray(1, 1 + size), maskOf(maskedBlock, size, mask));
  const block = xor(maskedBlock, maskOf(seed, maskedBlock.length, mask));
  let wrong = encoded.readUInt8(0);
  for (let at = 0; at < size; at += 1) wrong |= (block[at] ?? 0) ^ (labelHash[at] ?? 0);
  /** 1 until the byte 01 that ends the zeros was found. */
  let isInZeros = 1;
  let end = 0;
  for (let at = size; at < block.length; at += 1) {
    const byte = block[at] ?? 0;
    const isZero = (byte - 1) >>> 31;
    const isOne = ((byte ^ 1) - 1) >>> 31;
    wrong |= isInZeros & (isZero ^ 1) & (isOne ^ 1);
    end |= -(isInZeros & isOne) & at;
    isInZeros &= isZero;
  }
  wrong |= isInZeros;
  return wrong === 0 ? block.subarray(end + 1) : undefined;
}

/** MGF1 (RFC 8017 appendix B.2.1). */
function maskOf(seed: Buffer, length: number, hash: string): Buffer {
  const parts: Buffer[] = [];
  const counter = Buffer.alloc(4);
  for (let made = 0; made < length; made += parts.at(-1)?.length ?? length) {
    counter.writeUInt32BE(parts.length);
    parts.push(createHash(hash).update(seed).update(counter).digest());
  }
  return Buffer.concat(parts).subarray(0, length);
}

function xor(one: Buffer, other: Buffer): Buffer {
  return Buffer.from(one.map((byte, at) => byte ^ (other[at] ?? 0)));
}
