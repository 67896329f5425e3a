/** Applies the operations of a PATCH to a user (RFC 7644 section 3.5.2), also in the spellings of Entra ID and Okta. */
import { messageUrn, scimError } from './errors.ts';
import { type Filter, parsePath } from './filter/filter.ts';
import { matches, valueFrom } from './filter/match.ts';
import { isObject, type Resource, readOne, readValue, requireFew, requireSchema } from './resource.ts';
import { type Attribute, isSameUrn, type ResourceSchema, resolve, type Target } from './schema.ts';

export interface PatchOperation {
  op: 'add' | 'replace' | 'remove';
  path?: string | undefined;
  value?: unknown;
}

type Verb = PatchOperation['op'];
type Value = Record<string, unknown>;

interface PatchTarget extends Omit<Target, 'sub'> {
  sub?: Attribute | undefined;
  filter?: Filter | undefined;
}

const maxOperations = 1_000;
const verbs = ['add', 'replace', 'remove'] as const;

/** @throws AppError 400 */
export function readOperations(schema: ResourceSchema, body: unknown): PatchOperation[] {
  requireSchema(body, `${messageUrn}:PatchOp`);
  const sent = isObject(body)
    ? Object.entries(body).find(([key]) => key.toLowerCase() === 'operations')?.[1]
    : undefined;
  if (!Array.isArray(sent) || sent.length === 0)
    throw scimError(
      'invalidSyntax',
      'The body must have a list "Operations" with at least one operation',
      'Operations',
    );
  if (sent.length > maxOperations)
    throw scimError(
      'tooMany',
      `More than ${maxOperations} operations: send them in several requests`,
      'Operations',
    );
  return sent.map((one: unknown, index) => {
    const { op, path, value } = isObject(one) ? one : {};
    // Entra ID writes them with a capital.
    const verb = verbs.find((known) => known === String(op).toLowerCase());
    if (verb === undefined)
      throw scimError(
        'invalidSyntax',
        `Operations.${index}.op must be add, replace or remove`,
        `Operations.${index}.op`,
      );
    if (path !== undefined && path !== null && typeof path !== 'string')
      throw scimError('invalidPath', `Operations.${index}.path must be a text`, `Operations.${index}.path`);
    return ofWholeSchema(schema, { op: verb, path: path ? path : undefined, value });
  });
}

/** The URN of a schema is the path of all its attributes (RFC 7644 section 3.5.2): the value says which of them, as without a path. */
function ofWholeSchema({ core, extension }: ResourceSchema, operation: PatchOperation): PatchOperation {
  const { op, path, value } = operation;
  if (path === undefined) return operation;
  if (isSameUrn(path, core.urn)) return { op, value };
  if (extension === undefined || !isSameUrn(path, extension.urn)) return operation;
  if (op === 'remove') return { op, path: extension.urn };
  if (!isObject(value))
    throw scimError('invalidValue', `${extension.urn} must be an object with attributes`, 'value');
  return { op, value: { [extension.urn]: value } };
}

/** Returns the changed resource; the given one stays as it is. @throws AppError 400 */
export function applyPatch(
  schema: ResourceSchema,
  present: Resource,
  operations: readonly PatchOperation[],
): Resource {
  const resource = structuredClone(present);
  for (const { op, path, value } of operations) {
    if (path === undefined) applyWithoutPath(schema, resource, op, value);
    else if (path === schema.extension?.urn) delete resource[path];
    else {
      const target = patchTarget(schema, path);
      if (target === undefined)
        throw scimError('invalidPath', `There is no attribute ${JSON.stringify(path.slice(0, 100))}`, 'path');
      if (isReadOnly(target)) throw scimError('mutability', `${path} is read-only`, 'path');
      apply(resource, target, op, value);
    }
  }
  return resource;
}

/** The names of the value are attributes, or paths as Entra ID sends them. Unknown and read-only attributes are left out, as in a PUT. */
function applyWithoutPath(schema: ResourceSchema, resource: Resource, op: Verb, value: unknown): void {
  if (op === 'remove')
    throw scimError('noTarget', 'An operation remove needs the path of an attribute', 'path');
  if (!isObject(value))
    throw scimError('invalidValue', 'Without a path, value must be an object with attributes', 'value');
  const urn = schema.extension?.urn;
  for (const [key, part] of Object.entries(value)) {
    const isExtension = urn !== undefined && isSameUrn(key, urn);
    const inner = isExtension && isObject(part) ? Object.entries(part) : undefined;
    const named = inner
      ? inner.map(([name, one]) => [`${urn}:${name}`, one] as const)
      : [[key, part] as const];
    for (const [name, one] of named) {
      const target = patchTarget(schema, name);
      if (target !== undefined && !isReadOnly(target)) apply(resource, target, op, one);
    }
  }
}

