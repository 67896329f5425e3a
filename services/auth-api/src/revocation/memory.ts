/** Keeps the revocations in force in the memory of one replica and tells whether a token is revoked. */
import { grantAt, type Revocable, type Revocation, type RevocationKind, usersOf } from './revocation.ts';

export function createRevocationMemory() {
  const notBefore: Record<RevocationKind, Map<string, number>> = {
    sub: new Map(),
    client: new Map(),
    'client-rights': new Map(),
    'client-users': new Map(),
    'client-grant': new Map(),
    'client-scope': new Map(),
    family: new Map(),
    sid: new Map(),
  };
  const maps = Object.values(notBefore);

  const isIssuedBefore = (
    kind: Exclude<RevocationKind, 'family' | 'sid'>,
    id: string | undefined,
    issuedAtMs: number,
  ) => id !== undefined && issuedAtMs <= (notBefore[kind].get(id) ?? Number.NEGATIVE_INFINITY);
  // There are seldom any: only then are names put together for a token.
  const areUsersRevoked = ({ clientId, contactCenterIds = [] }: Revocable, heldSinceMs: number) =>
    notBefore['client-users'].size > 0 &&
    clientId !== undefined &&
    contactCenterIds.some((id) => isIssuedBefore('client-users', usersOf(clientId, id), heldSinceMs));
  const isGrantRevoked = ({ clientId, grantType }: Revocable, heldSinceMs: number) =>
    notBefore['client-grant'].size > 0 &&
    clientId !== undefined &&
    grantType !== undefined &&
    isIssuedBefore('client-grant', grantAt(clientId, grantType), heldSinceMs);
  const isRevokedWhole = (kind: 'family' | 'sid', id: string | undefined) =>
    id !== undefined && notBefore[kind].has(id);

  return {
    add({ kind, id, atMs }: Revocation): void {
      const known = notBefore[kind].get(id);
      if (known === undefined || known < atMs) notBefore[kind].set(id, atMs);
    },
    isRevoked(token: Revocable): boolean {
      const { sub, clientId, rightsOf, familyId, sid, issuedAtMs } = token;
      const { authTimeMs = issuedAtMs, heldSinceMs = issuedAtMs, accessIssuedAtMs } = token;
      return (
        isIssuedBefore('sub', sub, authTimeMs) ||
        isIssuedBefore('client', clientId, heldSinceMs) ||
        isIssuedBefore('client-rights', rightsOf, heldSinceMs) ||
        areUsersRevoked(token, heldSinceMs) ||
        isGrantRevoked(token, heldSinceMs) ||
        (accessIssuedAtMs !== undefined && isIssuedBefore('client-scope', clientId, accessIssuedAtMs)) ||
        isRevokedWhole('family', familyId) ||
        isRevokedWhole('sid', sid)
      );
    },
    /** Removes revocations that no living token can be older than. */
    prune(beforeMs: number): void {
      for (const map of maps) {
        for (const [id, atMs] of map) if (atMs < beforeMs) map.delete(id);
      }
    },
  };
}
