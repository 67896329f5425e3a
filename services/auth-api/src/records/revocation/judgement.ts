/** Tells whether a token is revoked by the revocations that are in force. */
import {
  allContactCenters,
  domainAt,
  grantAt,
  personAt,
  personAtClient,
  type Revocable,
  type RevocationKind,
  signOnAt,
  userAt,
  usersOf,
  type WholeKind,
} from './revocation.ts';

/** By kind and id, until when everything that was granted is revoked. */
type NotBefore = Readonly<Record<RevocationKind, ReadonlyMap<string, number>>>;

export function createJudgement(notBefore: NotBefore) {
  const isIssuedBefore = (
    kind: Exclude<RevocationKind, WholeKind>,
    id: string | undefined,
    issuedAtMs: number,
  ) => id !== undefined && issuedAtMs <= (notBefore[kind].get(id) ?? Number.NEGATIVE_INFINITY);
  // There are seldom any: only then are names put together for a token.
  const areUsersRevoked = ({ clientId, contactCenterIds = [] }: Revocable, heldSinceMs: number) =>
    notBefore['client-users'].size > 0 &&
    clientId !== undefined &&
    contactCenterIds.some((id) => isIssuedBefore('client-users', usersOf(clientId, id), heldSinceMs));
  const isPersonRevoked = ({ sub, contactCenterIds = [] }: Revocable, authTimeMs: number) =>
    notBefore.person.size > 0 &&
    sub !== undefined &&
    contactCenterIds.some((contactCenterId) =>
      isIssuedBefore('person', personAt({ contactCenterId, sub }), authTimeMs),
    );
  const isPersonRevokedAtClient = (
    { clientId, sub, user = sub, contactCenterIds = [] }: Revocable,
    heldSinceMs: number,
  ) =>
    notBefore['client-person'].size > 0 &&
    clientId !== undefined &&
    user !== undefined &&
    contactCenterIds.some((contactCenterId) =>
      isIssuedBefore('client-person', personAtClient(clientId, { contactCenterId, sub: user }), heldSinceMs),
    );
  const isUserRevoked = ({ clientId, sub, user = sub }: Revocable, heldSinceMs: number) =>
    notBefore['client-user'].size > 0 &&
    clientId !== undefined &&
    user !== undefined &&
    isIssuedBefore('client-user', userAt(clientId, user), heldSinceMs);
  const isGrantRevoked = ({ clientId, grantType }: Revocable, heldSinceMs: number) =>
    notBefore['client-grant'].size > 0 &&
    clientId !== undefined &&
    grantType !== undefined &&
    isIssuedBefore('client-grant', grantAt(clientId, grantType), heldSinceMs);
  const isAudienceDeleted = ({ audience = [] }: Revocable, heldSinceMs: number) =>
    notBefore['client-audience'].size > 0 &&
    audience.some((id) => isIssuedBefore('client-audience', id, heldSinceMs));
  const places = [notBefore['contact-center'], notBefore.environment, notBefore.domain, notBefore['sign-on']];
  const hasPlaceEnded = (token: Revocable, sinceMs: number) => {
    if (places.every(({ size }) => size === 0)) return false;
    const { sub, contactCenterIds = [], environmentId, entry } = token;
    const signOn = entry === undefined ? '' : entry.signOn;
    return (
      isIssuedBefore('environment', environmentId, sinceMs) ||
      contactCenterIds.some(
        (id) =>
          isIssuedBefore('contact-center', allContactCenters, sinceMs) ||
          isIssuedBefore('contact-center', id, sinceMs) ||
          (sub !== undefined && isIssuedBefore('domain', domainAt(id, entry?.domain), sinceMs)) ||
          (sub !== undefined &&
            signOn !== undefined &&
            isIssuedBefore('sign-on', signOnAt(id, signOn), sinceMs)),
      )
    );
  };
  const isRevokedWhole = (kind: WholeKind, id: string | undefined) =>
    id !== undefined && notBefore[kind].has(id);

  return function isRevoked(token: Revocable): boolean {
    const { sub, clientId, rightsOf, familyId, sid, tokenId, issuedAtMs } = token;
    const { authTimeMs = issuedAtMs, heldSinceMs = issuedAtMs, accessIssuedAtMs } = token;
    return (
      isIssuedBefore('sub', sub, authTimeMs) ||
      isPersonRevoked(token, authTimeMs) ||
      isIssuedBefore('client', clientId, heldSinceMs) ||
      isIssuedBefore('client-rights', rightsOf, heldSinceMs) ||
      areUsersRevoked(token, heldSinceMs) ||
      isUserRevoked(token, heldSinceMs) ||
      isPersonRevokedAtClient(token, heldSinceMs) ||
      isGrantRevoked(token, heldSinceMs) ||
      isAudienceDeleted(token, heldSinceMs) ||
      (accessIssuedAtMs !== undefined && isIssuedBefore('client-scope', clientId, accessIssuedAtMs)) ||
      hasPlaceEnded(token, authTimeMs) ||
      isRevokedWhole('family', familyId) ||
      isRevokedWhole('sid', sid) ||
      isRevokedWhole('token', tokenId)
    );
  };
}
