import { ConfigServerError, type ConfigServerErrorCode } from '@gatehouse/people-directory';
import { describe, expect, it } from 'vitest';
import { afterFailure, type CallKind } from '../../src/client/repeat-policy.ts';

const failure = (code: ConfigServerErrorCode, sent: boolean) =>
  new ConfigServerError(code, 'failed', { sent });

describe('what may be repeated', () => {
  it.each<[CallKind, ConfigServerErrorCode, boolean, number, object]>([
    ['read', 'ConnectionLost', false, 0, { kind: 'repeat' }],
    ['authenticate', 'ConnectionLost', false, 0, { kind: 'repeat' }],
    ['write', 'ConnectionLost', false, 5, { kind: 'repeat' }],
    ['read', 'ConnectionLost', true, 0, { kind: 'repeat' }],
    ['read', 'ConnectionLost', true, 1, { kind: 'fail', error: { code: 'ConnectionLost' } }],
    [
      'authenticate',
      'ConnectionLost',
      true,
      0,
      { kind: 'fail', error: { code: 'OutcomeUnknown', sent: true } },
    ],
    ['write', 'ConnectionLost', true, 0, { kind: 'fail', error: { code: 'OutcomeUnknown', sent: true } }],
    ['authenticate', 'NotPrimary', true, 0, { kind: 'repeat', leave: true }],
    ['write', 'ShuttingDown', true, 0, { kind: 'repeat', leave: true }],
    ['read', 'ShuttingDown', true, 1, { kind: 'fail' }],
    ['write', 'ReadOnly', true, 0, { kind: 'move-to-writable' }],
    ['read', 'InternalError', true, 0, { kind: 'repeat' }],
    ['authenticate', 'InternalError', true, 0, { kind: 'fail' }],
    ['authenticate', 'RequestTimeout', true, 0, { kind: 'fail', error: { code: 'RequestTimeout' } }],
    ['read', 'RequestTimeout', true, 0, { kind: 'fail' }],
    [
      'authenticate',
      'AuthenticationFailed',
      true,
      0,
      { kind: 'fail', error: { code: 'AuthenticationFailed' } },
    ],
    ['read', 'Overloaded', true, 0, { kind: 'fail' }],
  ])('%s after %s, sent: %s, repeated %d times', (kind, code, sent, repeats, expected) => {
    expect(afterFailure(kind, failure(code, sent), repeats)).toMatchObject(expected);
  });
});
