/**
 * Signs everything that one turn of the event loop asked for in one go. A signature that is made alone, in the middle of
 * a request, costs two to three times as much as one that follows another: its code and tables are cold.
 */
import { sign as cryptoSign, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { SigningAlgorithm } from './algorithms.ts';
import type { ActiveKey } from './key-ring.ts';

export interface SignatureQueue {
  /** The base64url signature of the text. */
  sign(input: string, key: ActiveKey): Promise<string>;
}

interface Waiting {
  input: Buffer;
  key: ActiveKey;
  resolve(signature: string): void;
  reject(error: unknown): void;
}

/** After so long the event loop gets a turn, however many are waiting. */
const sliceMs = 2;
/** One signature of a larger key takes longer than requests should wait: it goes to a thread of the pool. */
const largestModulusOnLoop = 2048;
const signOnThread = promisify(cryptoSign);

export function createSignatureQueue(): SignatureQueue {
  let waiting: Waiting[] = [];

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
        resolve(
          cryptoSign(digestOf(key.algorithm), input, parametersOf(key.privateKey)).toString('base64url'),
        );
      } catch (error) {
        reject(error);
      }
    }
  }

  return {
    sign(text, key) {
      const input = Buffer.from(text, 'latin1');
      if ((key.privateKey.asymmetricKeyDetails?.modulusLength ?? 0) > largestModulusOnLoop) {
        return signOnThread(digestOf(key.algorithm), input, parametersOf(key.privateKey)).then((signature) =>
          signature.toString('base64url'),
        );
      }
      return new Promise((resolve, reject) => {
        if (waiting.push({ input, key, resolve, reject }) === 1) setImmediate(flush);
      });
    },
  };
}

/** Ed25519 hashes by itself. */
export function digestOf(algorithm: SigningAlgorithm): 'sha256' | null {
  return algorithm === 'EdDSA' ? null : 'sha256';
}

/** RFC 7518 section 3.4: the two numbers of an ECDSA signature side by side, not in DER. */
export function parametersOf(key: KeyObject) {
  return { key, dsaEncoding: 'ieee-p1363' as const };
}
