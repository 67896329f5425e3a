/** Loads a configuration: variable > file named by the variable > configuration file > default. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { hidePassword } from '../crypto/secret.ts';
import {
  type ConfigOf,
  type Configuration,
  isSetting,
  listSettings,
  type SettingTree,
  valueAt,
} from './configuration.ts';
import type { Setting } from './setting.ts';
import { refusedWeaknesses } from './weaknesses.ts';

/** Names all mistakes, one sentence each, without secrets. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(service: string, problems: readonly string[]) {
    super(
      `The configuration of ${service} has ${problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

export interface ConfigSources {
  env: Readonly<Record<string, string | undefined>>;
  readFile?: (path: string) => string;
}

/** Names the YAML configuration file. */
export const configFileVariable = 'GATEHOUSE_CONFIG_FILE';

/** @throws ConfigError */
export function loadConfig<C extends Configuration>(configuration: C, sources: ConfigSources): ConfigOf<C> {
  const problems: string[] = [];
  const readFile = sources.readFile ?? ((path: string) => readFileSync(path, 'utf8'));
  const file = readConfigFile(configuration, sources.env[configFileVariable], readFile, problems);
  const config: Record<string, unknown> = {};
  for (const { path, setting } of listSettings(configuration.settings)) {
    const given = environmentValue(setting, sources.env, readFile, problems) ?? valueAt(file, path);
    const parsed = setting.schema.safeParse(given);
    if (parsed.success) assign(config, path, parsed.data);
    else problems.push(...parsed.error.issues.map((issue) => describe(path, setting, given, issue)));
  }
  problems.push(
    ...misspeltVariables(configuration, sources.env),
    ...refusedWeaknesses(configuration, config),
  );
  if (problems.length === 0) problems.push(...(configuration.problemsBetween?.(config as ConfigOf<C>) ?? []));
  if (problems.length > 0) throw new ConfigError(configuration.service, problems);
  return config as ConfigOf<C>;
}

function environmentValue(
  setting: Setting,
  env: ConfigSources['env'],
  readFile: (path: string) => string,
  problems: string[],
): string | undefined {
  const value = emptyAsMissing(env[setting.env]);
  const path = emptyAsMissing(env[`${setting.env}_FILE`]);
  if (path === undefined) return value;
  if (value !== undefined) problems.push(`${setting.env} and ${setting.env}_FILE are both set: keep one`);
  try {
    // Editors and `kubectl create secret` add a line end to the value.
    return readFile(path).replace(/\r?\n$/, '');
  } catch (error) {
    problems.push(
      `${setting.env}_FILE names a file that cannot be read (${(error as NodeJS.ErrnoException).code})`,
    );
    return undefined;
  }
}

function readConfigFile(
  configuration: Configuration,
  path: string | undefined,
  readFile: (path: string) => string,
  problems: string[],
): unknown {
  if (!path) return {};
  try {
    const content: unknown = parse(readFile(path)) ?? {};
    problems.push(...unknownKeys(configuration.settings, content, []));
    return content;
  } catch (error) {
    problems.push(`${configFileVariable}: ${(error as Error).message.split('\n')[0]}`);
    return {};
  }
}

function unknownKeys(tree: SettingTree, content: unknown, path: string[]): string[] {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    return [`${path.join('.') || 'the configuration file'} must be a map of settings`];
  }
  return Object.entries(content).flatMap(([key, value]) => {
    const node = Object.hasOwn(tree, key) ? tree[key] : undefined;
    if (node === undefined) {
      const suggestion = nearest(key, Object.keys(tree));
      return [
        `${[...path, key].join('.')} is not a setting${suggestion ? `; did you mean ${[...path, suggestion].join('.')}?` : ''}`,
      ];
    }
    return isSetting(node) ? [] : unknownKeys(node as SettingTree, value, [...path, key]);
  });
}

/** Other software may use the prefix too, so only a near miss of a known name is refused. */
function misspeltVariables(configuration: Configuration, env: ConfigSources['env']): string[] {
  const known = listSettings(configuration.settings).map(({ setting }) => setting.env);
  const names = new Set([configFileVariable, ...known, ...known.map((name) => `${name}_FILE`)]);
  return Object.keys(env)
    .filter((name) => name.startsWith('GATEHOUSE_') && !names.has(name))
    .flatMap((name) => {
      const suggestion = nearest(name, [...names], 2);
      return suggestion ? [`${name} is not a setting; did you mean ${suggestion}?`] : [];
    });
}

function describe(
  path: string[],
  setting: Setting,
  given: unknown,
  issue: { message: string; path: PropertyKey[] },
): string {
  const name = `${setting.env} (${[...path, ...issue.path.map(String)].join('.')})`;
  if (given === undefined) return `${name} is missing: ${setting.doc}`;
  const shown =
    setting.secret || typeof given === 'object' ? '' : ` is ${hidePassword(JSON.stringify(given))}`;
  return `${name}${shown}: ${issue.message}`;
}

function assign(target: Record<string, unknown>, path: string[], value: unknown): void {
  const last = path.at(-1) ?? '';
  let node = target;
  for (const key of path.slice(0, -1)) {
    node[key] ??= {};
    node = node[key] as Record<string, unknown>;
  }
  node[last] = value;
}

function emptyAsMissing(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

/** Returns the candidate with the smallest edit distance, if that is at most `maxDistance`. */
function nearest(word: string, candidates: readonly string[], maxDistance = 3): string | undefined {
  let best: string | undefined;
  let bestDistance = maxDistance + 1;
  for (const candidate of candidates) {
    // The distance is at least that, and there are hundreds of candidates.
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substitution);
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
