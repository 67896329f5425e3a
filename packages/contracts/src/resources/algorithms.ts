/** Names the algorithms that signing keys and registrations may choose from (RFC 7518, RFC 8037). */

/** In the order of the published key set: first the algorithm that every client supports. */
export const signingAlgorithms = ['RS256', 'ES256', 'EdDSA'] as const;

/** By which clients sign their requests. */
export const requestSigningAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;

/** RSA1_5 has a padding oracle (RFC 8725 section 3.2), and no algorithm uses a shared secret: secrets are kept as hashes. */
export const encryptionAlgorithms = [
  'RSA-OAEP',
  'RSA-OAEP-256',
  'ECDH-ES',
  'ECDH-ES+A128KW',
  'ECDH-ES+A256KW',
] as const;

export const contentEncryptions = ['A128CBC-HS256', 'A256CBC-HS512', 'A128GCM', 'A256GCM'] as const;

export type SigningAlgorithm = (typeof signingAlgorithms)[number];
export type EncryptionAlgorithm = (typeof encryptionAlgorithms)[number];
export type ContentEncryption = (typeof contentEncryptions)[number];
