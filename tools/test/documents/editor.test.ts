/** An editor checks and completes documents by the published schema. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { startLanguageServer } from './language-server.ts';

const folder = join(import.meta.dirname, '../../../docs/reference/documents');
const uriOf = (name: string) => pathToFileURL(join(folder, name)).href;
const modeline = '# yaml-language-server: $schema=Document.schema.json\n';
const server = await startLanguageServer();
afterAll(() => server.close());

const client = `${modeline}apiVersion: gatehouse/v1
kind: Client
metadata:
  name: agent-desktop
spec:
  clientType: PUBLIC
  redirectURIs:
    - https://desktop.example.com/callback
`;

test('a document that is right has no problem', async () => {
  expect(await server.open(uriOf('right.yaml'), client)).toEqual([]);
});

test('the editor underlines a value that is wrong, and a field that is misspelt', async () => {
  const text = client.replace('PUBLIC', 'PUBLICK').replace('redirectURIs', 'redirectUris');
  expect(await server.open(uriOf('wrong.yaml'), text)).toEqual(
    expect.arrayContaining([
      { line: 7, message: expect.stringContaining('"CONFIDENTIAL"') },
      { line: 8, message: expect.stringContaining('redirectUris') },
    ]),
  );
});

test('the editor offers the fields of the kind with their help, and the values of a field', async () => {
  await server.open(uriOf('typed.yaml'), `${client}  \n`);
  const fields = await server.completions(uriOf('typed.yaml'), 10, 2);
  const labels = fields.map(({ label }) => label);
  expect(labels).toEqual(expect.arrayContaining(['scope', 'authorizedGrantTypes', 'client_secret']));
  expect(labels).not.toContain('ldap');
  expect(JSON.stringify(fields.find(({ label }) => label === 'description'))).toContain('who answers for it');
  const values = await server.completions(uriOf('typed.yaml'), 7, 14);
  expect(values.map(({ label }) => label)).toEqual(expect.arrayContaining(['CONFIDENTIAL', 'PUBLIC']));
});

test('a secret that is written out is underlined: a reference stands in its place', async () => {
  const [problem] = await server.open(uriOf('secret.yaml'), `${client}  client_secret: hunter2\n`);
  expect(problem).toMatchObject({ line: 10 });
  const reference = '  client_secret:\n    secretRef:\n      env: GATEHOUSE_SECRET_DESKTOP\n';
  expect(await server.open(uriOf('reference.yaml'), client + reference)).toEqual([]);
});

const examples = join(import.meta.dirname, '../../../docs/examples');

test.each(globSync('{estate,estate-test}/**/*.yaml', { cwd: examples }))(
  'docs/examples/%s has no problem',
  async (name) => {
    const path = join(examples, name);
    expect(await server.open(pathToFileURL(path).href, readFileSync(path, 'utf8'))).toEqual([]);
  },
);
