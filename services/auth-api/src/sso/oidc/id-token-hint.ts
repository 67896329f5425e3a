/** The ID token of an identity provider is kept for its logout alone, sealed, and leaves for nobody else. */
import type { SecretPlace } from '@gatehouse/service-kit/crypto/secret-box';

/** Not a table: it waits in Redis with its session. */
export function idTokenPlace(id: string): SecretPlace {
  return { table: 'session', row: id, column: 'id_token' };
}
