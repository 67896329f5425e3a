/** Encrypts what only one client may read, to a key that it has registered (RFC 7516, RFC 7518 section 4). */
import type { ContentEncryption, EncryptionAlgorithm } from '@gatehouse/contracts/resources';
import { badRequest, unavailable } from '@gatehouse/service-kit/errors';
import { CompactEncrypt, importJWK, type JWK } from 'jose';
import type { KeySet, KeySets, KeySource } from './key-sets.ts';
import { UnreadableKeySet } from './remote-keys.ts';

/** As a client registers it. */
export interface Encryption {
  alg: EncryptionAlgorithm | undefined;
  /** The default is that of OpenID Connect Registration section 2. */
  enc: ContentEncryption | undefined;
}

const curves = ['P-256', 'P-384', 'P-521', 'X25519'];

/** Finds the key for an algorithm: one that is registered for it before one that is registered for anything. */
export function encryptionKeyIn(keys: readonly JWK[], alg: EncryptionAlgorithm): JWK | undefined {
  const isOfKind = ({ kty, crv = '' }: JWK) => (alg.startsWith('RSA') ? kty === 'RSA' : curves.includes(crv));
  const rank = (key: JWK) => Number(key.use === 'enc') + Number(key.alg === alg);
  return keys
    .filter((key) => isOfKind(key) && (key.use ?? 'enc') === 'enc' && (key.alg ?? alg) === alg)
    .toSorted((one, other) => rank(other) - rank(one))[0];
}

export type EncryptFor = ReturnType<typeof createEncryption>;

export function createEncryption(keySets: Pick<KeySets, 'of'>) {
  return async (
    client: KeySource,
    { alg, enc = 'A128CBC-HS256' }: Encryption,
    content: string,
    /** A signed JWT is what is usually inside (RFC 7519 section 5.2). */
    header: { cty: 'JWT' } | { typ: 'JWT' } = { cty: 'JWT' },
  ): Promise<string> => {
    if (alg === undefined) return content;
    const key = await requireKey(keySets.of(client), alg);
    return new CompactEncrypt(Buffer.from(content))
      .setProtectedHeader({ alg, enc, ...header, ...(key.kid === undefined ? {} : { kid: key.kid }) })
      .encrypt(await importJWK(key, alg));
  };
}

/** Never answers unencrypted instead. @throws AppError (400) without such a key, (503) while the keys cannot be read */
async function requireKey(keySet: KeySet | undefined, alg: EncryptionAlgorithm): Promise<JWK> {
  try {
    const key = keySet && (await publishedKey(keySet, alg));
    if (key !== undefined) return key;
  } catch (error) {
    if (!(error instanceof UnreadableKeySet)) throw error;
    throw unavailable('the key set of the client', { cause: error });
  }
  throw badRequest(`The answer must be encrypted: ${noKeyFor(alg)}`);
}

/** Reads the keys again for a missing one: the client may have published it since. @throws UnreadableKeySet */
export async function publishedKey(keySet: KeySet, alg: EncryptionAlgorithm): Promise<JWK | undefined> {
  const known = encryptionKeyIn((await keySet.current()).jwks().keys, alg);
  return known ?? encryptionKeyIn((await keySet.renewed())?.jwks().keys ?? [], alg);
}

/** The end of a sentence. */
export function noKeyFor(alg: EncryptionAlgorithm): string {
  const kind = alg.startsWith('RSA') ? 'an RSA key' : 'an EC or X25519 key';
  return `the key set has no key for ${alg}, add ${kind} with use enc`;
}
