/** Signs our JWTs and recognises them again. */
import { verify } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { defaultAlgorithm, type SigningAlgorithm } from './algorithms.ts';
import type { ActiveKey, SigningKey, SigningKeys } from './key-ring.ts';
import { createSignatureQueue, digestOf, parametersOf } from './signature-queue.ts';

export interface Signer {
  /** `typ` keeps one kind of token from passing for another (RFC 8725 section 3.11). */
  sign(claims: JWTPayload, typ: string, algorithm?: SigningAlgorithm): Promise<string>;
  /** The claims of a JWT that we signed, whatever its age; undefined for anything else. */
  recognize(jwt: string, typ: string): Promise<JWTPayload | undefined>;
}

export interface SignerOptions {
  keys: SigningKeys;
  issuer: string;
  /** Reads the keys again: another replica may have made one a moment ago. */
  refreshKeys(): Promise<void>;
}

interface Parts {
  header: { alg: string; kid: string; typ: string };
  payload: string;
  signed: string;
  signature: string;
}

const longestJwt = 16_384;
const shape = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/;

export function createSigner({ keys, issuer, refreshKeys }: SignerOptions): Signer {
  const queue = createSignatureQueue();
  const headers = new WeakMap<ActiveKey, Map<string, string>>();

  /** The same for every token of a kind that a key signs. */
  function headerOf(key: ActiveKey, typ: string): string {
    let ofKey = headers.get(key);
    if (ofKey === undefined) {
      ofKey = new Map();
      headers.set(key, ofKey);
    }
    let header = ofKey.get(typ);
    if (header === undefined) {
      header = encode({ alg: key.algorithm, typ, kid: key.kid });
      ofKey.set(typ, header);
    }
    return header;
  }

  async function findKey(kid: string): Promise<SigningKey | undefined> {
    const known = keys.find(kid);
    if (known !== undefined) return known;
    await refreshKeys();
    return keys.find(kid);
  }

  return {
    async sign(claims, typ, algorithm = defaultAlgorithm) {
      const key = keys.active(algorithm);
      const input = `${headerOf(key, typ)}.${encode(claims)}`;
      return `${input}.${await queue.sign(input, key)}`;
    },

    async recognize(jwt, typ) {
      const parts = split(jwt);
      if (parts === undefined || parts.header.typ !== typ) return undefined;
      const key = await findKey(parts.header.kid);
      // The key decides the algorithm, never the token (RFC 8725 section 3.1).
      if (key === undefined || key.algorithm !== parts.header.alg || !isSignedBy(key, parts))
        return undefined;
      const claims = decode(parts.payload);
      return claims?.['iss'] === issuer ? claims : undefined;
    },
  };
}

/** Undefined for what cannot be one of ours: no other member of the header is looked at, and none is ever obeyed. */
function split(jwt: string): Parts | undefined {
  if (jwt.length > longestJwt) return undefined;
  const [, head = '', payload = '', signature = ''] = shape.exec(jwt) ?? [];
  const { alg, kid, typ, crit } = decode(head) ?? {};
  if (typeof alg !== 'string' || typeof kid !== 'string' || typeof typ !== 'string') return undefined;
  // RFC 7515 section 4.1.11: what must be understood and is not.
  if (crit !== undefined) return undefined;
  return { header: { alg, kid, typ }, payload, signed: `${head}.${payload}`, signature };
}

function isSignedBy(key: SigningKey, { signed, signature }: Parts): boolean {
  const bytes = Buffer.from(signature, 'base64url');
  // One signature has one spelling.
  if (bytes.toString('base64url') !== signature) return false;
  return verify(digestOf(key.algorithm), Buffer.from(signed, 'latin1'), parametersOf(key.publicKey), bytes);
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
