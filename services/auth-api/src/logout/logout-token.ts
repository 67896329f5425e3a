/** Logout tokens (OpenID Connect Back-Channel Logout 1.0 section 2.4). */
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomUuid } from '@gatehouse/service-kit/random';
import type { Client } from '../clients/client.ts';
import type { Signer } from '../keys/signer.ts';
import type { LogoutNotice } from './notice.ts';

export type SignLogoutToken = (client: Client, notice: LogoutNotice) => Promise<string>;

/** Section 2.4 asks for at most two minutes. */
const lifeSeconds = 120;
/** Keeps it from passing for an ID token (section 2.4, RFC 8725 section 3.11). */
const logoutTokenType = 'logout+jwt';
const event = 'http://schemas.openid.net/event/backchannel-logout';

export function createLogoutTokens(
  signer: Pick<Signer, 'sign'>,
  issuer: string,
  now: Clock,
): SignLogoutToken {
  return ({ clientId, idTokenSignedResponseAlg }, { sub, sid }) => {
    const iat = Math.floor(now() / 1000);
    const claims = {
      iss: issuer,
      aud: clientId,
      iat,
      exp: iat + lifeSeconds,
      // A new one for every attempt: a client that remembers it may have failed only afterwards.
      jti: randomUuid(),
      sub,
      ...(sid === undefined ? {} : { sid }),
      events: { [event]: {} },
    };
    return signer.sign(claims, logoutTokenType, idTokenSignedResponseAlg);
  };
}
