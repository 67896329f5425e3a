import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createLogger } from '../../../src/observability/logging/logger.ts';

function logged(record: object, format: 'json' | 'pretty' = 'json'): string {
  let text = '';
  const sink = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  createLogger('example', { level: 'info', format }, sink).info(record, 'something happened');
  return text;
}

test.each([
  ['a password', { password: 'hunter2' }],
  ['a header', { headers: { authorization: 'hunter2', cookie: 'hunter2' } }],
  ['a token answer', { body: { access_token: 'hunter2', refresh_token: 'hunter2' } }],
  ['an authorization code', { query: { code: 'hunter2' } }],
])('%s is not written', (_name, record) => {
  expect(logged(record)).not.toContain('hunter2');
});

test('the code of a system error is written, with service, level and ISO time', () => {
  const line = JSON.parse(logged({ err: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) }));
  expect(line).toMatchObject({ service: 'example', level: 'info', message: 'something happened' });
  expect(line.err.code).toBe('ECONNREFUSED');
  expect(new Date(line.time).toISOString()).toBe(line.time);
});

test('lines for people are read by programs elsewhere as they are otherwise', () => {
  const copied: string[] = [];
  const sink = new Writable({ write: (_chunk, _encoding, done) => done() });
  const copy = { write: (line: string) => void copied.push(line) };
  createLogger('example', { level: 'info', format: 'pretty' }, sink, copy).info(
    { password: 'hunter2' },
    'said',
  );

  expect(copied.map((line) => JSON.parse(line))).toMatchObject([
    { service: 'example', message: 'said', password: '[redacted]' },
  ]);
});

test('lines for people hold nothing that steers their terminal, whatever a stranger typed', () => {
  const typed = 'a\r\nmade up\u001b[31mred\u001b]0;title\u0007\u009b1m\u007f\b';
  const text = logged({ userName: typed, err: new Error(`no user ${typed}`) }, 'pretty');

  expect(text).toContain('something happened');
  expect(text).toContain('[31mred');
  expect([...text].filter((character) => /[\p{Cc}]/u.test(character) && character !== '\n')).toEqual([]);
});

test.each([
  ['the password that Redis refused', { command: { name: 'auth', args: ['user', 'hunter2'] } }],
  [
    'a row that PostgreSQL refused',
    { severity: 'ERROR', detail: 'Failing row contains (1, hunter2).', where: 'hunter2' },
  ],
  ['the claims of a token', { payload: { jti: 'hunter2' } }],
  ['the body of an answer', { body: '{"x":"hunter2"}', headers: { 'x-any': 'hunter2' } }],
])('%s is not written with the error, nor with those it is made of', (_name, fields) => {
  const error = Object.assign(new Error('refused'), { code: 'E_CODE', ...fields });
  const text = logged({ err: error }) + logged({ err: new AggregateError([error], 'all') });

  expect(text).not.toContain('hunter2');
  expect(text).toContain('E_CODE');
});
