/**
 * Signs by node:crypto everything that one turn of the event loop asked for in one go. An optimisation: jose signs through
 * WebCrypto, and a signature made alone is two to three times slower, because its code and tables are cold (figures: docs/contributing/decisions/signatures-by-node-crypto.md).
 */
import { sign as cryptoSign, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { digestOf } from './algorithms.ts';
import type { ActiveKey } from './key-ring.ts';

interface Waiting {
  input: Buffer;
  key: ActiveKey;
  resolve(signature: string): void;
  reject(error: unknown): void;
}

/** Then the event loop gets a turn, however many signatures wait. */
const sliceMs = 2;
/** A larger RSA key signs on a thread of the pool: one signature takes longer than other requests should wait. */
const maxModulusOnLoop = 2048;
const signOnThread = promisify(cryptoSign);

let waiting: Waiting[] = [];

/** The base64url signature of the text (RFC 7515 section 5.1). */
export async function signText(text: string, key: ActiveKey): Promise<string> {
  const input = Buffer.from(text, 'latin1');
  if ((key.privateKey.asymmetricKeyDetails?.modulusLength ?? 0) > maxModulusOnLoop) {
    const signature = await signOnThread(digestOf(key.algorithm), input, withEncoding(key.privateKey));
    return signature.toString('base64url');
  }
  return new Promise((resolve, reject) => {
    if (waiting.push({ input, key, resolve, reject }) === 1) setImmediate(flush);
  });
}

function flush(): void {
  const batch = waiting;
  waiting = [];
  const endMs = performance.now() + sliceMs;
  for (const [index, { input, key, resolve, reject }] of batch.entries()) {
    if (performance.now() > endMs) {
      waiting = batch.slice(index).concat(waiting);
      setImmediate(flush);
      return;
    }
    try {
      resolve(cryptoSign(digestOf(key.algorithm), input, withEncoding(key.privateKey)).toString('base64url'));
    } catch (error) {
      reject(error);
    }
  }
}

/**
 * RFC 7518 section 3.4: the two numbers of an ECDSA signature side by side, not in DER. The encoding is set on the key
 * itself: given an object around a key, Node throws and catches two errors, a quarter of the time of an ES256 signature.
 */
function withEncoding(key: KeyObject) {
  return Object.assign(key, { dsaEncoding: 'ieee-p1363' as const });
}
