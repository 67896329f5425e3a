import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { tableOf } from '../../harness/table.ts';
import { stepsOfPage } from '../page/steps.ts';
import { columns, tableIn } from '../step.ts';
import { stepsOf } from '../steps.ts';

test('every shell block of the way to the first login is a step', () => {
  const page = readFileSync(new URL('../../../docs/start/first-login.md', import.meta.url), 'utf8');
  const steps = stepsOfPage('start/first-login.md', undefined);
  expect(steps).toHaveLength(page.match(/^```sh$/gm)?.length ?? 0);
  expect(stepsOf().map(({ name }) => name)).toEqual(expect.arrayContaining(steps.map(({ name }) => name)));
});

test('a section is run alone, with the blocks below its smaller headings', () => {
  const headings = (section: string) =>
    stepsOfPage('guides/deployment.md', [section]).map(({ name }) => name);
  expect(headings('Images')).toEqual(['deployment.md as printed: Images']);
  expect(headings('Kubernetes').at(-1)).toBe('deployment.md as printed: 5. Install');
  expect(headings('Operation')).toEqual([]);
});

test('no step that others build on comes after the removal of what was installed', () => {
  const names = stepsOf().map(({ name }) => name);
  expect(names.at(-1)).toBe('uninstall leaves nothing');
});

test('the table has one line for each step, whatever its message holds', () => {
  const row = { name: 'a step', seconds: 1.25, outcome: 'wrong' as const, figures: 'a | b\nmore' };
  expect(tableOf(columns, [row]).split('\n').at(-1)).toBe('| a step | 1.3 | wrong | a \\| b |');
});

test('of a step that has a table of its own, the file gets the table without the figures', () => {
  const row = { name: 'a step', seconds: 1, outcome: 'right' as const, figures: '' };
  expect(tableIn({ ...row, figures: '5 requests\n\n| kind | failed |\n| --- | --- |' })).toBe(
    '\n| kind | failed |\n| --- | --- |\n',
  );
  expect(tableIn({ ...row, figures: 'an error\nin two lines' })).toBe('');
});
