/** The stable subject identifier of a person. */
import { hash } from 'node:crypto';

/**
 * A UUID (version 8, RFC 9562 section 5.8) over SHA-256 of environment and DBID. DBIDs are never used again, so a
 * person created under the name of a deleted one gets another subject.
 */
export function subjectOf(environmentId: string, dbid: number): string {
  const digest = hash('sha256', `person\n${environmentId}\n${dbid}`, 'buffer');
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x80;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  const hex = digest.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
