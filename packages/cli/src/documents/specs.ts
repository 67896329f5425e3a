/** Lays specs over each other, and takes references to secrets out of them. */
import { type Fields, isFields, type Path } from './read.ts';

/** Objects field by field; a list, and a reference, as a whole. */
export function laidOver(base: Fields, over: Fields): Record<string, unknown> {
  const merged = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const former = base[name];
    const isPart = isFields(former) && isFields(value) && !isReference(former) && !isReference(value);
    merged[name] = isPart ? laidOver(former, value) : value;
  }
  return merged;
}

const isReference = (value: Fields): boolean => Object.hasOwn(value, 'secretRef');

/** `found` gets what stands in `secretRef`, or the object where more stands beside it. */
export function withoutReferences(
  value: Fields,
  path: Path,
  found: (path: Path, reference: unknown) => void,
): Record<string, unknown> {
  const rest = (inner: unknown, at: Path): unknown => {
    if (Array.isArray(inner)) return inner.map((entry, index) => rest(entry, [...at, index]));
    if (!isFields(inner)) return inner;
    if (!isReference(inner)) return withoutReferences(inner, at, found);
    found(at, Object.keys(inner).length === 1 ? inner['secretRef'] : inner);
    return undefined;
  };
  const kept = Object.entries(value).map(([name, inner]) => [name, rest(inner, [...path, name])]);
  return Object.fromEntries(kept.filter(([, inner]) => inner !== undefined));
}

export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, part) => (isOwn(at, part) ? (at as Readonly<Record<string | number, unknown>>)[part] : undefined),
    value,
  );
}

const isOwn = (value: unknown, name: string | number): boolean =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name);
