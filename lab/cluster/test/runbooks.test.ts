import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { printedCommand, titles } from '../runbooks/page.ts';
import { runbookSteps, shownElsewhere } from '../runbooks/steps.ts';

test('every section of the runbooks is played on the cluster, or named as one that is shown elsewhere', () => {
  const played = runbookSteps.map(({ name }) => name.replace('runbook: ', ''));
  expect([...played, ...shownElsewhere].sort()).toEqual([...titles].sort());
});

test('a step can run only what its section prints, with every name filled in', () => {
  const command = 'gatehouse clients diagnose <client-id>';
  expect(printedCommand('A client is refused', command, { '<client-id>': 'app' })).toBe(
    'gatehouse clients diagnose app',
  );
  expect(() => printedCommand('A client is refused', command)).toThrow('nothing is given for <client-id>');
  expect(() => printedCommand('Tokens are slow', command, { '<client-id>': 'app' })).toThrow(
    'does not print',
  );
});

test('every command of a step is printed by its section', () => {
  const folder = new URL('../runbooks/', import.meta.url);
  const page = readFileSync(new URL('../../../docs/guides/runbooks.md', import.meta.url), 'utf8').replaceAll(
    /\s+/g,
    ' ',
  );
  for (const file of [
    'audit',
    'clients',
    'dependencies',
    'destinations',
    'guessing',
    'logins',
    'passkeys',
    'pods',
    'single-sign-on',
    'stores',
  ]) {
    const source = readFileSync(new URL(`${file}.ts`, folder), 'utf8');
    for (const [, command] of source.matchAll(
      /(?:gatehouse|says|query)\(\s*['"]((?:gatehouse|SELECT) .*?)['"],?\s*[),{]/g,
    ))
      expect(page, file).toContain(`\`${command}\``);
  }
});
