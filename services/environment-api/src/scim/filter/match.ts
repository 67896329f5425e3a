/** Compares values that are in memory with a filter: those in the brackets of a PATCH path. */
import { scimError } from '../errors.ts';
import { type Attribute, find } from '../schema.ts';
import type { Filter, Literal } from './filter.ts';

type Values = Readonly<Record<string, unknown>>;

/** @throws AppError 400 invalidFilter for an attribute that the values do not have */
export function matches(filter: Filter, attribute: Attribute, value: Values): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.parts.every((part) => matches(part, attribute, value));
    case 'or':
      return filter.parts.some((part) => matches(part, attribute, value));
    case 'not':
      return !matches(filter.part, attribute, value);
    case 'some':
      throw unsupported(filter.attribute);
    case 'present':
      return value[subOf(attribute, filter.attribute).name] !== undefined;
    case 'compare': {
      const sub = subOf(attribute, filter.attribute);
      return compares(filter, foldOf(sub, value[sub.name]), foldOf(sub, filter.value));
    }
  }
}

/** The sub-attributes of the value that fulfils the filter, if it says them all: such a value can be made. */
export function valueFrom(filter: Filter, attribute: Attribute): Record<string, unknown> | undefined {
  const parts = filter.kind === 'and' ? filter.parts : [filter];
  const made: Record<string, unknown> = {};
  for (const part of parts) {
    if (part.kind !== 'compare' || part.comparison !== 'eq' || part.value === null) return undefined;
    made[subOf(attribute, part.attribute).name] = part.value;
  }
  return made;
}

function compares(
  { comparison }: Extract<Filter, { kind: 'compare' }>,
  left: Literal,
  right: Literal,
): boolean {
  if (comparison === 'eq') return left === right;
  if (comparison === 'ne') return left !== right;
  if (typeof left !== 'string' || typeof right !== 'string') return false;
  switch (comparison) {
    case 'co':
      return left.includes(right);
    case 'sw':
      return left.startsWith(right);
    case 'ew':
      return left.endsWith(right);
    case 'gt':
      return left > right;
    case 'ge':
      return left >= right;
    case 'lt':
      return left < right;
    case 'le':
      return left <= right;
  }
}

/** Of a boolean also the text, as Entra ID writes it. */
function foldOf({ type, caseExact }: Attribute, value: unknown): Literal {
  if (value === undefined || value === null) return null;
  if (type === 'boolean') return String(value).toLowerCase();
  return caseExact ? String(value) : String(value).toLowerCase();
}

function subOf(attribute: Attribute, name: string): Attribute {
  const sub = find(attribute.subAttributes, name);
  if (sub === undefined) throw unsupported(name);
  return sub;
}

function unsupported(name: string) {
  return scimError(
    'invalidFilter',
    `The values have no attribute ${JSON.stringify(name.slice(0, 100))}`,
    'path',
  );
}
