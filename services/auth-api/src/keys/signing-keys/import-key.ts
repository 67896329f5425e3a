/** Reads a private key that an administrator imports: PEM, PKCS#12 or JWK. */
import {
  createPrivateKey,
  createPublicKey,
  type JsonWebKey,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { weaknessOf } from '@gatehouse/service-kit/crypto';
import { badRequest } from '@gatehouse/service-kit/errors';
import { algorithmOf, digestOf, UnsuitableKey } from './algorithms.ts';
import type { KeyFile, OpenedKeyFile } from './key-file-worker.ts';
import { describeKey, type NewKey } from './key-material.ts';
import type { KeyImport } from './schemas.ts';

/** Source and compiled files have different extensions. */
const workerUrl = new URL(
  import.meta.url.endsWith('.ts') ? './key-file-worker.ts' : './key-file-worker.js',
  import.meta.url,
);
const maxOpeningMs = 10_000;

/** @throws AppError (400) that names the field and its problem, never its content */
export async function readKeyImport({ pem, pkcs12, jwk, password, alias }: KeyImport): Promise<NewKey> {
  const field = pem !== undefined ? 'data.pem' : pkcs12 !== undefined ? 'data.pkcs12' : 'data.jwk';
  try {
    if (jwk !== undefined) return await fromJwk(jwk);
    const opened = await openKeyFile({
      kind: pem === undefined ? 'pkcs12' : 'pem',
      content: pem ?? pkcs12 ?? '',
      password: password ?? '',
      alias,
    });
    if ('problem' in opened) throw new UnsuitableKey(opened.problem);
    return await checked(createPrivateKey(opened.pkcs8));
  } catch (error) {
    if (!(error instanceof UnsuitableKey)) throw error;
    const message = `${field}: ${error.message}`;
    throw badRequest(message, { problems: [{ field, message: error.message }] });
  }
}

async function fromJwk(jwk: NonNullable<KeyImport['jwk']>): Promise<NewKey> {
  const { kid, alg, use } = jwk as { kid?: string; alg?: string; use?: string };
  if (use !== undefined && use !== 'sig') throw new UnsuitableKey(`its use is ${use}, not sig`);
  const key = await checked(readJwk(jwk as JsonWebKey), kid);
  if (alg !== undefined && alg !== key.algorithm) {
    throw new UnsuitableKey(`its alg is ${alg}, but such a key signs ${key.algorithm} here`);
  }
  return key;
}

function readJwk(jwk: JsonWebKey): KeyObject {
  try {
    return createPrivateKey({ key: jwk, format: 'jwk' });
  } catch {
    throw new UnsuitableKey('is no private key: a JWK with its private members is needed (RFC 7517)');
  }
}

/** Signatures of a key whose private and public parts do not match could not be verified. */
async function checked(key: KeyObject, kid?: string): Promise<NewKey> {
  const digest = digestOf(algorithmOf(key));
  const publicKey = createPublicKey(key);
  const weakness = weaknessOf(publicKey);
  if (weakness !== undefined) throw new UnsuitableKey(`the key ${weakness}`);
  const probe = Buffer.from('probe');
  if (!verify(digest, probe, publicKey, signProbe(key, probe))) {
    throw new UnsuitableKey('its private and public parts do not belong together');
  }
  return describeKey(key, 'imported', kid);
}

function signProbe(key: KeyObject, probe: Buffer): Buffer {
  try {
    return sign(digestOf(algorithmOf(key)), probe, key);
  } catch {
    throw new UnsuitableKey('its private part cannot sign');
  }
}

async function openKeyFile(file: KeyFile): Promise<OpenedKeyFile> {
  const worker = new Worker(workerUrl, {
    workerData: file,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 64 },
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<OpenedKeyFile>((resolve, reject) => {
      timer = setTimeout(
        () =>
          resolve({
            problem: `does not open within ${maxOpeningMs / 1000} s: its password is hashed too often`,
          }),
        maxOpeningMs,
      );
      worker.once('message', resolve);
      worker.once('error', () => reject(new UnsuitableKey('cannot be read')));
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
