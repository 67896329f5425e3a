/** Seals the ID token of an identity provider: it is kept only as the hint for that provider's logout. */
import type { SecretPlace } from '@gatehouse/service-kit/crypto/secret-box';

/** Not a table: it waits in Redis with its session. */
export function idTokenPlace(id: string): SecretPlace {
  return { table: 'session', row: id, column: 'id_token' };
}
