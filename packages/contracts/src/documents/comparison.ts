/** Compares what a document says with what is there, field by field. A field that a document does not have is not compared. */

export type Spec = Readonly<Record<string, unknown>>;

/** By path. The objects in `merged` are taken apart; every other value is one field. */
export function fieldsOf(spec: Spec, merged: readonly string[]): Map<string, unknown> {
  const fields = new Map<string, unknown>();
  const waiting: [prefix: string, part: Spec][] = [['', spec]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [prefix, part] = next;
    for (const [name, value] of Object.entries(part)) {
      const path = `${prefix}${name}`;
      if (value === undefined) continue;
      if (merged.includes(path) && isPlain(value)) waiting.push([`${path}.`, value]);
      else fields.set(path, value);
    }
  }
  return fields;
}

export function valueAt(spec: Spec, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (part, name) => (isPlain(part) && Object.hasOwn(part, name) ? part[name] : undefined),
      spec,
    );
}

/** `null` takes a value away: it is the same as none. */
export function isSameValue(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (one === undefined || one === null) return other === undefined || other === null;
  if (Array.isArray(one))
    return (
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((part, index) => isSameValue(part, other[index]))
    );
  if (!isPlain(one) || !isPlain(other) || Array.isArray(other)) return false;
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => isSameValue(own(one, name), own(other, name)));
}

/** Whether a change of one field changes the other. */
export function areOverlapping(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}.`) || other.startsWith(`${one}.`);
}

function own(part: Spec, name: string): unknown {
  return Object.hasOwn(part, name) ? part[name] : undefined;
}

function isPlain(value: unknown): value is Spec {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
