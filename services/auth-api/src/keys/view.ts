/** Shows a signing key to administrators, without its private part. */
import type { SigningKeyView } from '@gatehouse/contracts/auth-api/administration/signing-keys';
import { definedOnly } from '@gatehouse/contracts/defined-only';
import type { StoredKey } from './store.ts';

export function viewOf(key: StoredKey, publishedUntilMs: number | undefined): SigningKeyView {
  return {
    kid: key.kid,
    algorithm: key.algorithm,
    state: key.state,
    origin: key.origin,
    createdAt: new Date(key.createdAtMs).toISOString(),
    ...definedOnly({
      activatedAt: timeOf(key.activatedAtMs),
      retiredAt: timeOf(key.retiredAtMs),
      publishedUntil: timeOf(publishedUntilMs),
    }),
  };
}

function timeOf(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}
