/** Writes one comparison of a filter as SQL, by the kind of its column. */
import { nameKey } from '../../people/name-key.ts';
import { scimError } from '../errors.ts';
import type { Attribute } from '../schema.ts';
import type { Comparison, Filter, Literal } from './filter.ts';

type Kind = 'text' | 'exact' | 'key' | 'boolean' | 'time' | 'id';

export interface Column {
  sql: string;
  /** `key`: in the form in which all spellings of a name are equal. */
  kind: Kind;
}

/** Adds a value and returns its placeholder. */
export type Bind = (value: unknown, type: string) => string;
type Compare = Extract<Filter, { kind: 'compare' }>;

export function compare(
  part: Compare | Extract<Filter, { kind: 'present' }>,
  { sql, kind }: Column,
  bind: Bind,
): string {
  if (part.kind === 'present') return `${sql} IS NOT NULL`;
  const { comparison, value } = part;
  if (value === null) return nullCondition(sql, comparison, part.attribute);
  switch (kind) {
    case 'id':
      return ordered(sql, equality(comparison, part.attribute), bind(idOf(value), 'uuid'));
    case 'boolean':
      return ordered(
        `(${sql})::boolean`,
        equality(comparison, part.attribute),
        bind(booleanOf(value, part.attribute), 'boolean'),
      );
    case 'time':
      return ordered(sql, comparison, bind(timeOf(value, part.attribute), 'timestamptz'));
    case 'exact':
      return textCondition(sql, comparison, bind(String(value), 'text'));
    case 'key':
      return textCondition(sql, comparison, bind(nameKey(String(value)), 'text'));
    case 'text':
      return textCondition(`lower(${sql})`, comparison, `lower(${bind(String(value), 'text')})`);
  }
}

const operators = { eq: '=', ne: 'IS DISTINCT FROM', gt: '>', ge: '>=', lt: '<', le: '<=' };

function ordered(sql: string, comparison: Comparison, placeholder: string): string {
  if (comparison in operators)
    return `${sql} ${operators[comparison as keyof typeof operators]} ${placeholder}`;
  throw scimError('invalidFilter', `A moment cannot be compared by ${comparison}`, 'filter');
}

function textCondition(sql: string, comparison: Comparison, placeholder: string): string {
  switch (comparison) {
    case 'co':
      return `position(${placeholder} IN ${sql}) > 0`;
    case 'sw':
      return `starts_with(${sql}, ${placeholder})`;
    case 'ew':
      return `right(${sql}, length(${placeholder})) = ${placeholder}`;
    default:
      return ordered(sql, comparison, placeholder);
  }
}

function nullCondition(sql: string, comparison: Comparison, name: string): string {
  return equality(comparison, name) === 'eq' ? `${sql} IS NULL` : `${sql} IS NOT NULL`;
}

function equality(comparison: Comparison, name: string): 'eq' | 'ne' {
  if (comparison === 'eq' || comparison === 'ne') return comparison;
  throw scimError('invalidFilter', `${name} can be compared by eq, ne and pr only`, 'filter');
}

export function kindOf({ type, caseExact }: Attribute): Kind {
  if (type === 'boolean') return 'boolean';
  return caseExact ? 'exact' : 'text';
}

/** A text that is no UUID is nobody's id. */
function idOf(value: Literal): string {
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(String(value));
  return isId ? String(value) : '00000000-0000-0000-0000-000000000000';
}

function booleanOf(value: Literal, name: string): boolean {
  const text = String(value).toLowerCase();
  if (text === 'true' || text === 'false') return text === 'true';
  throw scimError('invalidFilter', `${name} is compared with true or false`, 'filter');
}

// PostgreSQL and JavaScript agree on four-digit years only.
const earliestMs = Date.parse('0001-01-01T00:00:00Z');
const latestMs = Date.parse('9999-01-01T00:00:00Z');

function timeOf(value: Literal, name: string): string {
  const time = new Date(String(value));
  if (time.getTime() >= earliestMs && time.getTime() < latestMs) return time.toISOString();
  throw scimError(
    'invalidFilter',
    `${name} is compared with a moment such as "2027-01-31T12:00:00Z"`,
    'filter',
  );
}
