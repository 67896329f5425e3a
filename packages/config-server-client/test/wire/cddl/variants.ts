/** Changes a valid body in one place: a member left out, replaced, or at the edge of its range. */

export type Path = (string | number)[];

export interface Variant {
  path: Path;
  what: string;
  changed: unknown;
}

/** Values of every kind, and those where limits usually lie. Texts are ASCII: there a byte is a code unit. */
const replacements: unknown[] = [
  null,
  true,
  'text',
  '',
  0,
  -1,
  1.5,
  3_600,
  3_601,
  9_007_199_254_740_991,
  new Uint8Array([1]),
  [],
  [1],
  {},
];

/** Also `fromTheFuture`, a member that no version knows, in every map with fixed members. */
export function variants(body: unknown): Variant[] {
  return [
    ...replacements.map((value) => ({ path: [], what: `replaced by ${show(value)}`, changed: value })),
    ...walk(body, [], (changed) => changed),
  ];
}

function walk(value: unknown, path: Path, rebuild: (changed: unknown) => unknown): Variant[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  const isArray = Array.isArray(value);
  const entries: [string | number, unknown][] = isArray ? [...value.entries()] : Object.entries(value);
  const found: Variant[] = [];
  for (const [key, member] of entries) {
    const at = [...path, key];
    const put = (changed: unknown) =>
      rebuild(isArray ? value.with(key as number, changed) : { ...value, [key]: changed });
    const rest = isArray ? value.toSpliced(key as number, 1) : without(value as object, String(key));
    found.push({ path: at, what: `${at.join('.')} left out`, changed: rebuild(rest) });
    for (const replacement of replacements)
      found.push({ path: at, what: `${at.join('.')} = ${show(replacement)}`, changed: put(replacement) });
    found.push(...walk(member, at, put));
  }
  if (!isArray) {
    const at = [...path, 'fromTheFuture'];
    found.push({ path: at, what: `${at.join('.')} added`, changed: rebuild({ ...value, fromTheFuture: 1 }) });
  }
  return found;
}

function without(value: object, key: string): object {
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
}

function show(value: unknown): string {
  return value instanceof Uint8Array ? 'bytes' : JSON.stringify(value);
}
