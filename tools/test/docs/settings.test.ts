/** Compares the settings that hand-written pages name with those that exist: of services, and of contact centres. */
import { readdirSync, readFileSync } from 'node:fs';
import { settingFacts } from '@gatehouse/contracts/resources';
import { type Configuration, listSettings } from '@gatehouse/service-kit/config';
import { describe, expect, it } from 'vitest';
import { configuration as authApi } from '../../../services/auth-api/src/config.ts';
import { configuration as authUi } from '../../../services/auth-ui/src/config.ts';
import { configuration as environmentApi } from '../../../services/environment-api/src/config.ts';

const root = new URL('../../../', import.meta.url);
const pages = [
  'README.md',
  ...['start', 'guides', 'explain'].flatMap((folder) => filesIn(`docs/${folder}`, '.md')),
];
const configurations: Configuration[] = [authApi, authUi, environmentApi];
const ofServices = configurations.flatMap(({ settings }) => listSettings(settings));
const variables = new Set(ofServices.map(({ setting }) => setting.env));
const keys = ofServices.map(({ path }) => path.join('.'));
/** The command line and the Compose file have variables of their own. */
const others = [...filesIn('packages/cli/src', '.ts'), 'docker/compose.yaml'].map(read).join('\n');
const ofContactCenters = settingFacts().map(({ name }) => name);

describe.each(pages)('%s', (page) => {
  const text = read(page);

  it('names settings of services that exist', () => {
    const named = [...text.matchAll(/\bGATEHOUSE_[A-Z0-9_]*[A-Z0-9]\b/g)].map(([name]) => name);
    expect(named.filter((name) => !isVariable(name))).toEqual([]);
    const told = [...text.matchAll(/`config\.(?!ts`)([a-z][A-Za-z]+(?:\.[a-z][A-Za-z]+)*)/g)].map(
      ([, key = '']) => key,
    );
    expect(told.filter((key) => !keys.some((one) => one === key || one.startsWith(`${key}.`)))).toEqual([]);
  });

  it('names settings of contact centres that a service reads, or own ones', () => {
    const told = [...text.matchAll(/\b[Ss]ettings?(?:\]\([^)]*\))?\)? `([a-z][\w.-]*)`/g)];
    const set = [...text.matchAll(/gatehouse settings (?:set|delete)(?: -\S+ \S+)* ([a-z][\w.-]*)/g)];
    const sent = [...text.matchAll(/"name": ?"([a-z]\w*-[\w.-]+)", ?"value"/g)];
    const named = [...told, ...set, ...sent].map(([, name = '']) => name);
    expect(
      named.filter((name) => !ofContactCenters.includes(name as never) && !name.startsWith('x-')),
    ).toEqual([]);
  });
});

it('of contact centres are told by name in a guide or an explanation', () => {
  const all = pages.map(read).join('\n');
  expect(ofContactCenters.filter((name) => !all.includes(`\`${name}\``))).toEqual([]);
});

function isVariable(name: string): boolean {
  return [name, name.replace(/_FILE$/, '')].some((one) => variables.has(one) || others.includes(one));
}

function filesIn(folder: string, ending: string): string[] {
  const files = readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith(ending)).map((file) => `${folder}/${file}`);
}

function read(file: string): string {
  return readFileSync(new URL(file, root), 'utf8');
}
