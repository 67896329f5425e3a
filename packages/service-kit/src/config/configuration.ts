/** Defines the configuration of a service: a tree of settings whose keys are the keys of the configuration file. */
import type { Setting } from './setting.ts';

export interface SettingTree {
  readonly [key: string]: Setting | SettingTree;
}

export interface Configuration<T extends SettingTree = SettingTree> {
  readonly service: string;
  readonly settings: T;
  /** Returns one sentence for each contradiction between settings that are valid alone, without secrets. */
  problemsBetween?(config: ValuesOf<T>): string[];
}

type ValuesOf<T> = { [K in keyof T]: T[K] extends Setting<infer V> ? V : ValuesOf<T[K]> };

/** The type of the loaded values. */
export type ConfigOf<C extends Configuration> = ValuesOf<C['settings']>;

export interface NamedSetting {
  /** Keys from the root of the configuration file. */
  path: string[];
  setting: Setting;
}

export function defineConfiguration<T extends SettingTree>(
  service: string,
  settings: T,
  rules: Pick<Configuration<T>, 'problemsBetween'> = {},
): Configuration<T> {
  return { service, settings, ...rules };
}

/** Every setting with its path, in the order of the definition. */
export function listSettings(tree: SettingTree, path: string[] = []): NamedSetting[] {
  return Object.entries(tree).flatMap(([key, node]) =>
    isSetting(node)
      ? [{ path: [...path, key], setting: node }]
      : listSettings(node as SettingTree, [...path, key]),
  );
}

export function isSetting(node: unknown): node is Setting {
  return typeof node === 'object' && node !== null && (node as { kind?: unknown }).kind === 'setting';
}

/** Returns the value at a path of keys; undefined where there is none. */
export function valueAt(content: unknown, path: string[]): unknown {
  let node = content;
  for (const key of path) {
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, key)) return undefined;
    node = (node as Record<string, unknown>)[key];
  }
  return node ?? undefined;
}

/** Returns a Markdown table: variable, key of the configuration file, default, meaning. */
export function documentConfiguration(configuration: Configuration): string {
  const rows = listSettings(configuration.settings).map(documentSetting);
  return ['| variable | key | default | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function documentSetting({ path, setting }: NamedSetting): string {
  const example = setting.example ? ` Example: \`${setting.example}\`.` : '';
  const cells = [
    `\`${setting.env}\``,
    `\`${path.join('.')}\``,
    defaultOf(setting.schema),
    `${setting.doc}${example}`,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function defaultOf(schema: NamedSetting['setting']['schema']): string {
  const result = schema.safeParse(undefined);
  if (!result.success) return '**required**';
  if (result.data === undefined) return 'none';
  return `\`${typeof result.data === 'string' ? result.data : JSON.stringify(result.data)}\``;
}
