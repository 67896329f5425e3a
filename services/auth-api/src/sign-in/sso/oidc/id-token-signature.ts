/** Verifies that an ID token was signed by its provider, and when. */
import type { Clock } from '@gatehouse/service-kit/clock';
import type { JWTPayload } from 'jose';
import type { Configuration } from 'openid-client';
import type { KeySets } from '../../../core/assertions/key-sets.ts';
import { UnreadableKeySet } from '../../../core/assertions/remote-keys.ts';
import { checkTimes, UntrustedJwt, verifySignature } from '../../../core/assertions/verify-jwt.ts';
import { SsoError } from '../failure.ts';
import { asProviderError } from './provider.ts';

/** @throws SsoError */
export type RequireSignature = (configuration: Configuration, idToken: string) => Promise<void>;

/** Of those that a provider says it signs by, which the library holds it to: none with a shared secret (RFC 8725 section 3.1). */
const idTokenAlgorithms = ['RS', 'PS', 'ES']
  .flatMap((family) => [256, 384, 512].map((bits) => `${family}${bits}`))
  .concat('EdDSA', 'Ed25519');

/** Providers let their operators choose up to 30 days. */
const maxLifeSeconds = 31 * 86_400;

/** @throws SsoError */
function requireTimes(claims: JWTPayload, nowMs: number): void {
  try {
    checkTimes(claims, { nowMs, maxLifeSeconds });
  } catch (error) {
    throw new SsoError('wrong_time', (error as UntrustedJwt).message, error);
  }
}

/**
 * An ID token is believed for its signature, not for the connection it came by. Here and not in the library, which does not
 * read keys again that it has read within a minute: so long nobody could sign in after a provider changed its key.
 */
export function createRequireSignature({ keySets, now }: { keySets: KeySets; now: Clock }): RequireSignature {
  return async (configuration, idToken) => {
    const { jwks_uri: jwksUri } = configuration.serverMetadata();
    const keySet = jwksUri === undefined ? undefined : keySets.of({ jwksUri });
    if (keySet === undefined) throw new SsoError('metadata_unusable', 'the provider names no jwks_uri');
    try {
      const { payload } = await verifySignature(idToken, keySet, {
        algorithms: idTokenAlgorithms,
        nowMs: now(),
      });
      requireTimes(payload, now());
    } catch (error) {
      if (error instanceof UnreadableKeySet)
        throw asProviderError(error.cause ?? error, `keys at ${jwksUri}`);
      if (error instanceof UntrustedJwt) throw new SsoError('signature_invalid', error.message, error);
      throw error;
    }
  };
}
