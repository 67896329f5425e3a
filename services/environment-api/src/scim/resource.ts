/** Reads what a caller sent as a resource: known attributes in their own spelling; what is unknown or read-only is left out (RFC 7644 section 3.3). */
import { nameProblem } from '@gatehouse/contracts/values';
import { keyProblem } from '../people/name-key.ts';
import { messageUrn, scimError } from './errors.ts';
import { type Attribute, attributesOf, find, isSameUrn, type ResourceSchema } from './schema.ts';

export type Resource = Record<string, unknown>;

const maxValues = 100;

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Refuses what does not say that it is what is asked for (RFC 7643 section 3, RFC 7644 section 3.5.2). URNs of others may stand beside:
 * Entra ID names extensions of its own. @throws AppError 400
 */
export function requireSchema(sent: unknown, urn: string): void {
  if (!isObject(sent)) return;
  const named = Object.entries(sent).find(([key]) => key.toLowerCase() === 'schemas')?.[1];
  if (Array.isArray(named) && named.some((one) => isSameUrn(String(one), urn))) return;
  const type = urn.startsWith(messageUrn) ? 'invalidSyntax' : 'invalidValue';
  throw scimError(type, `schemas must be a list with ${JSON.stringify(urn)}`, 'schemas');
}

/** The keys of the result are names of the schema, never the caller's. @throws AppError 400 */
export function readResource(schema: ResourceSchema, sent: unknown): Resource {
  if (!isObject(sent)) throw scimError('invalidSyntax', 'The body must be a JSON object with the attributes');
  const resource = readAttributes(attributesOf(schema), sent, '');
  const { extension } = schema;
  if (extension === undefined) return resource;
  for (const [key, value] of Object.entries(sent)) {
    if (!isSameUrn(key, extension.urn) || !isObject(value)) continue;
    const extended = readAttributes(extension.attributes, value, `${extension.urn}:`);
    if (Object.keys(extended).length > 0) resource[extension.urn] = extended;
  }
  return resource;
}

function readAttributes(attributes: readonly Attribute[], sent: Record<string, unknown>, prefix: string) {
  const read: Resource = {};
  for (const [key, value] of Object.entries(sent)) {
    const attribute = find(attributes, key);
    if (attribute === undefined || attribute.mutability === 'readOnly') continue;
    const own = readValue(attribute, value, `${prefix}${attribute.name}`);
    if (own !== undefined) read[attribute.name] = own;
  }
  return read;
}

/** Undefined where nothing is assigned: null and empty values count as absent (RFC 7643 section 2.5). @throws AppError 400 */
export function readValue(attribute: Attribute, value: unknown, name: string): unknown {
  if (!attribute.multiValued) return readOne(attribute, value, name);
  if (value === undefined || value === null || value === '') return undefined;
  const list = Array.isArray(value) ? value : [value];
  requireFew(attribute, list, name);
  const values = list.flatMap((one) => readOne(attribute, one, name) ?? []);
  return values.length === 0 ? undefined : values;
}

/** @throws AppError 400 for a list that is too long */
export function requireFew(attribute: Attribute, values: readonly unknown[], name: string): void {
  if (attribute.name !== 'members' && values.length > maxValues)
    throw scimError('invalidValue', `${name} has more than ${maxValues} values`, name);
}

/** One value of the attribute, also of one that has several. */
export function readOne(attribute: Attribute, sent: unknown, name: string): unknown {
  // Entra ID sends a manager as a list of one.
  const isListOfOne = !attribute.multiValued && Array.isArray(sent) && sent.length === 1;
  const value: unknown = isListOfOne ? sent[0] : sent;
  if (value === undefined || value === null || value === '') return undefined;
  switch (attribute.type) {
    case 'complex': {
      // Entra ID sends a manager, and other programs a member, as its id alone.
      const parts = isObject(value) ? value : { value };
      if (Array.isArray(value)) throw wrong(name, 'an object');
      const read = readAttributes(attribute.subAttributes, parts, `${name}.`);
      return Object.keys(read).length === 0 ? undefined : read;
    }
    case 'boolean':
      return readBoolean(value, name);
    default:
      return readText(attribute, value, name);
  }
}

/** Entra ID sends them as texts, with a capital. */
function readBoolean(value: unknown, name: string): boolean {
  const text = String(value).toLowerCase();
  if (typeof value !== 'object' && (text === 'true' || text === 'false')) return text === 'true';
  throw wrong(name, 'true or false');
}

function readText({ maxLength, isLabel, name: own }: Attribute, value: unknown, name: string): string {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') throw wrong(name, 'a text');
  if (value.length > maxLength) throw wrong(name, `a text of at most ${maxLength} characters`);
  // PostgreSQL has no NUL, and half a surrogate pair no UTF-8 form. A password is only hashed, but is typed in a form.
  if (value.includes('\0') || !value.isWellFormed())
    throw wrong(name, 'a text without NUL and half characters');
  if ((isLabel || own === 'password') && /\p{Cc}/u.test(value)) throw wrong(name, 'on one line');
  return isLabel ? value.trim() || raiseWrong(name) : value;
}

/** @throws AppError 400 for a name that folds to nothing, or to too much */
export function requireKey(name: string, field: string): string {
  const problem = keyProblem(name);
  if (problem === undefined) return name;
  throw scimError('invalidValue', `${field} ${problem}`, field);
}

/** By which people know each other; a name that was stored before this rule stays. @throws AppError 400 */
export function requireHonest(field: string, name: unknown, stored: unknown): void {
  // Directories send a space for a part of a name that a person has not. The name of the account is a label, and never empty.
  if (name === stored || typeof name !== 'string' || name.trim() === '') return;
  const problem = nameProblem(name);
  if (problem !== undefined) throw scimError('invalidValue', `${field} ${problem}`, field);
}

function raiseWrong(name: string): never {
  throw wrong(name, 'a text with visible characters');
}

function wrong(name: string, right: string) {
  return scimError('invalidValue', `${name} must be ${right}`, name);
}
