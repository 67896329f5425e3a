/** Finds people of the people store by a part of a name, one page at a time; by one or two characters: by the beginning of a name. */
import { type FoundPersonView, minNamePart, type PeopleSort } from '@gatehouse/contracts/environment-api';
import { badRequest } from '@gatehouse/service-kit/errors';
import { type Bind, binderOf, isoTime, type Queryable } from '@gatehouse/service-kit/postgres';
import { holds, idsOfAny, orderBy } from '../fields/search.ts';
import { nameKey } from './name-key.ts';
import { linkEnd, linkIssuers } from './person-view.ts';

export interface SearchTerms {
  /** Empty: everybody. */
  text: string;
  sort?: PeopleSort | undefined;
  /** User name and `sortKey` of the last person of the page before. */
  after?: string | undefined;
  afterKey?: string | undefined;
  limit: number;
}

const table = { table: 'environment.people', alias: 'p' };
const fullName = `lower(coalesce(p.first_name || ' ', '') || coalesce(p.last_name, '')) COLLATE "C"`;
const allNames = 'environment.person_text(p.user_name, p.first_name, p.last_name, p.email, p.attributes)';
/** Whether a name holds the text, which `given` is. */
const holdsPart = (given: string, text: string) => holds(allNames, `lower(${given}::text)`, text);

/** Each has an index, and so has each order. */
function conditionsOf(text: string, bind: Bind): string[] {
  if (text === '') return ['true'];
  const [key, typed] = [bind(nameKey(text), 'text'), bind(text, 'text')];
  const lower = `lower(${typed}) COLLATE "C"`;
  // A range and no pattern, so that no character of the text means more than itself. U+10FFFF: no name goes on with it.
  const beginsWith = (name: string, given: string) =>
    `${name} >= ${given} AND ${name} < ${given} || chr(1114111)`;
  return [
    beginsWith('p.user_name_key', key),
    beginsWith('p.email_key', key),
    beginsWith('lower(p.last_name::text) COLLATE "C"', lower),
    beginsWith(fullName, lower),
    ...([...text].length < minNamePart ? [] : [holdsPart(typed, text)]),
  ];
}

/** The expression that is compared before the user name, and its type. */
const sortKeys = {
  userName: undefined,
  name: [fullName, 'text'],
  email: ["coalesce(p.email_key, '')", 'text'],
  changed: ['p.updated_at', 'timestamptz'],
} as const;

function orderOf(sort: PeopleSort) {
  const [, minus, column = 'userName'] = /^(-?)(\w+)$/.exec(sort) ?? [];
  const [key, type] = sortKeys[column as keyof typeof sortKeys] ?? [];
  return { key, type, isLast: minus === '-', keys: [...(key ? [key] : []), 'p.user_name_key'] };
}

function behind(order: ReturnType<typeof orderOf>, { after, afterKey = '' }: SearchTerms, bind: Bind) {
  if (after === undefined) return [];
  const { type, keys, isLast } = order;
  const bound = [...(type ? [bind(afterKey, type)] : []), bind(nameKey(after), 'text')];
  return [`(${keys.join(', ')}) ${isLast ? '<' : '>'} (${bound.join(', ')})`];
}

/** Codes of PostgreSQL for a text that is no moment, that is out of range, and whose time zone there is not. */
const noMoment = ['22007', '22008', '22009', '22023'];

function refuseKey(error: Error & { code?: string }): never {
  if (!noMoment.includes(error.code ?? '')) throw error;
  throw badRequest('afterKey must be the sortKey of the last person of the page before', {
    field: 'afterKey',
    reason: 'wrong_form',
  });
}

/** @throws AppError 400 for an `afterKey` that no person of this order has */
export async function searchPeople(
  db: Queryable,
  environmentId: string,
  terms: SearchTerms,
): Promise<FoundPersonView[]> {
  const values: unknown[] = [environmentId, terms.limit, 0];
  const bind = binderOf(values);
  const order = orderOf(terms.sort ?? 'userName');
  const narrowed = ['p.environment_id = $1', ...behind(order, terms, bind)].join(' AND ');
  const ids = idsOfAny(table, narrowed, conditionsOf(terms.text, bind), order);
  // Without a name: planned anew each time, by how many people the text finds.
  const found = db.query<{ person: FoundPersonView }>(
    `SELECT json_strip_nulls(json_build_object('id', p.id, 'dbid', p.dbid, 'userName', p.user_name,
        'firstName', p.first_name, 'lastName', p.last_name, 'email', p.email, 'isActive', p.is_active,
        'hasPassword', p.password IS NOT NULL, 'changedAt', ${isoTime('p.updated_at')},
        'sortKey', (${order.key ?? 'NULL'})::text, 'passwordLinkEndsAt', ${linkEnd},
        'linkIssuers', ${linkIssuers})) AS person
      FROM environment.people p WHERE p.id = ANY (ARRAY(${ids})) ORDER BY ${orderBy(order)}`,
    values,
  );
  const { rows } = await found.catch(refuseKey);
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
