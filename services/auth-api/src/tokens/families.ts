/** Ending a whole authorization: its code, its refresh tokens and every access token that came from it. */
import type { CutOffs } from './cut-offs.ts';
import type { FamilyStore } from './family-store.ts';

/** Safe to repeat. @throws when Redis cannot answer: then nothing may be reported as revoked. */
export async function endFamily(families: FamilyStore, cutOffs: CutOffs, familyId: string): Promise<void> {
  const isKnown = cutOffs.isCut({ familyId, issuedAtMs: 0 });
  await Promise.all([
    families.revokeFamily(familyId),
    // Whoever presents a revoked token again and again must not fill the stream.
    isKnown ? undefined : cutOffs.raise({ kind: 'family', id: familyId }),
  ]);
}
