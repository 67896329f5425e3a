/** Checks whether a decoded body matches a CDDL rule. */
import type { Entry, Grammar, Type } from './grammar.ts';

/** The prelude of RFC 8610 (appendix D), as far as it is used. */
const prelude: Record<string, (value: unknown) => boolean> = {
  any: () => true,
  tstr: (value) => typeof value === 'string',
  bstr: (value) => value instanceof Uint8Array,
  bool: (value) => typeof value === 'boolean',
  null: (value) => value === null,
  number: (value) => typeof value === 'number',
};

/** Undefined when `value` matches, else the path and what was expected there. */
export function mismatch(grammar: Grammar, rule: string, value: unknown): string | undefined {
  return matchType(grammar, { kind: 'name', name: rule }, value, '$');
}

function matchType(grammar: Grammar, type: Type, value: unknown, path: string): string | undefined {
  switch (type.kind) {
    case 'name':
      return matchName(grammar, type.name, value, path);
    case 'literal':
      return value === type.value ? undefined : `${path}: ${JSON.stringify(type.value)}`;
    case 'range': {
      const isNumber = typeof value === 'number' && (type.isFloat || Number.isSafeInteger(value));
      const isWithin = isNumber && value >= type.from && value <= type.to;
      return isWithin ? undefined : `${path}: ${type.from}..${type.to}`;
    }
    case 'size': {
      const wrong = matchType(grammar, type.of, value, path);
      if (wrong !== undefined) return wrong;
      const bytes = Buffer.byteLength(value as string);
      return bytes >= type.from && bytes <= type.to ? undefined : `${path}: ${type.from} to ${type.to} bytes`;
    }
    case 'choice': {
      const wrong = type.of.map((each) => matchType(grammar, each, value, path));
      return wrong.includes(undefined) ? undefined : wrong.join(' or ');
    }
    case 'array':
      return matchArray(grammar, type.group, value, path);
    case 'map':
      return matchMap(grammar, type.group, value, path);
  }
}

function matchName(grammar: Grammar, name: string, value: unknown, path: string): string | undefined {
  const rule = grammar.types.get(name);
  if (rule !== undefined) return matchType(grammar, rule, value, path);
  const test = prelude[name];
  if (test === undefined) throw new Error(`CDDL: ${name} is not defined`);
  return test(value) ? undefined : `${path}: ${name}`;
}

function matchArray(grammar: Grammar, group: Entry[], value: unknown, path: string): string | undefined {
  if (!Array.isArray(value)) return `${path}: an array`;
  let index = 0;
  for (const { min, max, type } of group) {
    let count = 0;
    let wrong: string | undefined;
    while (index < value.length && count < max) {
      wrong = matchType(grammar, type, value[index], `${path}[${index}]`);
      if (wrong !== undefined) break;
      index += 1;
      count += 1;
    }
    if (count < min) return wrong ?? `${path}: ${min} entries at least`;
    if (wrong !== undefined && group.length === 1) return wrong;
  }
  return index === value.length ? undefined : `${path}: ${index} entries at most`;
}

function matchMap(grammar: Grammar, group: Entry[], value: unknown, path: string): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array)
    return `${path}: a map`;
  const left = new Map<string, unknown>(Object.entries(value));
  const entries = flatten(grammar, group);
  for (const { min, key, type } of entries) {
    if (key === undefined || !('literal' in key)) continue;
    if (!left.has(key.literal)) {
      if (min > 0) return `${path}.${key.literal}: missing`;
      continue;
    }
    const wrong = matchType(grammar, type, left.get(key.literal), `${path}.${key.literal}`);
    if (wrong !== undefined) return wrong;
    left.delete(key.literal);
  }
  for (const [name, member] of left) {
    const wrong = entries.flatMap(({ key, type }) =>
      key === undefined || !('type' in key)
        ? []
        : [
            matchType(grammar, key.type, name, `${path} key`) ??
              matchType(grammar, type, member, `${path}.${name}`),
          ],
    );
    if (!wrong.includes(undefined)) return wrong[0] ?? `${path}.${name}: not in the rule`;
  }
  return undefined;
}

/** Named groups of a map in place. */
function flatten(grammar: Grammar, group: Entry[]): Entry[] {
  return group.flatMap((entry) => {
    if (entry.key !== undefined || entry.type.kind !== 'name') return [entry];
    const named = grammar.groups.get(entry.type.name);
    if (named === undefined) throw new Error(`CDDL: the group ${entry.type.name} is not defined`);
    return flatten(grammar, named);
  });
}
