/** The cut-offs in force, as one replica keeps them. */
import type { CutOff, CutOffKind, CutOffSubject } from './cut-offs.ts';

/** How a cut-off names the users of a contact centre at a client: neither id has a space. */
export function usersOf(clientId: string, contactCenterId: string): string {
  return `${clientId} ${contactCenterId}`;
}

/** The same for what a client has by one grant type. */
export function grantAt(clientId: string, grantType: string): string {
  return `${clientId} ${grantType}`;
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
    'client-grant': new Map(),
    'client-scope': new Map(),
    family: new Map(),
    sid: new Map(),
  };
  const maps = Object.values(latest);

  const isCutBefore = (
    kind: Exclude<CutOffKind, 'family' | 'sid'>,
    id: string | undefined,
    issuedAtMs: number,
  ) => id !== undefined && issuedAtMs <= (latest[kind].get(id) ?? Number.NEGATIVE_INFINITY);
  /** Seldom is there any: then nothing is put together for a token. */
  const areUsersCut = ({ clientId, contactCenterIds = [] }: CutOffSubject, heldSinceMs: number) =>
    latest['client-users'].size > 0 &&
    clientId !== undefined &&
    contactCenterIds.some((id) => isCutBefore('client-users', usersOf(clientId, id), heldSinceMs));
  const isGrantCut = ({ clientId, grantType }: CutOffSubject, heldSinceMs: number) =>
    latest['client-grant'].size > 0 &&
    clientId !== undefined &&
    grantType !== undefined &&
    isCutBefore('client-grant', grantAt(clientId, grantType), heldSinceMs);
  const isCutWhole = (kind: 'family' | 'sid', id: string | undefined) =>
    id !== undefined && latest[kind].has(id);

  return {
    add({ kind, id, atMs }) {
      const known = latest[kind].get(id);
      if (known === undefined || known < atMs) latest[kind].set(id, atMs);
    },
    isCut(subject) {
      const { sub, clientId, rightsOf, familyId, sid, issuedAtMs } = subject;
      const { authTimeMs = issuedAtMs, heldSinceMs = issuedAtMs, accessIssuedAtMs } = subject;
      return (
        isCutBefore('sub', sub, authTimeMs) ||
        isCutBefore('client', clientId, heldSinceMs) ||
        isCutBefore('client-rights', rightsOf, heldSinceMs) ||
        areUsersCut(subject, heldSinceMs) ||
        isGrantCut(subject, heldSinceMs) ||
        (accessIssuedAtMs !== undefined && isCutBefore('client-scope', clientId, accessIssuedAtMs)) ||
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
