/** Translates filters to SQL. Names come from our own schemas, what the caller wrote is a parameter. */
import { nameKey } from '../people/name-key.ts';
import type { Condition } from '../people/store.ts';
import { scimError } from './errors.ts';
import type { Comparison, Filter, Literal } from './filter.ts';
import {
  type Attribute,
  enterpriseUrn,
  find,
  groupSchema,
  type ResourceSchema,
  resolve,
  type Target,
  userSchema,
} from './schema.ts';

type Kind = 'text' | 'exact' | 'key' | 'boolean' | 'time' | 'id';

interface Column {
  sql: string;
  /** `key`: in the form in which all spellings of a name are equal. */
  kind: Kind;
}

/** Adds a value and returns its placeholder. */
type Bind = (value: unknown, type: string) => string;
type Compare = Extract<Filter, { kind: 'compare' }>;

const userColumns: Record<string, Column> = {
  id: { sql: 'p.id', kind: 'id' },
  externalId: { sql: 'p.external_id', kind: 'exact' },
  userName: { sql: 'p.user_name_key', kind: 'key' },
  'name.givenName': { sql: 'p.first_name', kind: 'text' },
  'name.familyName': { sql: 'p.last_name', kind: 'text' },
  active: { sql: 'p.is_active', kind: 'boolean' },
  'meta.created': { sql: 'p.created_at', kind: 'time' },
  'meta.lastModified': { sql: 'p.updated_at', kind: 'time' },
  [`${enterpriseUrn}:employeeNumber`]: { sql: 'p.employee_id', kind: 'text' },
};
const groupColumns: Record<string, Column> = {
  id: { sql: 'g.id', kind: 'id' },
  externalId: { sql: 'g.external_id', kind: 'exact' },
  displayName: { sql: 'g.name_key', kind: 'key' },
  'meta.created': { sql: 'g.created_at', kind: 'time' },
  'meta.lastModified': { sql: 'g.updated_at', kind: 'time' },
};
const memberColumn: Column = { sql: 'm.person_id', kind: 'id' };
const groupColumn: Column = { sql: 'm.group_id', kind: 'id' };

export const everything: Condition = { text: 'true', values: [] };

/** Over `people p`. @throws AppError 400 invalidFilter */
export function userCondition(filter: Filter): Condition {
  return translate(
    filter,
    userSchema,
    userColumns,
    'groups',
    (inner) =>
      `EXISTS (SELECT FROM environment.people_group_members m WHERE m.person_id = p.id AND ${inner(groupColumn)})`,
  );
}

/** Over `people_groups g`. @throws AppError 400 invalidFilter */
export function groupCondition(filter: Filter): Condition {
  return translate(
    filter,
    groupSchema,
    groupColumns,
    'members',
    (inner) =>
      `EXISTS (SELECT FROM environment.people_group_members m WHERE m.group_id = g.id AND ${inner(memberColumn)})`,
  );
}

/** `related`: the attribute whose values are rows of the table of members. */
function translate(
  filter: Filter,
  schema: ResourceSchema,
  columns: Record<string, Column>,
  related: string,
  exists: (inner: (column: Column) => string) => string,
): Condition {
  const values: unknown[] = [];
  const bind: Bind = (value, type) => {
    values.push(value);
    // The environment is the first value.
    return `$${values.length + 1}::${type}`;
  };

  function conditionOf(part: Filter): string {
    switch (part.kind) {
      case 'and':
      case 'or':
        return `(${part.parts.map(conditionOf).join(` ${part.kind.toUpperCase()} `)})`;
      case 'not':
        // What is unknown about an absent value counts as false before it is turned round.
        return `(NOT coalesce(${conditionOf(part.part)}, false))`;
      case 'some':
        return someOf(part.attribute, (inner) => inner(part.filter));
      default:
        return leafOf(part);
    }
  }

  function leafOf(part: Exclude<Filter, { kind: 'and' | 'or' | 'not' | 'some' }>): string {
    const target = targetOf(schema, part.attribute);
    const { attribute, sub } = target;
    if (attribute.multiValued)
      return someOf(attribute.name, (inner) => inner({ ...part, attribute: sub?.name ?? 'value' }));
    return compare(part, columns[pathOf(target)] ?? storedColumn(target, part.attribute), bind);
  }

  function someOf(name: string, build: (inner: (filter: Filter) => string) => string): string {
    const { attribute, urn, sub } = targetOf(schema, name);
    if (!attribute.multiValued || urn !== undefined || sub !== undefined) throw unsupported(name);
    if (attribute.name === related)
      return exists((column) =>
        build((filter) => valueCondition(filter, (sub) => relatedColumn(sub, column), bind)),
      );
    if (attribute.mutability !== 'readWrite') throw unsupported(name);
    const element = (found: Attribute) => ({ sql: `v ->> '${found.name}'`, kind: kindOf(found) });
    return build((filter) => {
      const columnOf = (text: string) =>
        element(find(attribute.subAttributes, text) ?? raiseUnsupported(`${name}.${text}`));
      const each = `EXISTS (SELECT FROM jsonb_array_elements(coalesce(p.attributes -> '${attribute.name}', '[]')) AS v
        WHERE ${valueCondition(filter, columnOf, bind)})`;
      const address = attribute.name === 'emails' ? requiredValue(filter) : undefined;
      // The index finds the few rows whose values are looked at one by one.
      return address === undefined
        ? each
        : `(p.email_keys @> ARRAY[${bind(nameKey(address), 'text')}] AND ${each})`;
    });
  }

  return { text: conditionOf(filter), values };
}

