/** Finds values that no template uses: whatever is changed must show somewhere in what the chart renders. */
import { readYaml } from './ci-values.ts';
import { type RenderOptions, renderManifest } from './render.ts';
import type { ValuesKey } from './values-document.ts';

type Values = Record<string, unknown>;

/**
 * `valuesFiles` are scenarios that together give every key something else than nothing. In each, all texts and
 * numbers are marked and the marks looked for in one rendering; switches are turned one by one in the first.
 * @returns the dead keys, and those that no scenario sets
 */
export async function findDeadValues(
  folder: string,
  keys: readonly ValuesKey[],
  valuesFiles: readonly string[],
  apiVersions: readonly string[],
): Promise<string[]> {
  const scenarios = valuesFiles.map(readYaml);
  // The service's own configuration goes into its file as a whole.
  const leaves = keys.filter(({ isGroup, path }) => !isGroup && path[0] !== 'config');
  const options: RenderOptions = { release: 'marked', skipSchema: true, apiVersions };
  const switches = leaves.filter(({ default: value }) => typeof value === 'boolean');
  const others = leaves.filter((key) => !switches.includes(key));
  const alive = new Set<ValuesKey>();
  for (const scenario of scenarios) {
    for (const key of await findMarks(folder, others, scenario, options)) alive.add(key);
  }
  for (const key of await findSwitches(folder, switches, scenarios[0] ?? {}, options)) alive.add(key);
  return leaves.filter((key) => !alive.has(key)).map(({ path }) => path.join('.'));
}

async function findMarks(
  folder: string,
  leaves: readonly ValuesKey[],
  scenario: Values,
  options: RenderOptions,
): Promise<ValuesKey[]> {
  const values = structuredClone(scenario);
  const marked = leaves.flatMap((key, index) => {
    const current = valueAt(scenario, key.path) ?? (key.isOptional ? undefined : key.default);
    const trace = { found: false, text: `mark${index}-`, number: 41_000 + index };
    const value = markFirst(current, trace);
    if (trace.found) assign(values, key.path, value);
    return trace.found ? [{ key, sign: new RegExp(`\\b(${trace.text}|${trace.number}\\b)`) }] : [];
  });
  const manifest = await renderManifest(folder, { ...options, values });
  return marked.filter(({ sign }) => sign.test(manifest)).map(({ key }) => key);
}

async function findSwitches(
  folder: string,
  switches: readonly ValuesKey[],
  scenario: Values,
  options: RenderOptions,
): Promise<ValuesKey[]> {
  const before = await renderManifest(folder, { ...options, values: scenario });
  const after = await Promise.all(
    switches.map((key) => {
      const values = structuredClone(scenario);
      assign(values, key.path, !(valueAt(scenario, key.path) ?? key.default));
      // A refusal is an effect, too.
      return renderManifest(folder, { ...options, values }).catch((error: Error) => error.message);
    }),
  );
  return switches.filter((_, index) => after[index] !== before);
}

/** A copy in which the first text or number carries the mark; a mark stands behind the scheme of a URL. */
function markFirst(value: unknown, trace: { found: boolean; text: string; number: number }): unknown {
  if (trace.found || value === '' || value === null || value === undefined) return value;
  if (Array.isArray(value)) return value.map((item) => markFirst(item, trace));
  if (typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, markFirst(item, trace)]));
  }
  if (typeof value === 'boolean') return value;
  trace.found = true;
  return typeof value === 'number'
    ? trace.number
    : String(value).replace(/^([a-z]+:\/\/)?/, `$1${trace.text}`);
}

function valueAt(values: Values, path: readonly string[]): unknown {
  return path.reduce<unknown>((node, key) => (node as Values | undefined)?.[key], values);
}

function assign(values: Values, path: readonly string[], value: unknown): void {
  let node = values;
  for (const key of path.slice(0, -1)) {
    node[key] ??= {};
    node = node[key] as Values;
  }
  node[path.at(-1) ?? ''] = value;
}
