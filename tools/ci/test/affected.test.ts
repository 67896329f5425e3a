import { expect, it } from 'vitest';
import { commands } from '../../bootstrap/commands.mjs';
import { affectedSuites, subjects } from '../affected.ts';

it.each([
  ['a page', ['services/auth-ui/views/login.eta'], ['test:pages']],
  ['a migration', ['services/auth-api/migrations/20270101000000_more.sql'], ['test:cluster', 'check:plans']],
  ['an image', ['docker/Dockerfile'], ['test:cluster', 'test:compose']],
  ['a page of the documentation', ['docs/explain/glossary.md'], ['docs']],
  ['nothing', [], []],
])('a change of %s asks for the long suites that are about it', (_subject, files, suites) => {
  expect(affectedSuites(files)).toEqual(suites);
});

it('every suite is a command of the repository', () => {
  expect(Object.keys(subjects).filter((suite) => !(suite in commands))).toEqual([]);
});
