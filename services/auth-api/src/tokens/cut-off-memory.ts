/** The cut-offs in force, as one replica keeps them. */
import type { CutOff, CutOffKind, CutOffSubject } from './cut-offs.ts';

/** How a cut-off names the users of a contact centre at a client: neither id has a space. */
export function usersOf(clientId: string, contactCenterId: string): string {
  return `${clientId} ${contactCenterId}`;
}

export interface CutOffMemory {
  add(cutOff: CutOff): void;
  isCut(subject: CutOffSubject): boolean;
  /** Forgets what no living token can be older than. */
  prune(beforeMs: number): void;
  readonly size: number;
}

export function createCutOffMemory(): CutOffMemory {
  const latest: Record<CutOffKind, Map<string, number>> = {
    sub: new Map(),
    client: new Map(),
    'client-rights': new Map(),
    'client-users': new Map(),
    family: new Map(),
    sid: new Map(),
  };
  const maps = Object.values(latest);

  const isCutBefore = (
    kind: 'sub' | 'client' | 'client-rights' | 'client-users',
    id: string | undefined,
    issuedAtMs: number,
  ) => id !== undefined && issuedAtMs <= (latest[kind].get(id) ?? Number.NEGATIVE_INFINITY);
  /** Seldom is there any: then nothing is put together for a token. */
  const areUsersCut = ({ clientId, contactCenterIds = [], issuedAtMs }: CutOffSubject) =>
    latest['client-users'].size > 0 &&
    clientId !== undefined &&
    contactCenterIds.some((id) => isCutBefore('client-users', usersOf(clientId, id), issuedAtMs));
  const isCutWhole = (kind: 'family' | 'sid', id: string | undefined) =>
    id !== undefined && latest[kind].has(id);

  return {
    add({ kind, id, atMs }) {
      const known = latest[kind].get(id);
      if (known === undefined || known < atMs) latest[kind].set(id, atMs);
    },
    isCut(subject) {
      const { sub, clientId, rightsOf, familyId, sid, issuedAtMs, authTimeMs = issuedAtMs } = subject;
      return (
        isCutBefore('sub', sub, authTimeMs) ||
        isCutBefore('client', clientId, issuedAtMs) ||
        isCutBefore('client-rights', rightsOf, issuedAtMs) ||
        areUsersCut(subject) ||
        isCutWhole('family', familyId) ||
        isCutWhole('sid', sid)
      );
    },
    prune(beforeMs) {
      for (const map of maps) {
        for (const [id, atMs] of map) if (atMs < beforeMs) map.delete(id);
      }
    },
    get size() {
      return maps.reduce((total, map) => total + map.size, 0);
    },
  };
}
