/** A signing key as its administrators see it: never its private part. */
import type { SigningKeyView } from '@gatehouse/contracts/auth-api/administration/signing-keys';
import type { StoredKey } from './store.ts';

export function viewOf(key: StoredKey, publishedUntilMs: number | undefined): SigningKeyView {
  return {
    kid: key.kid,
    algorithm: key.algorithm,
    state: key.state,
    origin: key.origin,
    createdAt: timeOf(key.createdAtMs),
    ...(key.activatedAtMs === undefined ? {} : { activatedAt: timeOf(key.activatedAtMs) }),
    ...(key.retiredAtMs === undefined ? {} : { retiredAt: timeOf(key.retiredAtMs) }),
    ...(publishedUntilMs === undefined ? {} : { publishedUntil: timeOf(publishedUntilMs) }),
  };
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
