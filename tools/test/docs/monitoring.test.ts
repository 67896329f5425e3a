/** Checks what the documentation says about metrics and alerts against the source and the rules of the charts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { sourceFiles } from '../../source-files.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const textOf = (path: string) => readFileSync(join(root, path), 'utf8');
const textsOf = (pattern: RegExp) => sourceFiles(root, pattern).map(textOf).join('\n');

interface Rules {
  groups: { rules: { alert?: string; labels?: { severity: string } }[] }[];
}

const rules = sourceFiles(root, /^charts\/[^/]+\/monitoring\/rules\.yaml$/);
const alerts = rules
  .flatMap((path) => (parse(textOf(path)) as Rules).groups.flatMap((group) => group.rules))
  .filter(({ alert }) => alert !== undefined);

describe('the documentation', () => {
  const pages = textsOf(/\.md$/);

  test('names metrics that the services or the rules of the charts have', () => {
    const named = [...pages.matchAll(/`(gatehouse(?:(?:_[a-z]+){2,}|:[a-z0-9_:]+))/g)].map(
      ([, name = '']) => name,
    );
    const known = `${textsOf(/^(?:packages|services)\/[^/]+\/src\/.*\.ts$/)}\n${rules.map(textOf).join('\n')}`;
    expect(named.length).toBeGreaterThan(30);
    expect([...new Set(named)].filter((name) => !known.includes(name))).toEqual([]);
  });

  test('names alerts that there are', () => {
    const named = [...pages.matchAll(/\bGatehouse[A-Z][A-Za-z]+/g)].map(([name]) => name);
    expect(named.filter((name) => !alerts.some(({ alert }) => alert === name))).toEqual([]);
  });
});

test('docs/guides/operations.md says of every alert whether it wakes somebody', () => {
  const rows = [...textOf('docs/guides/operations.md').matchAll(/^\|(.*`Gatehouse.*)\| (\w+) \|$/gm)];
  // Of alerts that several services have, the table names the one of Auth API.
  const wrong = alerts.filter(({ alert = '', labels }) => {
    const name = alert.replace(/^Gatehouse(?:AuthUi|EnvironmentApi)/, 'GatehouseAuthApi');
    const row = rows.find(([, names = '']) => names.includes(`\`${name}\``));
    return row?.[2] !== labels?.severity;
  });
  expect(wrong).toEqual([]);
});
