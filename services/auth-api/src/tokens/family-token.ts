/** Formats and parses codes and refresh tokens: `<familyId>.<secret>`. The family names the Redis slot, the secret proves possession. */
import { randomToken, sha256 } from '@gatehouse/service-kit/crypto';

export interface FamilyToken {
  familyId: string;
  secret: string;
}

const familyIdBytes = 16;
const secretBytes = 32;
const shape = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;

export function newFamilyId(): string {
  return randomToken(familyIdBytes);
}

export function newSecret(): string {
  return randomToken(secretBytes);
}

export function formatFamilyToken({ familyId, secret }: FamilyToken): string {
  return `${familyId}.${secret}`;
}

/** Undefined for a text of another form. */
export function parseFamilyToken(text: string): FamilyToken | undefined {
  const [, familyId, secret] = shape.exec(text) ?? [];
  return familyId !== undefined && secret !== undefined ? { familyId, secret } : undefined;
}

/** The form of a secret in Redis. */
export function secretHash(token: FamilyToken): string {
  return sha256(token.secret);
}
