import { definedOnly } from '@gatehouse/contracts/values';
import { makeProviderKey, type ProviderKey } from '@gatehouse/testing/keys';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../../stack/auth-api.ts';
import type { Answer } from '../../stack/browser.ts';
import { type Encrypting, encryptBy, oaepNames } from './stack/encrypting.ts';
import { comeBack, leave } from './stack/saml-journey.ts';
import { assertionXml, encryptAssertion, idpMetadata, responseXml, signXml } from './stack/saml-provider.ts';
import { localTrial, setSignOn } from './stack/sign-on.ts';

let stack: AuthApi;
let key: ProviderKey;

beforeAll(async () => {
  stack = await startAuthApi({ env: localTrial });
  key = makeProviderKey();
});
afterAll(() => stack?.close());
beforeEach(() => setSignOn(stack, { saml: { idpMetadataXml: idpMetadata([key]), encryptAssertions: true } }));

const certificate = () => stack.deps.sso.keys.published('encryption')[0]?.certificate ?? '';

async function arrive(encrypt: (assertion: string) => string | Promise<string>, isResponseSigned = false) {
  const leaving = await leave(stack);
  const encrypted = await encrypt(signXml(assertionXml(leaving.facts), key));
  const xml = responseXml(leaving.facts, encrypted);
  const startedMs = performance.now();
  const answer = await comeBack(leaving, isResponseSigned ? signXml(xml, key, { element: 'Response' }) : xml);
  return {
    answer,
    tookMs: performance.now() - startedMs,
    isIn: (await leaving.browser.get('/auth/v3/ping')).status === 200,
  };
}

const arriveBy = (options: Encrypting, isResponseSigned = false) =>
  arrive((assertion) => encryptBy(assertion, certificate(), options), isResponseSigned);

