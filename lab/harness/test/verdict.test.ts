import { expect, test } from 'vitest';
import type { Sent } from '../record.ts';
import { tableOf } from '../table.ts';
import { failureColumns, judge, type Losses } from '../verdict.ts';

const times = { beganMs: 1_000, backMs: 5_000, endedMs: 13_000 };
const noLosses: Losses = { tokens: 0, settings: 0, events: 0, refreshTokens: 0, acceptedRevoked: 0 };

const sentAt = (startedMs: number, status: number, isRight = status === 200): Sent => ({
  ...{ kind: 'login', startedMs, endedMs: startedMs + 10, status, isRight },
});
const faultsOf = (sent: Sent[], losses: Partial<Losses> = {}) =>
  judge('redis stopped', sent, times, { ...noLosses, ...losses }).faults;

test('503 during an outage and a recovery within five seconds are no fault', () => {
  const row = judge(
    'redis stopped',
    [sentAt(900, 500), sentAt(2_000, 503), sentAt(9_900, 503)],
    times,
    noLosses,
  );
  expect(row).toMatchObject({ faults: [], failed: { 503: 2 }, recoveryMs: 4_900, requests: 2 });
  expect(tableOf(failureColumns, [row])).toContain(
    '| redis stopped | 2 | 2 × 503 | 4.9 s (login) | 0.0 s (login) | nothing | none |',
  );
});

test('what a copy may lack is no fault, what was revoked is', () => {
  const losses = { ...noLosses, tokens: 2, acceptedRevoked: 1 };
  const { faults } = judge('primary killed', [], times, losses, { tolerated: ['tokens'] });
  expect(faults).toEqual(['1 revoked tokens are accepted']);
});

test('a request that fails while something off its path is broken is a fault', () => {
  const { faults } = judge('node killed', [sentAt(2_000, 503)], times, noLosses, { mayFail: false });
  expect(faults).toEqual(['1 requests failed']);
});

test.each([
  ['another 5xx', faultsOf([sentAt(2_000, 500)]), 'login was answered 500'],
  ['a late recovery', faultsOf([sentAt(10_100, 503)]), 'login still fails after 5100 ms'],
  ['no answer after six seconds', faultsOf([sentAt(11_000, 0)]), 'login still fails after 6000 ms'],
  ['a lost token', faultsOf([], { tokens: 2 }), '2 tokens are lost'],
  ['a lost write', faultsOf([], { settings: 1 }), '1 settings are lost'],
  ['a login without a trace', faultsOf([], { events: 1 }), '1 logins are not in the audit trail'],
  ['a lost refresh token', faultsOf([], { refreshTokens: 1 }), '1 refresh tokens are lost'],
  ['an accepted revoked token', faultsOf([], { acceptedRevoked: 1 }), '1 revoked tokens are accepted'],
])('%s is a fault', (_what, faults, expected) => {
  expect(faults).toEqual([expected]);
});
