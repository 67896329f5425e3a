/** Ending a whole authorization: its code, its refresh tokens and every access token that came from it. */
import type { CutOffs } from './cut-offs.ts';
import type { FamilyStore } from './family-store.ts';

/** @throws when Redis cannot answer: then nothing may be reported as revoked. */
export async function endFamily(families: FamilyStore, cutOffs: CutOffs, familyId: string): Promise<void> {
  await Promise.all([families.revokeFamily(familyId), cutOffs.raise({ kind: 'family', id: familyId })]);
}
