import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { clientOf, planOf, startApply } from './running-apply.ts';

const { folder, file, sent, answers, run } = await startApply();

const withSecret = (reference: string) =>
  file('estate/one.yaml', clientOf('one', `  client_secret:\n    secretRef: ${reference}\n`));
const environment = `apiVersion: gatehouse/v1
kind: Environment
metadata: {name: Head office}
spec:
  directory: ldap
  ldap:
    bindDn: cn=gatehouse
    bindPassword: {secretRef: {env: GATEHOUSE_SECRET_BIND}}
`;

test('a file beside the document is read without the line break at its end, and sent beside the spec', async () => {
  file('estate/secrets/one.txt', 'hunter2\n');
  withSecret('{file: secrets/one.txt}');
  expect(await run(['-f', join(folder, 'estate')])).toMatchObject({ exitCode: 0 });
  expect(sent[0]?.documents).toEqual([
    {
      apiVersion: 'gatehouse/v1',
      kind: 'Client',
      metadata: { name: 'one' },
      spec: { name: 'Desktop' },
      secrets: { client_secret: 'hunter2' },
    },
  ]);
});

test('a variable gives the secret of a field inside of an object', async () => {
  const path = file('one.yaml', environment);
  await run(['-f', path], { env: { GATEHOUSE_SECRET_BIND: 'hunter2' } });
  expect(sent[0]?.documents[0]).toMatchObject({
    spec: { directory: 'ldap', ldap: { bindDn: 'cn=gatehouse' } },
    secrets: { 'ldap.bindPassword': 'hunter2' },
  });
});

test('a mounted Secret of Kubernetes is read through its links', async () => {
  file('mounted/one/..2026/secret', 'hunter2');
  symlinkSync('..2026', join(folder, 'mounted/one/..data'));
  symlinkSync('..data/secret', join(folder, 'mounted/one/secret'));
  const path = withSecret('{kubernetes: {secret: one, key: secret}}');
  await run(['-f', path, '--secrets-folder', join(folder, 'mounted')]);
  await run(['-f', path], { env: { GATEHOUSE_SECRETS_FOLDER: join(folder, 'mounted') } });
  expect(sent.map(({ documents }) => documents[0]?.secrets)).toEqual([
    { client_secret: 'hunter2' },
    { client_secret: 'hunter2' },
  ]);
});

// attack: read a file outside of the folder as a secret | CWE-22, CWE-59 | guard: packages/cli/src/documents/secrets.ts
// attack: send a variable of the pipeline as a secret | CWE-526 | guard: packages/cli/src/documents/secrets.ts
test.each([
  ['{file: none.txt}', 'none.txt is not there'],
  ['{file: ../outside.txt}', '../outside.txt is outside of the folder that is applied'],
  ['{file: /etc/hostname}', '/etc/hostname is not there'],
  ['{file: link.txt}', 'link.txt is outside of the folder that is applied'],
  ['{file: empty.txt}', 'empty.txt is empty'],
  ['{file: .}', '. is no file'],
  ['{file: long.txt}', 'long.txt is longer than 65536 bytes'],
  ['{env: GATEHOUSE_SECRET_NONE}', 'the variable GATEHOUSE_SECRET_NONE is not set'],
  [
    '{env: GATEHOUSE_PASSWORD}',
    'GATEHOUSE_PASSWORD is not permitted: the name must begin with GATEHOUSE_SECRET_',
  ],
  ['{kubernetes: {secret: none, key: secret}}', 'the Secret none is not mounted'],
  ['{kubernetes: {secret: ../outside, key: secret}}', 'must be the name of a Secret'],
  ['{kubernetes: {secret: "..", key: secret}}', 'must be the name of a Secret'],
  ['{kubernetes: {secret: one, key: ../../outside.txt}}', 'must be the name of a Secret'],
  ['{kubernetes: {secret: one, key: none}}', 'the key none of the Secret one is not there'],
  ['{vault: secret/one}', 'must be {file: …}, {env: GATEHOUSE_SECRET_…} or {kubernetes:'],
  ['one', 'must be {file: …}'],
  ['{file: a, env: b}', 'must be {file: …}'],
])('the reference %s leads nowhere: nothing is sent', async (reference, sentence) => {
  file('outside.txt', 'hunter2');
  file('mounted/one/secret', 'hunter2');
  file('estate/empty.txt', '\n');
  file('estate/long.txt', 'x'.repeat(65_537));
  symlinkSync('../outside.txt', join(folder, 'estate/link.txt'));
  withSecret(reference);
  const { exitCode, error } = await run([
    '-f',
    join(folder, 'estate'),
    '--secrets-folder',
    join(folder, 'mounted'),
  ]);
  expect(exitCode).toBe(2);
  expect(error).toContain(`one.yaml:7: Client one: spec.client_secret: ${sentence}`);
  expect(error).not.toContain('hunter2');
  expect(sent).toEqual([]);
});

test.each([
  [
    'a reference in place of another field',
    '  description: {secretRef: {env: GATEHOUSE_SECRET_ONE}}\n',
    'spec.description: is no secret',
  ],
  [
    'a reference in a list',
    '  scope: [{secretRef: {env: GATEHOUSE_SECRET_ONE}}]\n',
    'spec.scope[0]: is no secret',
  ],
  [
    'more beside a reference',
    '  client_secret: {secretRef: {env: GATEHOUSE_SECRET_ONE}, value: x}\n',
    'spec.client_secret: must be {file: …}',
  ],
  [
    'a secret that is written out',
    '  client_secret: hunter2\n',
    'spec.client_secret: is a secret, which no file holds',
  ],
  ['secrets of the document', 'secrets: {client_secret: hunter2}\n', 'secrets: a file has no secrets'],
])('%s is refused', async (_name, spec, sentence) => {
  const path = file('one.yaml', clientOf('one', spec));
  const { exitCode, error } = await run(['-f', path], { env: { GATEHOUSE_SECRET_ONE: 'hunter2' } });
  expect(exitCode).toBe(2);
  expect(error).toContain(sentence);
  expect(error).not.toContain('hunter2');
});

test('standard input has no folder for files', async () => {
  const input = clientOf('one', '  client_secret: {secretRef: {file: one.txt}}\n');
  const { exitCode, error } = await run(['-f', '-'], { input });
  expect(exitCode).toBe(2);
  expect(error).toContain('standard input has no folder: use env or kubernetes');
});

test('a secret stands in no output, whatever the service answers', async () => {
  answers.push(
    { status: 200, body: { data: planOf([], {}) } },
    { status: 400, body: { status: { code: 400, message: 'no' }, errors: [] } },
  );
  const path = file('one.yaml', environment);
  const surroundings = { env: { GATEHOUSE_SECRET_BIND: 'hunter2' } };
  const runs = [await run(['-f', path], surroundings), await run(['-f', path, '--json'], surroundings)];
  expect(sent).toHaveLength(2);
  expect(JSON.stringify(runs)).not.toContain('hunter2');
});