describe('encrypted assertions', () => {
  it.each<[string, Encrypting]>([
    ['rsa-oaep with nothing else named', { digestName: null, maskName: null }],
    ['rsa-oaep, SHA-1', { hash: 'sha1' }],
    ['rsa-oaep, SHA-256, the mask not named: SHA-1', { hash: 'sha256', maskName: null }],
    ['rsa-oaep, SHA-256 for both', { hash: 'sha256', mask: 'sha256' }],
    ['rsa-oaep, SHA-384, the mask with SHA-1', { hash: 'sha384' }],
    ['rsa-oaep, SHA-512 for both', { hash: 'sha512', mask: 'sha512' }],
    ['rsa-oaep, SHA-1, the mask with SHA-256', { hash: 'sha1', mask: 'sha256' }],
    ['rsa-oaep-mgf1p with nothing else named', { transport: oaepNames.mgf1p, digestName: null }],
    ['rsa-oaep-mgf1p, SHA-256', { transport: oaepNames.mgf1p, hash: 'sha256' }],
    ['rsa-oaep-mgf1p, SHA-512', { transport: oaepNames.mgf1p, hash: 'sha512' }],
    [
      'rsa-oaep-mgf1p by a sender that masks with the digest',
      { transport: oaepNames.mgf1p, hash: 'sha256', mask: 'sha256' },
    ],
    ['a label', { hash: 'sha256', label: 'a label' }],
    ['the key beside the data', { beside: true }],
    ['AES-128-GCM', { data: 'aes128-gcm' }],
    ['AES-192-GCM', { data: 'aes192-gcm' }],
    ['AES-128-CBC', { data: 'aes128-cbc' }],
  ])('are opened: %s', async (_case, options) => {
    expect((await arriveBy(options)).isIn).toBe(true);
    expect((await arriveBy(options, true)).isIn).toBe(true);
  });

  it('are opened where a library names digests by no standard', async () => {
    const hashes = { keyEncryptionDigest: 'sha256' };
    expect((await arrive((assertion) => encryptAssertion(assertion, certificate(), hashes))).isIn).toBe(true);
  });

  // attack: weak encryption of an assertion | ASVS 11.3.1 | guard: services/auth-api/src/sign-in/sso/saml/encrypted-assertion.ts
  it.each<[string, Encrypting, string]>([
    ['RSA 1.5', { transport: 'http://www.w3.org/2001/04/xmlenc#rsa-1_5' }, 'rsa-1_5'],
    ['MD5', { digestName: 'http://www.w3.org/2001/04/xmldsig-more#md5' }, '#md5'],
    ['a mask that is none', { maskName: 'urn:none' }, 'urn:none'],
  ])('are refused with the algorithm and what to do: %s', async (_case, options, named) => {
    const { answer, isIn } = await arriveBy(options);
    expect(isIn).toBe(false);
    const detail = detailOf(answer);
    expect(detail).toContain('algorithm_refused');
    expect(detail).toContain(named);
    expect(detail).toMatch(/let the identity provider encrypt by AES .* rsa-oaep/);
  });

  it('for another key are refused with the algorithms and what to do', async () => {
    const stranger = makeProviderKey().certificate;
    const { answer } = await arrive((assertion) =>
      encryptBy(assertion, stranger, { hash: 'sha256', transport: oaepNames.mgf1p }),
    );
    expect(detailOf(answer)).toMatch(
      /decryption_failed: none of our \d keys opens it \(aes-256-gcm, its key by rsa-oaep-mgf1p with the digest sha256 .*read our metadata again/,
    );
  });

  it('with a changed text are not opened: GCM', async () => {
    const { answer, isIn } = await arriveBy({ spoil: (bytes) => spoiled(bytes, 40) });
    expect(isIn).toBe(false);
    expect(detailOf(answer)).toContain('decryption_failed');
  });

  // attack: changed text in CBC as an oracle | Jager and Somorovsky, CCS 2011 | guard: services/auth-api/src/sign-in/sso/saml/response.ts
  it.each<[string, (assertion: string) => string]>([
    ['its padding', byCbc((bytes) => spoiled(bytes, bytes.length - 17))],
    ['its first characters', byCbc((bytes) => spoiled(bytes, 0))],
    [
      'into XML that nobody signed',
      (assertion) => byCbc()(assertion.replace(/<ds:Signature .*<\/ds:Signature>/s, '')),
    ],
    ['into another name', (assertion) => byCbc()(assertion.replace('>agent<', '>admin<'))],
  ])('with a text in CBC that was changed fail alike, at the same time: %s', async (_case, encrypt) => {
    const { answer, tookMs, isIn } = await arrive(encrypt);
    expect(isIn).toBe(false);
    expect(answer.location).toMatch('error=sso_failed');
    expect(tookMs).toBeGreaterThanOrEqual(250);
    expect(detailOf(answer)).toContain('signature_invalid');
  });

  // attack: changed text in CBC inside a signed response | Jager and Somorovsky, CCS 2011 | guard: services/auth-api/src/sign-in/sso/saml/response.ts
  it('in a signed response are not decrypted before its signature holds', async () => {
    const leaving = await leave(stack);
    const encrypted = encryptBy(signXml(assertionXml(leaving.facts), key), certificate(), {
      data: 'aes256-cbc',
      hash: 'sha256',
    });
    const signed = signXml(responseXml(leaving.facts, encrypted), key, { element: 'Response' });
    const changed = signed.replace('http://www.w3.org/2009/xmlenc11#mgf1sha1', 'urn:none');
    expect(detailOf(await comeBack(leaving, changed))).toContain('signature_invalid');
  });
});

function byCbc(spoil?: (bytes: Buffer) => Buffer) {
  return (assertion: string) =>
    encryptBy(assertion, certificate(), { data: 'aes256-cbc', ...definedOnly({ spoil }) });
}

/** What the log says about a sign-in that failed. */
function detailOf({ headers }: Answer): string {
  const lines = stack
    .logged()
    .split('\n')
    .filter((line) => line.includes('"sso_failed"'));
  const line = lines.find((one) => one.includes(String(headers['x-request-id'])));
  return line === undefined ? '' : (JSON.parse(line) as { detail: string }).detail;
}

function spoiled(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
  return changed;
}
