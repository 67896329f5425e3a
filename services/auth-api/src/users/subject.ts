/** The stable subject identifier of a person. */
import { hash } from 'node:crypto';
import { uuidOf } from '@gatehouse/service-kit/random';

/**
 * A UUID (version 8, RFC 9562 section 5.8) over SHA-256 of environment and DBID. DBIDs are never used again, so a
 * person created under the name of a deleted one gets another subject.
 */
export function subjectOf(environmentId: string, dbid: number): string {
  return uuidOf(hash('sha256', `person\n${environmentId}\n${dbid}`, 'buffer'), 8);
}
