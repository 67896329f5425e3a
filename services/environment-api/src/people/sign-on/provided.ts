/** Finds the person whom an identity provider means by a subject, creates them at the first sign-in, and keeps them in step. */
import type { FollowedChanges, ProvidedPerson, SignOnPerson } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import { AppError } from '@gatehouse/service-kit/errors';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { AdministratorPlaces, LinkMaker } from '../../access/administrator-places.ts';
import type { WriteContext, Writer } from '../../changes/writer.ts';
import { type HomeRow, requireHome } from '../home.ts';
import { nameKey } from '../name-key.ts';
import { fieldsOf, type Home, namesOfChanges, type Person } from '../person.ts';
import type { PeopleService } from '../service.ts';
import { lockPerson, personJson } from '../store.ts';
import { fieldsAfter, groupNamesOf } from '../written-fields.ts';
import { follow } from './followed.ts';
import { isKeptSubject, takeTurn } from './sign-on-links.ts';

/** New people of a contact centre within an hour: an identity provider where anybody may register must not fill the store. */
const maxNewPerHour = 1_000;

export type ProvidedPeople = ReturnType<typeof createProvidedPeople>;

interface ProvidedPeopleOptions {
  db: Queryable;
  writer: Writer;
  people: Pick<PeopleService, 'create'>;
  administratorPlaces: Pick<AdministratorPlaces, 'isReached'>;
}

export function createProvidedPeople({ db, writer, people, administratorPlaces }: ProvidedPeopleOptions) {
  /** The person may have got a right at the console that the maker of the link must not get. @throws AppError 503 */
  const isReached = async ({ home, made, person }: Judged): Promise<boolean> => {
    if (made === undefined || person === undefined) return true;
    const groups = person.groups.map(({ name }) => name);
    return administratorPlaces.isReached(made.maker, home.contactCenterId, { dbid: person.dbid, groups });
  };

  const write = (
    context: WriteContext,
    { home, made }: Judged,
    given: SignOnPerson,
  ): Promise<ProvidedPerson> =>
    writer.write(context, async (within): Promise<ProvidedPerson> => {
      await takeTurn(within.db, home);
      const judged = await judge(within.db, home.contactCenterId, given);
      // Made meanwhile: nobody has asked yet for whom it works.
      if (judged.made !== undefined && judged.made.id !== made?.id) return { outcome: 'taken' };
      if (!isWritten(judged, given)) return judged.answer;
      const { issuer, subject, userName } = given;
      const groups = groupNamesOf(given.groups);
      if (judged.person !== undefined) {
        const present = await lockPerson(within.db, home.environmentId, judged.person.id);
        // Between the two.
        if (present === undefined) return { outcome: 'deleted' };
        await follow(within, home, present, { fields: fieldsOfProvider(given, present), groups, issuer });
        return judged.answer;
      }
      const fields = fieldsAfter({ userName, ...namesIn(given) });
      const { id } = await people.create({ ...context, within }, home, { fields, groups, provider: issuer });
      await within.db.query({
        name: 'people_link_insert',
        text: `INSERT INTO environment.people_links (environment_id, issuer, subject, person_id)
          VALUES ($1, $2, $3, $4)`,
        values: [home.environmentId, issuer, subject, id],
      });
      const { answer } = await judge(within.db, home.contactCenterId, given);
      return { ...answer, outcome: 'created' };
    });

  return {
    /** `isTrial`: nothing is written. @throws AppError 400, 404, 409 where the people are elsewhere, 503 */
    async signOn(
      context: WriteContext,
      contactCenterId: string,
      given: SignOnPerson,
    ): Promise<ProvidedPerson> {
      const judged = await judge(db, contactCenterId, given);
      if (!(await isReached(judged))) return { outcome: 'taken' };
      if (given.isTrial || !isWritten(judged, given)) return judged.answer;
      return write(context, judged, given).catch((error: unknown): ProvidedPerson => {
        if (!(error instanceof AppError)) throw error;
        // By an administrator or a SCIM client at the same moment.
        if (error.name === 'uniqueness') return { outcome: 'taken' };
        // Written by a sign-in in the writable region. A right that the provider took away must not be used until then.
        if (error.name === 'read_only_region' && judged.person !== undefined && !isLessened(judged))
          return withoutChanges(judged.answer);
        throw error;
      });
    },
  };
}

/** A link that an administrator made. */
interface MadeLink {
  id: string;
  maker: LinkMaker;
}

