/** The answer to an honest retry: sealed under a key that only the bearer of the presented token can make. */
import { type BearerSeal, openForBearer, sealForBearer } from '@gatehouse/service-kit/crypto/bearer-seal';
import type { FamilyToken } from './family-token.ts';

/** The random parts of a refresh answer; everything else follows from the family's record. */
export interface Successor {
  accessToken: string;
  refreshSecret: string;
}

/** Nothing readable is stored: opening takes the presented token, and the holder that it was sealed for. */
export function sealSuccessor(successor: Successor, presented: FamilyToken, holder: string): string {
  const text = JSON.stringify([successor.accessToken, successor.refreshSecret]);
  return sealForBearer(text, sealOf(presented, holder));
}

/** Undefined when the token or the holder is another one. */
export function openSuccessor(sealed: string, presented: FamilyToken, holder: string): Successor | undefined {
  const text = openForBearer(sealed, sealOf(presented, holder));
  if (text === undefined) return undefined;
  const [accessToken = '', refreshSecret = ''] = JSON.parse(text) as string[];
  return { accessToken, refreshSecret };
}

function sealOf({ familyId, secret }: FamilyToken, holder: string): BearerSeal {
  return { secret, salt: familyId, purpose: 'gatehouse refresh successor', context: holder };
}