/** Inside brackets: the attributes are those of one value. */
function valueCondition(filter: Filter, columnOf: (name: string) => Column, bind: Bind): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return `(${filter.parts.map((part) => valueCondition(part, columnOf, bind)).join(` ${filter.kind.toUpperCase()} `)})`;
    case 'not':
      return `(NOT coalesce(${valueCondition(filter.part, columnOf, bind)}, false))`;
    case 'some':
      throw unsupported(filter.attribute);
    default:
      return compare(filter, columnOf(filter.attribute), bind);
  }
}

/** The value that every hit has, if the filter says so. */
function requiredValue(filter: Filter): string | undefined {
  if (filter.kind === 'and') return filter.parts.map(requiredValue).find((value) => value !== undefined);
  if (filter.kind !== 'compare' || filter.comparison !== 'eq' || typeof filter.value !== 'string')
    return undefined;
  return filter.attribute.toLowerCase() === 'value' ? filter.value : undefined;
}

function relatedColumn(name: string, column: Column): Column {
  return name.toLowerCase() === 'value' ? column : raiseUnsupported(name);
}

/** A single value that is kept as it was sent. */
function storedColumn(target: Target, name: string): Column {
  const { urn, attribute, sub } = target;
  const last = sub ?? attribute;
  if (attribute.mutability !== 'readWrite' || last.type === 'complex') throw unsupported(name);
  const names = [urn, attribute.name, sub?.name].flatMap((part) => (part === undefined ? [] : `'${part}'`));
  const path = [...names.slice(0, -1).map((part) => ` -> ${part}`), ` ->> ${names.at(-1)}`];
  return { sql: `(p.attributes${path.join('')})`, kind: kindOf(last) };
}

function compare(
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

function kindOf({ type, caseExact }: Attribute): Kind {
  if (type === 'boolean') return 'boolean';
  return caseExact ? 'exact' : 'text';
}

/** What is no UUID is nobody's id. */
function idOf(value: Literal): string {
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(String(value));
  return isId ? String(value) : '00000000-0000-0000-0000-000000000000';
}

function booleanOf(value: Literal, name: string): boolean {
  const text = String(value).toLowerCase();
  if (text === 'true' || text === 'false') return text === 'true';
  throw scimError('invalidFilter', `${name} is compared with true or false`, 'filter');
}

function timeOf(value: Literal, name: string): string {
  const time = new Date(String(value));
  // PostgreSQL and JavaScript agree on four-digit years only.
  if (time.getTime() >= Date.UTC(1, 0) && time.getTime() < Date.UTC(9999, 0)) return time.toISOString();
  throw scimError(
    'invalidFilter',
    `${name} is compared with a moment such as "2027-01-31T12:00:00Z"`,
    'filter',
  );
}

function targetOf(schema: ResourceSchema, name: string): Target {
  return resolve(schema, name) ?? raiseUnsupported(name);
}

function pathOf({ urn, attribute, sub }: Target): string {
  return [urn, sub ? `${attribute.name}.${sub.name}` : attribute.name]
    .filter((part) => part !== undefined)
    .join(':');
}

function raiseUnsupported(name: string): never {
  throw unsupported(name);
}

function unsupported(name: string) {
  return scimError(
    'invalidFilter',
    `The filter names ${JSON.stringify(name.slice(0, 100))}, by which nothing can be filtered here`,
    'filter',
  );
}
