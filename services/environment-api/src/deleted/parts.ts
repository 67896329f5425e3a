/** Lists the rows that go with a deleted object, table by table, keeps them as JSON, and puts them back. */
import type { DeletedKind } from '@gatehouse/contracts/environment-administration';
import type { Queryable } from '@gatehouse/service-kit/postgres';

interface Part {
  /** SQL over `t`, the row; `$2` is the id of the object. */
  of: string;
  /** Columns that are not kept: secrets, and versions, because a restored row is a new one for caches. */
  without: readonly string[];
  /** SQL: replaces what is kept of the row. */
  kept?: string;
  /** SQL over `p`, what is kept of the row: replaces the row that returns. */
  part?: string;
  /** SQL over `r`, the row that returns: only these. */
  returns?: string;
  /** Rows that are there already stay as they are. */
  mayExist?: true;
}

const ofCenter = 't.contact_center_id = $2';
const ofEnvironment = 't.environment_id = $2';
const secretsOfPeople = ['password', 'password_key_id', 'password_changed_at', 'version'];
/** The group may have gone since, and the data of the person may have been erased. */
const isMemberOfOne = `EXISTS (SELECT FROM environment.people_groups g WHERE g.id = r.group_id)
  AND EXISTS (SELECT FROM environment.people p WHERE p.id = r.person_id)`;
const isOfOne = 'EXISTS (SELECT FROM environment.people p WHERE p.id = r.person_id)';
/** A replica of the release before does not know that a kept look needs its picture, and may have deleted it. */
const withItsPicture = `CASE WHEN EXISTS (SELECT FROM environment.images i WHERE i.digest = p.part ->> 'logo')
  THEN p.part ELSE p.part - 'logo' END`;

/** In the order in which they return. */
const partsOf = {
  environment: {
    person_numbers: { of: ofEnvironment, without: [], mayExist: true },
    people_groups: { of: ofEnvironment, without: ['ordinal', 'version'] },
    people: { of: ofEnvironment, without: secretsOfPeople },
    people_group_members: {
      of: 't.group_id IN (SELECT g.id FROM environment.people_groups g WHERE g.environment_id = $2)',
      without: [],
      returns: isMemberOfOne,
    },
    people_links: { of: ofEnvironment, without: [], returns: isOfOne },
  },
  'contact-center': {
    settings: { of: ofCenter, without: [] },
    single_sign_on: {
      of: ofCenter,
      without: ['secret', 'secret_key_id'],
      // Without its secret it would refuse everybody: somebody types the secret and switches it on.
      kept: `CASE WHEN t.secret IS NULL THEN to_jsonb(t) ELSE jsonb_set(to_jsonb(t), '{settings,enabled}', 'false') END`,
    },
    branding: { of: ofCenter, without: [], part: withItsPicture },
  },
  person: {
    person_numbers: {
      of: 't.dbid = (SELECT p.dbid FROM environment.people p WHERE p.id = $2)',
      without: [],
      mayExist: true,
    },
    people: { of: 't.id = $2', without: secretsOfPeople },
    people_group_members: { of: 't.person_id = $2', without: [], returns: isMemberOfOne },
    people_links: { of: 't.person_id = $2', without: [] },
  },
} as const satisfies Record<DeletedKind, Record<string, Part>>;

const entriesOf = (kind: DeletedKind) => Object.entries<Part>(partsOf[kind]);

export interface KeptObject {
  /** Of what is kept. */
  id: string;
  kind: DeletedKind;
  objectId: string;
}

/** Before the rows are deleted, in their transaction. */
export async function keepParts(db: Queryable, { id, kind, objectId }: KeptObject): Promise<void> {
  for (const [place, { of, without, kept = 'to_jsonb(t)' }] of entriesOf(kind)) {
    await db.query({
      name: `deleted_part ${kind} ${place}`,
      text: `INSERT INTO environment.deleted_parts (deleted_id, place, part)
        SELECT $1, $3, ${kept} - $4::text[] FROM environment.${place} t WHERE ${of}`,
      values: [id, objectId, place, without],
    });
  }
}

/**
 * `userName`: another one for a person, with the form in which names are compared. Errors: unique_violation for a name that is
 * taken
 */
export async function restoreParts(
  db: Queryable,
  { id, kind }: KeptObject,
  userName?: { user_name: string; user_name_key: string },
): Promise<void> {
  for (const [place, { part = 'p.part', returns = 'true', mayExist }] of entriesOf(kind)) {
    // A release may have added columns since the deletion: these get their defaults.
    const { rows } = await db.query<{ names: string | null }>(
      `SELECT string_agg(quote_ident(attname), ', ') AS names FROM pg_attribute
        WHERE attrelid = ('environment.' || $2)::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
          AND attname IN (SELECT jsonb_object_keys(part) FROM (
            SELECT part FROM environment.deleted_parts WHERE deleted_id = $1 AND place = $2 LIMIT 1) AS one)`,
      [id, place],
    );
    const names = rows[0]?.names;
    if (!names) continue;
    await db.query(
      `INSERT INTO environment.${place} (${names})
        SELECT ${names} FROM environment.deleted_parts p, jsonb_populate_record(NULL::environment.${place}, ${part} || $3) r
          WHERE p.deleted_id = $1 AND p.place = $2 AND ${returns} ${mayExist ? 'ON CONFLICT DO NOTHING' : ''}`,
      [id, place, JSON.stringify(kind === 'person' && place === 'people' ? (userName ?? {}) : {})],
    );
  }
}
