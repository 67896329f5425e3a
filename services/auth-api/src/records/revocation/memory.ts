/** Keeps the revocations in force in the memory of one replica and tells whether a token is revoked. */
import { createJudgement } from './judgement.ts';
import {
  allContactCenters,
  isEndless,
  type Revocation,
  type RevocationKind,
  revokesWhole,
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

  const ending = new Set<string>();
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
    isRevoked: createJudgement(notBefore),
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
