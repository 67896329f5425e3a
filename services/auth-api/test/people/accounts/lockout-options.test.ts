import type { CfgTenant } from '@gatehouse/people-directory';
import { expect, it } from 'vitest';
import { readLockoutOptions } from '../../../src/people/accounts/attempts/lockout-options.ts';

type Options = Record<string, string | number>;

function tenant(DBID: number, options: Options = {}, parentTenantDBID?: number): CfgTenant {
  return {
    ...{ DBID, name: `tenant ${DBID}`, state: 1 },
    ...(parentTenantDBID === undefined ? {} : { parentTenantDBID }),
    userProperties: [['security-authentication-rules', Object.entries(options)]],
  };
}
const locks = (threshold: number | string, period?: number): Options => ({
  'account-lockout-threshold': threshold,
  ...(period === undefined ? {} : { 'account-lockout-attempts-period': period }),
});
const minutes = (count: number) => count * 60_000;
const found = (threshold: number, windowMs: number) => ({ threshold, windowMs, from: 'server' });

it.each<[string, CfgTenant[], number | undefined, unknown]>([
  ['its own rule', [tenant(1, locks(3)), tenant(101, locks('5', 10))], 101, found(5, minutes(10))],
  ['that of ENVIRONMENT', [tenant(1, locks(3, 5)), tenant(101)], 101, found(3, minutes(5))],
  [
    'that of the nearest ancestor, option by option',
    [tenant(1, locks(8, 5)), tenant(101, locks(4)), tenant(102, {}, 101)],
    102,
    found(4, minutes(5)),
  ],
  [
    'none when it ends inheritance',
    [tenant(1, locks(3)), tenant(101, { 'tenant-override-section': 'true' })],
    101,
    'never',
  ],
  ['a day when only a login ends the count', [tenant(101, locks(5))], 101, found(5, minutes(24 * 60))],
  [
    'the strictest of all where every tenant may sign in',
    [tenant(1), tenant(101, locks(8, 20)), tenant(102, locks(4, 5)), tenant(103, locks(0))],
    undefined,
    found(4, minutes(20)),
  ],
  ['none when it is switched off', [tenant(1, locks(3)), tenant(101, locks(0))], 101, 'never'],
  ['none where no ancestor has one', [tenant(1), tenant(101)], 101, 'never'],
  ['unknown where an ancestor is not shown', [tenant(101)], 101, undefined],
  ['none for a text that is no number', [tenant(101, locks('many'))], 101, 'never'],
  ['unknown when the server shows nothing', [{ DBID: 101, name: 'a', state: 1 }], 101, undefined],
  ['unknown without the tenant', [], 101, undefined],
  [
    'an end for ancestors in a circle',
    [tenant(101, {}, 102), tenant(102, locks(6, 1), 101)],
    101,
    found(6, minutes(1)),
  ],
])('the lock-out rule of a tenant is %s', (_case, tenants, dbid, expected) => {
  expect(readLockoutOptions(tenants, dbid)).toEqual(expected);
});