interface Judged {
  home: Home;
  person: Person | undefined;
  /** The link that leads to the person; undefined: the first sign-in made it. */
  made?: MadeLink;
  answer: ProvidedPerson;
}

interface Row extends HomeRow {
  outcome: ProvidedPerson['outcome'];
  person: Person | null;
  made: MadeLink | null;
}

function isWritten({ answer }: Judged, { isFollowed }: SignOnPerson): boolean {
  return answer.outcome === 'new' || (isFollowed && answer.changes !== undefined);
}

const isLessened = ({ answer }: Judged): boolean => (answer.changes?.left.length ?? 0) > 0;

const withoutChanges = ({ changes: _unwritten, ...answer }: ProvidedPerson): ProvidedPerson => answer;

/**
 * In one question, which every sign-in asks: what only strangers need is not looked up for others. A name alone never leads to
 * a person: somebody who may choose names at the identity provider would be let in as another one.
 */
async function judge(db: Queryable, contactCenterId: string, given: SignOnPerson): Promise<Judged> {
  const { rows } = await db.query<Row>({
    name: 'person_by_subject',
    text: `SELECT e.id AS "environmentId", e.directory, CASE WHEN p.id IS NOT NULL THEN ${personJson} END AS person,
        CASE WHEN l.linked_by IS NOT NULL
          THEN json_build_object('id', l.id, 'maker', coalesce(l.maker, 'anybody')) END AS made,
        CASE WHEN p.id IS NOT NULL THEN 'known'
          WHEN ${isKeptSubject} OR EXISTS (
            SELECT FROM environment.deleted_parts d WHERE d.place = 'people' AND d.part ->> 'user_name_key' = $4
              AND d.part ->> 'environment_id' = e.id::text
          ) THEN 'deleted'
          WHEN EXISTS (
            SELECT FROM environment.people o WHERE o.environment_id = e.id AND o.user_name_key = $4
          ) THEN 'taken'
          WHEN (SELECT count(*) FROM environment.people_links n WHERE n.environment_id = e.id
            AND n.created_at > now() - interval '1 hour' AND n.linked_by IS NULL) < $5 THEN 'new'
          ELSE 'limit' END AS outcome
      FROM environment.contact_centers c JOIN environment.environments e ON e.id = c.environment_id
      LEFT JOIN environment.people_links l ON l.environment_id = e.id AND l.issuer = $2 AND l.subject = $3
      LEFT JOIN environment.people p ON p.id = l.person_id
      WHERE c.id = $1`,
    values: [contactCenterId, given.issuer, given.subject, nameKey(given.userName), maxNewPerHour],
  });
  const home = requireHome(contactCenterId, rows[0]);
  const { outcome, person, made } = rows[0] as Row;
  const answer = { outcome, ...definedOnly({ changes: changesOf(given, outcome, person) }) };
  if (person === null) return { home, person: undefined, answer };
  const { userName, dbid } = person;
  return { home, person, answer: { ...answer, userName, dbid }, ...definedOnly({ made: made ?? undefined }) };
}

/** A person whom an administrator has disabled is let in by no change of them. */
function changesOf(
  given: SignOnPerson,
  outcome: ProvidedPerson['outcome'],
  person: Person | null,
): FollowedChanges | undefined {
  if (person === null) return outcome === 'new' ? joining(given.groups) : undefined;
  if (!given.isFollowed || !person.isActive) return undefined;
  const written = namesOfChanges(fieldsOf(person), fieldsOfProvider(given, person));
  const fields = followed.filter((name) => (name === 'email' ? 'emails' : name) in written);
  const named = new Set(given.groups.map(nameKey));
  const present = new Set(person.groups.map(({ name }) => nameKey(name)));
  const left = person.groups.filter(
    ({ name, provider }) => provider === given.issuer && !named.has(nameKey(name)),
  );
  const joined = given.groups.filter((name) => !present.has(nameKey(name)));
  if (fields.length + joined.length + left.length === 0) return undefined;
  return { fields, joined, left: left.map(({ name }) => name) };
}

const joining = (joined: readonly string[]): FollowedChanges | undefined =>
  joined.length === 0 ? undefined : { fields: [], joined: [...joined], left: [] };

const followed = ['firstName', 'lastName', 'email'] as const;

const namesIn = ({ firstName, lastName, email }: SignOnPerson) => definedOnly({ firstName, lastName, email });

/** The user name stays, and so does each field of which the identity provider says nothing. */
const fieldsOfProvider = (given: SignOnPerson, present: Person) => fieldsAfter(namesIn(given), present);
