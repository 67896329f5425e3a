import { expect, test } from 'vitest';
import { parseBasicCredentials, parseBearerToken } from '../../src/credentials/basic-auth.ts';

const basic = (pair: string, scheme = 'Basic') => `${scheme} ${Buffer.from(pair).toString('base64')}`;

test('plain credentials have one reading', () => {
  expect(parseBasicCredentials(basic('client:secret'))).toEqual([{ username: 'client', password: 'secret' }]);
});

test('encoded credentials have the raw and the decoded reading', () => {
  expect(parseBasicCredentials(basic('my%2Fclient:a%20b+c'))).toEqual([
    { username: 'my%2Fclient', password: 'a%20b+c' },
    { username: 'my/client', password: 'a b c' },
  ]);
});

test('the scheme is matched in any case and the password may hold a colon', () => {
  expect(parseBasicCredentials(basic('c:a:b', 'bAsIc'))).toEqual([{ username: 'c', password: 'a:b' }]);
});

// attack: malformed Basic credentials | RFC 7617 2 | guard: packages/caller-auth/src/credentials/basic-auth.ts
test.each([
  ['no header', undefined],
  ['another scheme', 'Bearer abc'],
  ['bad base64', 'Basic %%%'],
  ['a lone base64 character', 'Basic A'],
  ['no colon', basic('client')],
  ['no user name', basic(':secret')],
  ['NUL', basic('cl\0ient:x')],
  ['invalid UTF-8', `Basic ${Buffer.from([0xc3, 0x28, 0x3a, 0x61]).toString('base64')}`],
  ['a header of 8 KB', basic(`c:${'x'.repeat(8192)}`)],
])('%s gives no credentials', (_name, header) => {
  expect(parseBasicCredentials(header)).toEqual([]);
});

test('a lone percent sign leaves the raw reading', () => {
  expect(parseBasicCredentials(basic('c:100%'))).toEqual([{ username: 'c', password: '100%' }]);
});

test('a bearer token is read in any case of the scheme, and only one token', () => {
  expect(parseBearerToken('bearer abc.def-_~+/==')).toBe('abc.def-_~+/==');
  expect(parseBearerToken('Bearer abc def')).toBeUndefined();
  expect(parseBearerToken('Basic abc')).toBeUndefined();
});
