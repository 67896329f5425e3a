/** Finds people of the people store by a part of a name, one page at a time; by one or two characters: by the beginning of a name. */
import { type FoundPersonView, minNamePart } from '@gatehouse/contracts/environment-api';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { holds } from '../fields/search.ts';
import { nameKey } from './name-key.ts';
import { linkEnd } from './person-view.ts';

export interface SearchTerms {
  /** Empty: everybody. */
  text: string;
  /** The last user name of the page before. */
  after?: string | undefined;
  limit: number;
}

/** Each has an index. `$4`: as names are compared; `$5`: in lower case. */
const names = [
  ['p.user_name_key', '$4::text'],
  ['p.email_key', '$4::text'],
  ['lower(p.last_name::text) COLLATE "C"', 'lower($5::text) COLLATE "C"'],
  [
    `lower(coalesce(p.first_name || ' ', '') || coalesce(p.last_name, '')) COLLATE "C"`,
    'lower($5::text) COLLATE "C"',
  ],
] as const;

/** A range and no pattern, so that no character of the text means more than itself. U+10FFFF: no name goes on with it. */
const beginsWith = ([name, text]: (typeof names)[number]) =>
  `${name} >= ${text} AND ${name} < ${text} || chr(1114111)`;

const allNames = 'environment.person_text(p.user_name, p.first_name, p.last_name, p.email, p.attributes)';
/** Whether a name holds the text, which `given` is. */
const holdsPart = (given: string, text: string) => holds(allNames, `lower(${given}::text)`, text);

const place = 'p.environment_id = $1 AND p.user_name_key > $2';
const first = 'ORDER BY p.user_name_key LIMIT $3';
const everybody = `SELECT p.id FROM environment.people p WHERE ${place} ${first}`;
/** Each condition finds its first rows by itself, by its own index. */
const found = (text: string) =>
  [...names.map(beginsWith), ...([...text].length < minNamePart ? [] : [holdsPart('$5', text)])]
    .map(
      (condition) =>
        `(SELECT p.id, p.user_name_key FROM environment.people p WHERE ${place} AND ${condition} ${first})`,
    )
    .join(' UNION ');

export async function searchPeople(
  db: Queryable,
  environmentId: string,
  { text, after = '', limit }: SearchTerms,
): Promise<FoundPersonView[]> {
  const isAll = text === '';
  const ids = isAll ? everybody : `SELECT id FROM (${found(text)}) AS found ORDER BY user_name_key LIMIT $3`;
  const values = [environmentId, nameKey(after), limit];
  // Without a name: planned anew each time, by how many people the text finds.
  const { rows } = await db.query<{ person: FoundPersonView }>(
    `SELECT json_strip_nulls(json_build_object('id', p.id, 'dbid', p.dbid, 'userName', p.user_name,
        'firstName', p.first_name, 'lastName', p.last_name, 'email', p.email, 'isActive', p.is_active,
        'hasPassword', p.password IS NOT NULL,
        'passwordLinkEndsAt', ${linkEnd})) AS person
      FROM environment.people p WHERE p.id IN (${ids}) ORDER BY p.user_name_key`,
    isAll ? values : [...values, nameKey(text), text],
  );
  return rows.map(({ person }) => person);
}

/** Of a text that stands in more names, others are not looked at. */
const maxMatches = 10_000;

/** The environments of people whose names hold the text, in the order of their ids. */
export async function environmentsOfPeople(
  db: Queryable,
  text: string,
  limit: number,
): Promise<{ environmentIds: string[]; isCut: boolean }> {
  const { rows } = await db.query<{ id: string; matches: number }>(
    `SELECT found.environment_id AS id, count(*)::integer AS matches
      FROM (SELECT p.environment_id FROM environment.people p WHERE ${holdsPart('$1', text)} LIMIT $2) AS found
      GROUP BY found.environment_id ORDER BY found.environment_id LIMIT $3`,
    [text, maxMatches, limit + 1],
  );
  const matches = rows.reduce((sum, row) => sum + row.matches, 0);
  const environmentIds = rows.slice(0, limit).map(({ id }) => id);
  return { environmentIds, isCut: rows.length > limit || matches === maxMatches };
}
