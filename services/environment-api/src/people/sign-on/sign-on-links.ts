/** Links people of the people store to identity providers: administrators see the links of a person, add one, and remove one. */
import type { NewSignOnLink, SignOnLink } from '@gatehouse/contracts/environment-administration';
import { linkIssuerOf, readLinkIssuer } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import { AppError, conflict, notFound } from '@gatehouse/service-kit/errors';
import { isoTime, type Queryable } from '@gatehouse/service-kit/postgres';
import { linkMakerOf } from '../../access/administrator-places.ts';
import type { Write, WriteContext, Writer } from '../../changes/writer.ts';
import { parseId } from '../../fields/scalars.ts';
import type { Home, Person } from '../person.ts';
import { writtenOf } from '../records.ts';
import { announceEnd, type PeopleService } from '../service.ts';
import { follow } from './followed.ts';

/** More identity providers than a contact centre has. */
const maxLinks = 20;

export type SignOnLinks = ReturnType<typeof createSignOnLinks>;

interface SignOnLinksOptions {
  db: Queryable;
  writer: Writer;
  people: Pick<PeopleService, 'read' | 'lock'>;
}

export function createSignOnLinks({ db, writer, people }: SignOnLinksOptions) {
  const changed = (
    context: WriteContext,
    home: Home,
    text: string,
    work: (write: Write, person: Person) => Promise<void>,
  ): Promise<void> =>
    writer.write(context, async (write) => {
      await takeTurn(write.db, home);
      await work(write, await people.lock(context, write, home, text));
    });

  return {
    /** @throws AppError 404 */
    async list(home: Home, text: string): Promise<SignOnLink[]> {
      return linksOf(db, (await people.read(home, text)).id);
    },
    /** The subject signs in as this person from now on. @throws AppError 403, 404, 409 */
    add: (context: WriteContext, home: Home, text: string, { protocol, issuer, subject }: NewSignOnLink) =>
      changed(context, home, text, async (write, { id, dbid }) => {
        if ((await linksOf(write.db, id)).length >= maxLinks)
          throw conflict(`A person has at most ${maxLinks} links: remove one that nobody uses`);
        const key = [home.environmentId, linkIssuerOf(protocol, issuer), subject];
        await requireFree(write.db, key);
        await write.db.query({
          name: 'people_link_add',
          text: `INSERT INTO environment.people_links (environment_id, issuer, subject, person_id, linked_by, maker)
            VALUES ($1, $2, $3, $4, $5, $6)`,
          values: [...key, id, context.caller.name, linkMakerOf(context.caller)],
        });
        await write.record(writtenOf(home, 'update', dbid, undefined, { signOnLink: subject }));
      }),
    /** Also ends what the person had by it: groups that its identity provider gave, sessions and tokens. @throws AppError 403, 404 */
    remove: (context: WriteContext, home: Home, text: string, linkText: string) =>
      changed(context, home, text, async (write, person) => {
        const { rows } = await write.db.query<{ issuer: string }>({
          name: 'people_link_delete',
          text: 'DELETE FROM environment.people_links WHERE person_id = $1 AND id = $2 RETURNING issuer',
          values: [person.id, parseId(linkText) ?? null],
        });
        const [gone] = rows;
        if (gone === undefined) throw notFound(`The person has no link ${JSON.stringify(linkText)}`);
        await write.record(writtenOf(home, 'update', person.dbid, { signOnLink: linkText }, undefined));
        await follow(write, home, person, { groups: [], issuer: gone.issuer });
        announceEnd(write, home, person.dbid);
      }),
  };
}

/** One after the other: of two first sign-ins of one person the second finds what the first has created. */
export async function takeTurn(db: Queryable, { environmentId }: Home): Promise<void> {
  await db.query({
    name: 'people_link_turn',
    text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))',
    values: [`people_links ${environmentId}`],
  });
}

/** SQL over the environment `e`; `$2` the issuer, `$3` the subject. A deleted person returns with their links. */
export const isKeptSubject = `EXISTS (
  SELECT FROM environment.deleted_parts d WHERE d.place = 'people_links' AND d.part ->> 'subject' = $3
    AND d.part ->> 'issuer' = $2 AND d.part ->> 'environment_id' = e.id::text)`;

/** @throws AppError 409 for a subject of another person, or of one who was deleted */
async function requireFree(db: Queryable, key: string[]): Promise<void> {
  const { rows } = await db.query<{ isLinked: boolean; isKept: boolean }>({
    name: 'people_link_taken',
    text: `SELECT ${isKeptSubject} AS "isKept", EXISTS (
        SELECT FROM environment.people_links l WHERE l.environment_id = e.id AND l.issuer = $2 AND l.subject = $3
      ) AS "isLinked" FROM environment.environments e WHERE e.id = $1`,
    values: key,
  });
  const { isLinked, isKept } = rows[0] ?? {};
  if (isLinked) throw taken('This subject is linked to a person already: remove that link first');
  if (isKept)
    throw taken('This subject was linked to a person who is deleted: restore or erase that person first');
}

const taken = (message: string) =>
  new AppError('uniqueness', 409, message, { field: 'data.subject', reason: 'taken' });

async function linksOf(db: Queryable, personId: string): Promise<SignOnLink[]> {
  const { rows } = await db.query<{
    id: string;
    key: string;
    subject: string;
    by: string | null;
    at: string;
  }>({
    name: 'people_links_of',
    text: `SELECT id, issuer AS key, subject, linked_by AS by, ${isoTime('created_at')} AS at
      FROM environment.people_links WHERE person_id = $1 ORDER BY created_at, id`,
    values: [personId],
  });
  return rows.map(({ id, key, subject, by, at }) => ({
    id,
    ...readLinkIssuer(key),
    subject,
    ...definedOnly({ linkedBy: by ?? undefined }),
    createdAt: at,
  }));
}
