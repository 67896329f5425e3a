/** Makes security event tokens (RFC 8417) of shared signals (OpenID CAEP 1.0) and signs them. */
import { definedOnly } from '@gatehouse/contracts/values';
import type { Signer } from '../signing-keys/signer.ts';
import type { Signal } from './signal.ts';

/** RFC 8417 section 2.3 and RFC 8725 section 3.11: it must not pass for an ID token or an access token. */
const tokenKind = { typ: 'secevent+jwt' };
const caep = 'https://schemas.openid.net/secevent/caep/event-type/';
const verification = 'https://schemas.openid.net/secevent/ssf/event-type/verification';

export type EventClaims = ReturnType<typeof claimsOf> | ReturnType<typeof verificationClaims>;

/** Neither `sub` nor `exp`, which would make it look like an ID token (RFC 8417 sections 2.2 and 4.1). */
export function claimsOf(signal: Signal, issuer: string) {
  const at = Math.floor(signal.atMs / 1000);
  const { type, change } = signal.credential ?? { type: 'password', change: 'update' };
  return {
    iat: at,
    txn: signal.correlationId,
    sub_id: subjectOf(signal, issuer),
    events: {
      [`${caep}${signal.event}`]: {
        event_timestamp: at,
        initiating_entity: signal.initiator,
        ...(signal.event === 'credential-change' ? { credential_type: type, change_type: change } : {}),
      },
    },
  };
}

/** OpenID SSF 1.0 section 8.1.4.1: tells the receiver that the connection works. */
export function verificationClaims(receiverId: string, nowMs: number) {
  return {
    iat: Math.floor(nowMs / 1000),
    sub_id: { format: 'opaque', id: receiverId },
    events: { [verification]: {} },
  };
}

/** RFC 9493; a session or a contact centre needs the complex subject of SSF. */
function subjectOf({ sub, sid, contactCenterId }: Signal, issuer: string) {
  const user = sub === undefined ? undefined : { format: 'iss_sub', iss: issuer, sub };
  if (user !== undefined && sid === undefined) return user;
  return definedOnly({
    format: 'complex',
    user,
    session: sid === undefined ? undefined : { format: 'opaque', id: sid },
    tenant: contactCenterId === undefined ? undefined : { format: 'opaque', id: contactCenterId },
  });
}

export type SignEventToken = ReturnType<typeof createEventTokens>;

export function createEventTokens(signer: Pick<Signer, 'sign'>, issuer: string) {
  return (jti: string, audience: string, claims: EventClaims): Promise<string> =>
    signer.sign({ iss: issuer, aud: audience, jti, ...claims }, tokenKind);
}
