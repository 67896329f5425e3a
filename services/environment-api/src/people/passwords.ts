/** Stores the passwords that people choose themselves: hashed and sealed by Auth API, against the one that it has compared. */
import { isSlowHash } from '@gatehouse/caller-auth/credentials';
import { type PersonView, personChangeId, personPasswordPlace } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import { type SecretBox, safeEqual } from '@gatehouse/service-kit/crypto';
import { badRequest, conflict, notFound } from '@gatehouse/service-kit/errors';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { Write, WriteContext, Writer } from '../changes/writer.ts';
import { namesOfChanges } from './person.ts';
import { lockPersonView } from './person-view.ts';
import { writePassword } from './store.ts';

export type PeoplePasswords = ReturnType<typeof createPasswords>;

export function createPasswords({ writer, secretBox }: { writer: Writer; secretBox: SecretBox }) {
  return {
    /**
     * `insteadOf`: the hash that the old password was compared with. Gives when it was changed, in Unix seconds.
     * @throws AppError 400, 404 also for a person who is not active, 409 where another change was faster
     */
    change: (
      context: WriteContext,
      environmentId: string,
      dbid: number,
      { passwordEnvelope, insteadOf }: { passwordEnvelope: string; insteadOf: string },
    ): Promise<number> =>
      writer.write(context, async (write) => {
        const person = await lockPersonView(write.db, environmentId, { field: 'dbid', value: dbid });
        if (!person?.isActive) throw notFound(`There is no active person ${dbid}`);
        const present = person.passwordEnvelope;
        const isSame =
          present !== undefined &&
          safeEqual(secretBox.open(present, personPasswordPlace(person.id)).toString('utf8'), insteadOf);
        if (!isSame) throw conflict('The person has another password by now: sign in with that one');
        requirePasswordHash(secretBox, person, passwordEnvelope);
        return storePassword(write, environmentId, person, passwordEnvelope);
      }),
  };
}

/** A hash that does not open now could never be compared with a password. @throws AppError 400 */
export function requirePasswordHash(secretBox: SecretBox, { id }: PersonView, envelope: string): void {
  const hash = openOrEmpty(secretBox, envelope, id);
  if (hash.startsWith('$argon2id$') && isSlowHash(hash)) return;
  throw badRequest('passwordEnvelope must be an argon2id hash, sealed for this person', {
    field: 'data.passwordEnvelope',
  });
}

function openOrEmpty(secretBox: SecretBox, envelope: string, id: string): string {
  try {
    return secretBox.open(envelope, personPasswordPlace(id)).toString('utf8');
  } catch {
    return '';
  }
}

/** A password that the person chose: links are over. */
export async function storePassword(
  write: Write,
  environmentId: string,
  person: PersonView,
  envelope: string,
): Promise<number> {
  const { changedAt, contactCenterId } = await writePassword(write.db, person.id, envelope);
  await deleteLinksOf(write.db, person.id);
  await write.record({
    action: 'update',
    entity: 'person',
    id: personChangeId(environmentId, person.dbid),
    ...definedOnly({ contactCenterId: contactCenterId ?? undefined }),
    changes: namesOfChanges({ password: person.passwordEnvelope }, { password: envelope }),
  });
  return changedAt;
}

/** A request that deactivates a person, or gives them a password, ends the link as well. */
export async function deleteLinksOf(db: Queryable, personId: string): Promise<void> {
  await db.query('DELETE FROM environment.password_links WHERE person_id = $1', [personId]);
}
