import { join } from 'node:path';
import { expect, test } from 'vitest';
import { clientOf, startApply } from './running-apply.ts';

const { folder, file, sent, run } = await startApply();

test('a later -f overrides fields of the same document, and leaves the others', async () => {
  const base = file(
    'base/a.yaml',
    clientOf('one', '  scope: [openid, profile]\n  tokenExchange: {audiences: [a], delegation: true}\n'),
  );
  file('base/b.yaml', clientOf('two'));
  file(
    'test/over.yaml',
    `apiVersion: gatehouse/v1\nkind: Client\nmetadata: {name: one}\nspec: {scope: [openid], tokenExchange: {delegation: null}, description: Test}\n---\n${clientOf('three')}`,
  );
  expect(await run(['-f', join(base, '..'), '-f', join(folder, 'test')])).toMatchObject({ exitCode: 0 });
  expect(sent[0]?.documents.map(({ spec }) => spec)).toEqual([
    {
      name: 'Desktop',
      scope: ['openid'],
      tokenExchange: { audiences: ['a'], delegation: null },
      description: 'Test',
    },
    { name: 'Desktop' },
    { name: 'Desktop' },
  ]);
});

test('the place tells documents of one name apart, and the usual place may be left out', async () => {
  const setting = (metadata: string, value: string) =>
    `apiVersion: gatehouse/v1\nkind: Setting\nmetadata: {name: x-colour${metadata}}\nspec: {value: ${value}}\n`;
  const base = file('base.yaml', `${setting('', 'red')}---\n${setting(', location: /USW1', 'green')}`);
  const over = file('over.yaml', setting(', location: /', 'blue'));
  expect(await run(['-f', base, '-f', over])).toMatchObject({ exitCode: 0 });
  expect(sent[0]?.documents.map(({ spec }) => spec)).toEqual([{ value: 'blue' }, { value: 'green' }]);
});

test('a field of an overlay is told with the file of the overlay', async () => {
  const base = file('base.yaml', clientOf('one'));
  const over = file('over.yaml', clientOf('one', '  client_secret: plain\n'));
  const { error } = await run(['-f', base, '-f', over]);
  expect(error).toContain('over.yaml:7: Client one: spec.client_secret: is a secret, which no file holds');
  expect(error).not.toContain('plain');
});

test('an overlay replaces a reference as a whole', async () => {
  const base = file('base.yaml', clientOf('one', '  client_secret: {secretRef: {file: none.txt}}\n'));
  const over = file(
    'over.yaml',
    clientOf('one', '  client_secret: {secretRef: {env: GATEHOUSE_SECRET_ONE}}\n'),
  );
  expect(await run(['-f', base, '-f', over], { env: { GATEHOUSE_SECRET_ONE: 'hunter2' } })).toMatchObject({
    exitCode: 0,
  });
  expect(sent[0]?.documents[0]?.secrets).toEqual({ client_secret: 'hunter2' });
});
