import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Answer, Person } from './person.ts';
import { type Stage, startStage } from './stage.ts';

let stage: Stage;
let person: Person;
beforeAll(async () => {
  stage = await startStage();
  person = await stage.installationAdministrator();
});
afterAll(() => stage?.close());

const path = '/auth/console/keys';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

function keysIn({ rows }: Answer, algorithm: string, state: string): string[] {
  return rows
    .filter((row) => row['Algorithm'] === algorithm && row['State']?.startsWith(state))
    .map(({ Key }) => Key ?? '');
}

it('signs with the next keys after a rotation, and goes on publishing the former ones', async () => {
  const before = await person.open(path);
  const [next] = keysIn(before, 'ES256', 'Next');
  const [former] = keysIn(before, 'ES256', 'In use');
  const question = await person.open(`${path}/rotate`);
  const rotated = await person.submit(question, `${path}/rotate`, { algorithm: 'ES256' });
  expect(rotated).toMatchObject({ path, message: 'The next keys sign from now on' });
  expect(keysIn(rotated, 'ES256', 'In use')).toEqual([next]);
  expect(keysIn(rotated, 'ES256', 'Former')).toContain(former);
  expect(keysIn(rotated, 'RS256', 'In use')).toEqual(keysIn(before, 'RS256', 'In use'));
});

it('rotates once where a form is sent twice, and asks again where the keys are others meanwhile', async () => {
  const before = await person.open(path);
  const [next] = keysIn(before, 'RS256', 'Next');
  const question = await person.open(`${path}/rotate`);
  const other = await person.open(`${path}/single-sign-on/activate?purpose=signing`);
  await person.submit(question, `${path}/rotate`, { algorithm: 'RS256' });
  const again = await person.submit(question, `${path}/rotate`, { algorithm: 'RS256' });
  expect(again).toMatchObject({ status: 412, message: expect.stringMatching(/^Something was changed/) });
  expect(again.forms.find(({ action }) => action === `${path}/rotate`)?.fields['algorithm']).toBe('RS256');
  expect(keysIn(await person.open(path), 'RS256', 'In use')).toEqual([next]);

  for (const step of ['retire', 'remove']) {
    const old = await person.open(`${path}/${step}?kid=${next}`);
    await person.submit(await person.open(`${path}/rotate`), `${path}/rotate`, { algorithm: 'EdDSA' });
    expect(await person.submit(old, `${path}/${step}`)).toMatchObject({ status: 412 });
  }
  const prepare = () => person.submit(before, `${path}/single-sign-on/prepare`, { purpose: 'signing' });
  await prepare();
  expect((await prepare()).message).toContain('The next key is in our metadata now');
  expect(await person.submit(other, `${path}/single-sign-on/activate`)).toMatchObject({ status: 412 });
});

it('imports a private key, shows it nowhere, and removes it after a question', async () => {
  const form = await person.open(`${path}/import`);
  const imported = await person.submit(form, `${path}/import`, { key: pem });
  const kid = /^(.+) is imported$/.exec(imported.message ?? '')?.[1] ?? '';
  expect(imported.rows).toContainEqual(expect.objectContaining({ Key: kid, Origin: 'Imported' }));
  expect(imported.html).not.toContain(pem.split('\n')[1]);

  const question = await person.open(`${path}/remove?kid=${encodeURIComponent(kid)}`);
  expect(question.text).toContain('Everything that it signed is refused at once');
  const removed = await person.submit(question, `${path}/remove`);
  expect(removed.message).toBe(`${kid} is removed`);
  expect(removed.rows.map(({ Key }) => Key)).not.toContain(kid);
});

it('says why a key is refused, and does not send it back', async () => {
  const form = await person.open(`${path}/import`);
  const secret = 'bm90IGEga2V5IGF0IGFsbA';
  const typed = `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----`;
  const page = await person.submit(form, `${path}/import`, { key: typed });
  expect(page.status).toBe(400);
  expect(page.text).toMatch(/PEM|private key/i);
  expect(page.html).not.toContain(secret);
  const json = await person.submit(form, `${path}/import`, { key: `{"d":"${secret}"` });
  expect(json.status).toBe(400);
  expect(json.html).not.toContain(secret);
});

const keystores = new URL('../../../auth-api/test/keys/signing-keys/keystores/', import.meta.url);
const keystore = (name: string) => readFileSync(new URL(`${name}.p12`, keystores));
const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
const privateRsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const encrypted = privateRsa.export({
  type: 'pkcs8',
  format: 'pem',
  cipher: 'aes-256-cbc',
  passphrase: 'typed-word',
});