/** Undefined for an unknown attribute. @throws AppError 400 invalidPath, invalidFilter */
export function patchTarget(schema: ResourceSchema, text: string): PatchTarget | undefined {
  const { attribute: name, filter, sub } = parsePath(text);
  const target = resolve(schema, sub === undefined ? name : `${name}.${sub}`);
  if (target === undefined) return undefined;
  if (filter !== undefined && !target.attribute.multiValued)
    throw scimError('invalidPath', `${name} has no list of values to choose from`, 'path');
  return { ...target, filter };
}

function isReadOnly({ attribute, sub }: PatchTarget): boolean {
  return attribute.mutability === 'readOnly' || sub?.mutability === 'readOnly';
}

function apply(
  resource: Resource,
  { urn, attribute, sub, filter }: PatchTarget,
  op: Verb,
  value: unknown,
): void {
  const extension = urn === undefined ? undefined : ((resource[urn] ?? {}) as Resource);
  if (urn !== undefined) resource[urn] = extension;
  const parent = extension ?? resource;
  const { name } = attribute;
  const next = attribute.multiValued
    ? severalAfter({ attribute, sub, filter }, op, (parent[name] ?? []) as Value[], value)
    : oneAfter(attribute, sub, op, parent[name], value);
  if (next === undefined) delete parent[name];
  else parent[name] = next;
}

function oneAfter(
  attribute: Attribute,
  sub: Attribute | undefined,
  op: Verb,
  present: unknown,
  value: unknown,
): unknown {
  if (sub !== undefined) return withSub((present ?? {}) as Value, sub, op, value);
  if (op === 'remove') return undefined;
  const next = readOne(attribute, value, attribute.name);
  // Sub-attributes that are not named keep their values.
  return attribute.type === 'complex' && isObject(next)
    ? { ...(present as Value | undefined), ...next }
    : next;
}

function withSub(present: Value, sub: Attribute, op: Verb, value: unknown): Value {
  const next = op === 'remove' ? undefined : readOne(sub, value, sub.name);
  const { [sub.name]: _former, ...rest } = present;
  return next === undefined ? rest : { ...rest, [sub.name]: next };
}

function severalAfter(
  { attribute, sub, filter }: Omit<PatchTarget, 'urn'>,
  op: Verb,
  present: readonly Value[],
  value: unknown,
): Value[] | undefined {
  const isMeant = (one: Value) => filter === undefined || matches(filter, attribute, one);
  if (op === 'remove') return removed(present, isMeant, { attribute, sub, filter }, value);
  if (filter === undefined && sub === undefined) {
    const given = (readValue(attribute, value, attribute.name) ?? []) as Value[];
    return op === 'replace' ? given : united(attribute, present, given);
  }
  const change = (one: Value): Value => {
    if (sub !== undefined) return withSub(one, sub, op, value);
    const given = readOne(attribute, value, attribute.name) as Value | undefined;
    return op === 'replace' ? (given ?? {}) : { ...one, ...given };
  };
  const hits = present.filter(isMeant);
  if (hits.length > 0) {
    const changed = hits.map(change);
    return withOnePrimary(
      present.map((one) => changed[hits.indexOf(one)] ?? one),
      changed,
    );
  }
  // Entra ID means by it that the value is to be made.
  const made = filter === undefined ? {} : valueFrom(filter, attribute);
  if (made === undefined)
    throw scimError('noTarget', `No value of ${attribute.name} fulfils the filter of the path`, 'path');
  const added = change((readOne(attribute, made, attribute.name) as Value | undefined) ?? {});
  return united(attribute, present, [added]);
}

function removed(
  present: readonly Value[],
  isMeant: (one: Value) => boolean,
  { attribute, sub, filter }: Omit<PatchTarget, 'urn'>,
  value: unknown,
): Value[] | undefined {
  if (sub !== undefined)
    return present.map((one) => (isMeant(one) ? withSub(one, sub, 'remove', undefined) : one));
  // Entra ID names what is to be removed in the value.
  const named = filter === undefined ? ((readValue(attribute, value, attribute.name) ?? []) as Value[]) : [];
  const isNamed = (one: Value) =>
    named.length === 0 || named.some((other) => other['value'] === one['value']);
  const kept = present.filter((one) => !isMeant(one) || !isNamed(one));
  return kept.length === 0 ? undefined : kept;
}

/** Adds the values that are not there yet. */
function united(attribute: Attribute, present: readonly Value[], added: readonly Value[]): Value[] {
  const key = ({ value, type, ...rest }: Value) => JSON.stringify(value === undefined ? rest : [value, type]);
  const keys = new Set(present.map(key));
  const fresh = added.filter((one) => !keys.has(key(one)));
  // At each step: a list that grows to the end of the request is gone through by every step.
  requireFew(attribute, [...present, ...fresh], attribute.name);
  return withOnePrimary([...present, ...fresh], fresh);
}

/** RFC 7644 section 3.5.2: a new primary value takes the place of the one before. */
function withOnePrimary(values: readonly Value[], changed: readonly Value[]): Value[] {
  const primary = changed.findLast((one) => one['primary'] === true);
  if (primary === undefined) return [...values];
  return values.map((one) => (one !== primary && one['primary'] === true ? { ...one, primary: false } : one));
}
