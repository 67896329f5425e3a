/** Finds the person whom an identity provider means by a subject, and creates the person at the first single sign-on. */
import type { ProvidedPerson, SignOnPerson } from '@gatehouse/contracts/environment-api';
import { AppError } from '@gatehouse/service-kit/errors';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { WriteContext, Writer } from '../changes/writer.ts';
import { findHome } from './home.ts';
import { nameKey } from './name-key.ts';
import type { Home } from './person.ts';
import type { PeopleService } from './service.ts';
import { fieldsAfter } from './written-fields.ts';

/** New people of a contact centre within an hour: an identity provider where anybody may register must not fill the store. */
const maxNewPerHour = 1_000;

export type ProvidedPeople = ReturnType<typeof createProvidedPeople>;

interface ProvidedPeopleOptions {
  db: Queryable;
  writer: Writer;
  people: Pick<PeopleService, 'create'>;
}

export function createProvidedPeople({ db, writer, people }: ProvidedPeopleOptions) {
  return {
    /** `isTrial`: nobody is created. @throws AppError 400, 404, 409 where the people are elsewhere */
    async signOn(
      context: WriteContext,
      contactCenterId: string,
      given: SignOnPerson,
    ): Promise<ProvidedPerson> {
      const home = await findHome(db, contactCenterId);
      const found = await judge(db, home, given);
      if (found.outcome !== 'new' || given.isTrial) return found;
      return writer
        .write(context, async (write): Promise<ProvidedPerson> => {
          // One after the other: of two first sign-ins of one person the second finds what the first has created.
          await write.db.query({
            name: 'people_link_turn',
            text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))',
            values: [`people_links ${home.environmentId}`],
          });
          const now = await judge(write.db, home, given);
          if (now.outcome !== 'new') return now;
          const { userName, firstName, lastName, email } = given;
          const fields = fieldsAfter({ userName, firstName, lastName, email });
          const { id } = await people.create({ ...context, within: write }, home, { fields });
          await write.db.query({
            name: 'people_link_insert',
            text: `INSERT INTO environment.people_links (environment_id, issuer, subject, person_id)
              VALUES ($1, $2, $3, $4)`,
            values: [home.environmentId, given.issuer, given.subject, id],
          });
          return { ...(await judge(write.db, home, given)), outcome: 'created' };
        })
        .catch((error: unknown) => {
          // By an administrator or a SCIM client at the same moment.
          if (error instanceof AppError && error.name === 'uniqueness') return { outcome: 'taken' as const };
          throw error;
        });
    },
  };
}

interface Row {
  userName: string | null;
  dbid: number | null;
  isDeleted: boolean;
  isTaken: boolean;
  newPeople: number;
}

/** A name alone never leads to a person: somebody who may choose names at the identity provider would be let in as another one. */
async function judge(
  db: Queryable,
  { environmentId }: Home,
  { issuer, subject, userName }: SignOnPerson,
): Promise<ProvidedPerson> {
  const { rows } = await db.query<Row>({
    name: 'person_by_subject',
    text: `SELECT p.user_name AS "userName", p.dbid,
        EXISTS (
          SELECT FROM environment.deleted_parts d WHERE d.place = 'people_links' AND d.part ->> 'subject' = $3
            AND d.part ->> 'issuer' = $2 AND d.part ->> 'environment_id' = $1::text
        ) OR EXISTS (
          SELECT FROM environment.deleted_parts d WHERE d.place = 'people' AND d.part ->> 'user_name_key' = $4
            AND d.part ->> 'environment_id' = $1::text
        ) AS "isDeleted",
        EXISTS (
          SELECT FROM environment.people o WHERE o.environment_id = $1 AND o.user_name_key = $4
        ) AS "isTaken",
        (SELECT count(*) FROM environment.people_links n
          WHERE n.environment_id = $1 AND n.created_at > now() - interval '1 hour')::integer AS "newPeople"
      FROM (SELECT) AS one
      LEFT JOIN environment.people_links l ON l.environment_id = $1 AND l.issuer = $2 AND l.subject = $3
      LEFT JOIN environment.people p ON p.id = l.person_id`,
    values: [environmentId, issuer, subject, nameKey(userName)],
  });
  const [row] = rows;
  if (row === undefined) throw new Error('a left join of one row gave none');
  if (row.userName !== null && row.dbid !== null)
    return { outcome: 'known', userName: row.userName, dbid: row.dbid };
  if (row.isDeleted) return { outcome: 'deleted' };
  if (row.isTaken) return { outcome: 'taken' };
  return { outcome: row.newPeople < maxNewPerHour ? 'new' : 'limit' };
}