async function importFile(keyFile: Buffer | string, typed: Record<string, string> = {}) {
  const form = await person.open(`${path}/import`);
  return person.submitFiles(form, `${path}/import`, { keyFile: Buffer.from(keyFile) }, typed);
}

it.each([
  ['a keystore', keystore('ec'), { password: 'changeit', state: 'active' }, 'ES256', 'In use'],
  [
    'one key of a keystore with two',
    keystore('two-rsa'),
    { password: 'changeit', alias: 'new' },
    'RS256',
    'Next',
  ],
  ['encrypted PEM', Buffer.from(encrypted), { password: 'typed-word' }, 'RS256', 'Next'],
  ['a JWK', Buffer.from(`\uFEFF${JSON.stringify(jwk)}\n`), {}, 'EdDSA', 'Next'],
])('imports %s from a file', async (_name, file, typed, algorithm, state) => {
  const imported = await importFile(file, typed);
  const kid = /^(.+) is imported$/.exec(imported.message ?? '')?.[1] ?? '';
  expect(imported.rows).toContainEqual(expect.objectContaining({ Key: kid, Origin: 'Imported' }));
  expect(keysIn(imported, algorithm, state)).toContain(kid);
});

it('takes the text where no file is chosen, and otherwise the file in its place', async () => {
  const text = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const key = text.export({ type: 'pkcs8', format: 'pem' }).toString();
  expect((await importFile('', { key })).message).toMatch(/ is imported$/);
  const refused = await importFile('no key', { key });
  expect(refused).toMatchObject({ status: 400, fieldProblems: { keyFile: expect.anything() } });
});

const changeit = { password: 'changeit' };

it.each([
  ['a wrong password', keystore('two-rsa'), { password: 'wrong' }, 'password', 'does not open with this'],
  ['no password', Buffer.from(encrypted), {}, 'password', 'is encrypted: send its password too'],
  ['no entry of several', keystore('two-rsa'), changeit, 'alias', 'choose an alias of old, new'],
  ['an unknown entry', keystore('ec'), { ...changeit, alias: 'other' }, 'alias', 'named other: it has sign'],
  ['no keystore', Buffer.from('0123'), {}, 'keyFile', 'is no PKCS#12 file'],
  ['a JKS keystore', Buffer.from('feedfeed00000002', 'hex'), {}, 'keyFile', 'convert it with keytool'],
  ['broken JSON', Buffer.from('{"d":"changeit"'), {}, 'keyFile', 'it is no JSON'],
  ['a JWK without a type', Buffer.from('{"d":"changeit"}'), {}, 'keyFile', 'kty: This is missing.'],
])('says beside the field what is wrong: %s', async (_name, file, typed, field, said) => {
  const page = await importFile(file, typed);
  expect(page.status).toBe(400);
  expect(page.fieldProblems).toEqual({ [field]: expect.stringContaining(said) });
  expect(page.html).not.toContain('changeit');
  expect(page.html).not.toContain(file.toString('base64').slice(0, 60));
});

it('says beside the file that it is longer than Auth API takes, and reads no form that is far longer', async () => {
  // In base64 it is longer than 65 536 bytes.
  const page = await importFile(Buffer.alloc(60_000, 1));
  expect(page.status).toBe(413);
  expect(page.fieldProblems).toEqual({ keyFile: expect.stringContaining('larger than 65536 bytes') });
  const unread = await importFile(Buffer.alloc(600_000, 1));
  expect(unread).toMatchObject({ status: 413, heading: 'This could not be done' });
});

it('logs nothing of a key that was sent', () => {
  const logged = stage.authUiLogged();
  expect(logged).not.toMatch(/changeit|typed-word|BEGIN [A-Z ]*PRIVATE/);
  expect(logged).not.toContain(keystore('ec').toString('base64').slice(0, 60));
  expect(logged).not.toContain(jwk.d);
});

it('puts the next key of single sign-on into our metadata, and uses it when it is activated', async () => {
  const before = await person.open(path);
  const prepared = await person.submit(before, `${path}/single-sign-on/prepare`, { purpose: 'encryption' });
  expect(prepared.message).toContain('The next key is in our metadata now');
  expect(prepared.text).not.toContain('Prepare the next encryption key');
  const question = await person.open(`${path}/single-sign-on/activate?purpose=encryption`);
  const activated = await person.submit(question, `${path}/single-sign-on/activate`);
  expect(activated).toMatchObject({ path, message: 'The next key is in use' });
  expect(activated.text).toContain('Prepare the next encryption key');
});

it('shows a refusal beside the question', async () => {
  const question = await person.open(`${path}/retire?kid=unknown-key`);
  const page = await person.submit(question, `${path}/retire`);
  expect(page.status).toBe(404);
});
