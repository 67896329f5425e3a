/** Translates filters to SQL. Names come from our own schemas; what the caller wrote is a parameter. */
import { nameKey } from '../../people/name-key.ts';
import type { Condition } from '../../people/store.ts';
import { scimError } from '../errors.ts';
import {
  type Attribute,
  enterpriseUrn,
  find,
  groupSchema,
  type ResourceSchema,
  resolve,
  type Target,
  userSchema,
} from '../schema.ts';
import { type Bind, type Column, compare, kindOf } from './comparison-sql.ts';
import type { Filter } from './filter.ts';

const userColumns: Record<string, Column> = {
  id: { sql: 'p.id', kind: 'id' },
  externalId: { sql: 'p.external_id', kind: 'exact' },
  userName: { sql: 'p.user_name_key', kind: 'key' },
  'name.givenName': { sql: 'p.first_name', kind: 'text' },
  'name.familyName': { sql: 'p.last_name', kind: 'text' },
  active: { sql: 'p.is_active', kind: 'boolean' },
  'meta.resourceType': { sql: `'User'::text`, kind: 'exact' },
  'meta.created': { sql: 'p.created_at', kind: 'time' },
  'meta.lastModified': { sql: 'p.updated_at', kind: 'time' },
  [`${enterpriseUrn}:employeeNumber`]: { sql: 'p.employee_id', kind: 'text' },
};
const groupColumns: Record<string, Column> = {
  id: { sql: 'g.id', kind: 'id' },
  externalId: { sql: 'g.external_id', kind: 'exact' },
  displayName: { sql: 'g.name_key', kind: 'key' },
  'meta.resourceType': { sql: `'Group'::text`, kind: 'exact' },
  'meta.created': { sql: 'g.created_at', kind: 'time' },
  'meta.lastModified': { sql: 'g.updated_at', kind: 'time' },
};
const memberColumn: Column = { sql: 'm.person_id', kind: 'id' };
const groupColumn: Column = { sql: 'm.group_id', kind: 'id' };

export const everything: Condition = { text: 'true', values: [] };

/** Over `people p`. `beside`: the other kind of resource of the same search. @throws AppError 400 invalidFilter */
export function userCondition(filter: Filter, beside?: ResourceSchema): Condition {
  return translate(
    filter,
    { schema: userSchema, beside, columns: userColumns, related: 'groups' },
    (inner) =>
      `EXISTS (SELECT FROM environment.people_group_members m WHERE m.person_id = p.id AND ${inner(groupColumn)})`,
  );
}

/** Over `people_groups g`. `beside`: the other kind of resource of the same search. @throws AppError 400 invalidFilter */
export function groupCondition(filter: Filter, beside?: ResourceSchema): Condition {
  return translate(
    filter,
    { schema: groupSchema, beside, columns: groupColumns, related: 'members' },
    (inner) =>
      `EXISTS (SELECT FROM environment.people_group_members m WHERE m.group_id = g.id AND ${inner(memberColumn)})`,
  );
}

interface Kind {
  schema: ResourceSchema;
  beside: ResourceSchema | undefined;
  columns: Record<string, Column>;
  /** The attribute whose values are rows of the table of members. */
  related: string;
}

function translate(
  filter: Filter,
  { schema, beside, columns, related }: Kind,
  exists: (inner: (column: Column) => string) => string,
): Condition {
  const values: unknown[] = [];
  const bind: Bind = (value, type) => {
    values.push(value);
    // The environment is the first value.
    return `$${values.length + 1}::${type}`;
  };

  function conditionOf(part: Filter): string {
    if ('attribute' in part && isOnlyOf(beside, part.attribute)) return ofAbsent(part);
    switch (part.kind) {
      case 'and':
      case 'or':
        return `(${part.parts.map(conditionOf).join(` ${part.kind.toUpperCase()} `)})`;
      case 'not':
        // A comparison with an absent value is unknown: it counts as false before it is negated.
        return `(NOT coalesce(${conditionOf(part.part)}, false))`;
      case 'some':
        return someOf(part.attribute, (inner) => inner(part.filter));
      default:
        return leafOf(part);
    }
  }

  /** RFC 7644 section 3.4.2.1: an attribute that this kind of resource has not is one without a value. */
  function isOnlyOf(other: ResourceSchema | undefined, name: string): boolean {
    return other !== undefined && resolve(schema, name) === undefined && resolve(other, name) !== undefined;
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

function ofAbsent(part: Filter): string {
  return part.kind === 'compare' && part.comparison === 'eq' && part.value === null ? 'true' : 'false';
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
