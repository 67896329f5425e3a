/** Leaves attributes out of an answer, as `attributes` and `excludedAttributes` ask (RFC 7644 section 3.9). */
import { definedOnly } from '@gatehouse/contracts/values';
import { isObject, type Resource } from './resource.ts';
import { type ResourceSchema, resolve } from './schema.ts';

export interface Projection {
  attributes?: string | undefined;
  excludedAttributes?: string | undefined;
}

/** Per attribute its sub-attributes; an empty set stands for all of it. */
type Names = Map<string, Set<string>>;

/** RFC 7643 section 7, `returned: always`. */
const always = new Set(['schemas', 'id']);
const maxNames = 100;

export function createProjection(
  schema: ResourceSchema,
  asked: Projection,
): (resource: Resource) => Resource {
  const wanted = namesIn(schema, asked.attributes);
  const unwanted = namesIn(schema, asked.excludedAttributes);
  if (wanted !== undefined)
    return (resource) => mapped(resource, (name, value) => kept(wanted.get(name), value));
  if (unwanted !== undefined)
    return (resource) => mapped(resource, (name, value) => withoutNames(unwanted.get(name), value));
  return (resource) => resource;
}

/** Whether an answer has the attribute at all: what costs much to read is not read for nothing. */
export function includes(schema: ResourceSchema, asked: Projection, name: string): boolean {
  const wanted = namesIn(schema, asked.attributes);
  if (wanted !== undefined) return wanted.has(name);
  return namesIn(schema, asked.excludedAttributes)?.get(name)?.size !== 0;
}

function namesIn(schema: ResourceSchema, list: string | undefined): Names | undefined {
  if (list === undefined || list.trim() === '') return undefined;
  const names: Names = new Map();
  for (const text of list.split(',', maxNames).map((name) => name.trim())) {
    const { extension } = schema;
    if (extension && text.toLowerCase() === extension.urn.toLowerCase()) names.set(extension.urn, new Set());
    const target = resolve(schema, text);
    if (target === undefined) continue;
    const { urn, attribute, sub } = target;
    add(names, urn ?? attribute.name, urn === undefined ? sub?.name : attribute.name);
  }
  return names;
}

function add(names: Names, name: string, sub: string | undefined): void {
  const known = names.get(name);
  if (sub === undefined || known?.size === 0) names.set(name, new Set());
  else names.set(name, (known ?? new Set()).add(sub));
}

function mapped(resource: Resource, change: (name: string, value: unknown) => unknown): Resource {
  const entries = Object.entries(resource).map(([name, value]) => [
    name,
    always.has(name) ? value : change(name, value),
  ]);
  return definedOnly(Object.fromEntries(entries));
}

function kept(subs: Set<string> | undefined, value: unknown): unknown {
  return subs === undefined || subs.size === 0 ? subs && value : chosen(value, (name) => subs.has(name));
}

function withoutNames(subs: Set<string> | undefined, value: unknown): unknown {
  if (subs === undefined) return value;
  return subs.size === 0 ? undefined : chosen(value, (name) => !subs.has(name));
}

function chosen(value: unknown, isChosen: (name: string) => boolean): unknown {
  if (Array.isArray(value)) return value.map((one) => chosen(one, isChosen));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => isChosen(name)));
}
