/** Keeps the revocations in force in the memory of one replica and tells whether a token is revoked. */
import {
  allContactCenters,
  domainAt,
  grantAt,
  isEndless,
  personAt,
  personAtClient,
  type Revocable,
  type Revocation,
  type RevocationKind,
  revokesWhole,
  signOnAt,
  userAt,
  usersOf,
  type WholeKind,
} from './revocation.ts';

export type RevocationMemory = ReturnType<typeof createRevocationMemory>;

export function createRevocationMemory() {
  const notBefore: Record<RevocationKind, Map<string, number>> = {
    sub: new Map(),
    person: new Map(),
    client: new Map(),
    'client-rights': new Map(),
    'client-users': new Map(),
    'client-user': new Map(),
    'client-person': new Map(),
    'client-grant': new Map(),
    'client-audience': new Map(),
    'client-scope': new Map(),
    family: new Map(),
    sid: new Map(),
    token: new Map(),
    'contact-center': new Map(),
    environment: new Map(),
    domain: new Map(),
    'sign-on': new Map(),
  };

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
  const ending = new Set<string>();
  const isRevokedWhole = (kind: WholeKind, id: string | undefined) =>
    id !== undefined && notBefore[kind].has(id);

  return {
    add({ kind, id, atMs }: Revocation): void {
      const known = notBefore[kind].get(id);
      if (known === undefined || known < atMs) notBefore[kind].set(id, atMs);
    },
    /** Whether a revocation changes nothing any more. */
    covers({ kind, id, atMs }: Revocation): boolean {
      const known = notBefore[kind].get(id);
      return known !== undefined && (revokesWhole(kind) || known >= atMs);
    },
    isRevoked(token: Revocable): boolean {
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
    },
    /** Whether it was ever switched off. It may be active again: only Environment API tells. */
    hasEnded: (contactCenterId: string): boolean =>
      ending.has(contactCenterId) ||
      [contactCenterId, allContactCenters].some((id) => notBefore['contact-center'].has(id)),
    /** They are being revoked. Before the first one is, nothing may be issued by a copy from before. */
    recordEnding(ended: readonly Pick<Revocation, 'kind' | 'id'>[]): void {
      for (const { kind, id } of ended)
        if (kind === 'contact-center' && id !== allContactCenters) ending.add(id);
    },
    /** All that is in force. */
    *all(): Generator<Revocation> {
      for (const [kind, map] of Object.entries(notBefore) as [RevocationKind, Map<string, number>][])
        for (const [id, atMs] of map) yield { kind, id, atMs };
    },
    /** Removes revocations that no living token can be older than. */
    prune(beforeMs: number): void {
      for (const [kind, map] of Object.entries(notBefore) as [RevocationKind, Map<string, number>][])
        for (const [id, atMs] of map) if (atMs < beforeMs && !isEndless({ kind, id })) map.delete(id);
    },
  };
}
