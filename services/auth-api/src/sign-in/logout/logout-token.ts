/** Signs logout tokens (OpenID Connect Back-Channel Logout 1.0 section 2.4). */
import { definedOnly } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import type { Signer } from '../../keys/signing-keys/signer.ts';
import type { Client } from '../../registry/clients/client.ts';
import type { LogoutNotice } from './notice-store.ts';

export type SignLogoutToken = ReturnType<typeof createLogoutTokens>;

/** Section 2.4 asks for at most two minutes. */
const lifeSeconds = 120;
/** Section 2.4 and RFC 8725 section 3.11: the token must not pass for an ID token. */
const logoutTokenKind = { typ: 'logout+jwt' };
const event = 'http://schemas.openid.net/event/backchannel-logout';

export function createLogoutTokens(signer: Pick<Signer, 'sign'>, issuer: string, now: Clock) {
  return ({ clientId, idTokenSignedResponseAlg }: Client, { sub, sid }: LogoutNotice): Promise<string> => {
    const iat = Math.floor(now() / 1000);
    const claims = definedOnly({
      iss: issuer,
      aud: clientId,
      iat,
      exp: iat + lifeSeconds,
      // New for every attempt: a client may have remembered the last one and failed afterwards.
      jti: randomUuid(),
      sub,
      sid,
      events: { [event]: {} },
    });
    return signer.sign(claims, logoutTokenKind, idTokenSignedResponseAlg);
  };
}
