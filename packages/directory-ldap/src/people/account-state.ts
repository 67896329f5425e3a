/** Reads what an entry says of an account: disabled, expired, a new password due, and since when it has its password. */
import type { DirectorySettings } from '../settings.ts';
import { type Entry, isTrue, numberOf, textOf } from './entry.ts';

export type DirectoryType = DirectorySettings['type'];

export interface AccountState {
  /** By an administrator. */
  isDisabled: boolean;
  /** Its time is over. */
  isExpired: boolean;
  /** After wrong passwords. It may have ended by itself: not every directory tells. */
  isLocked: boolean;
  mustChangePassword: boolean;
  /** Unix seconds; undefined where the directory does not tell. */
  passwordChangedAt: number | undefined;
  /** Milliseconds since the epoch; undefined where the directory does not tell, or the password never expires. */
  passwordExpiresAtMs: number | undefined;
}

/** Whether the person may sign in, whatever the password. */
export const mayEnter = ({ isDisabled, isExpired }: AccountState) => !isDisabled && !isExpired;

/** They are operational: servers give them only when they are named. */
const attributes: Record<DirectoryType, readonly string[]> = {
  standard: [
    'pwdAccountLockedTime',
    'pwdReset',
    'pwdChangedTime',
    // 389 Directory Server.
    'nsAccountLock',
    'accountUnlockTime',
    'pwdUpdateTime',
  ],
  activeDirectory: [
    'userAccountControl',
    'accountExpires',
    'pwdLastSet',
    'msDS-UserPasswordExpiryTimeComputed',
  ],
};

export function stateAttributes(type: DirectoryType): readonly string[] {
  return attributes[type];
}

/** Asked for where people are listed, beside the others. */
export const lockAttributes: Record<DirectoryType, readonly string[]> = {
  standard: [],
  activeDirectory: ['msDS-User-Account-Control-Computed'],
};

export function accountStateOf(entry: Entry, type: DirectoryType, nowMs: number): AccountState {
  return type === 'standard' ? standardState(entry, nowMs) : activeDirectoryState(entry, nowMs);
}

/** draft-behera-ldap-password-policy section 5.3.3: locked by an administrator, until one unlocks it. */
const lockedForGood = '000001010000Z';

function standardState(entry: Entry, nowMs: number): AccountState {
  const changedAtMs = timeOf(entry, 'pwdChangedTime') ?? timeOf(entry, 'pwdUpdateTime');
  const lockedAt = textOf(entry, 'pwdAccountLockedTime');
  // 389 Directory Server: 0 means until an administrator unlocks it.
  const lockedUntilMs = timeOf(entry, 'accountUnlockTime');
  return {
    // A lock after wrong passwords ends by itself, so it ends no session.
    isDisabled: lockedAt === lockedForGood || isTrue(entry, 'nsAccountLock'),
    isExpired: false,
    isLocked:
      (lockedAt !== undefined && lockedAt !== lockedForGood) ||
      lockedUntilMs === 0 ||
      (lockedUntilMs ?? 0) > nowMs,
    mustChangePassword: isTrue(entry, 'pwdReset'),
    passwordChangedAt: changedAtMs === undefined ? undefined : Math.floor(changedAtMs / 1000),
    passwordExpiresAtMs: undefined,
  };
}

/** [MS-ADTS] 2.2.16. */
const accountDisable = 0x2n;
const dontExpirePassword = 0x10000n;
/** [MS-ADTS] 3.1.1.4.5.17: computed by the server, so it knows when a lock has ended. */
const computedControl = 'msDS-User-Account-Control-Computed';
const lockout = 0x10n;
/** [MS-ADTS]: both mean never. */
const never = new Set([0n, 0x7fff_ffff_ffff_ffffn]);

function activeDirectoryState(entry: Entry, nowMs: number): AccountState {
  const control = numberOf(entry, 'userAccountControl') ?? 0n;
  const lastSet = numberOf(entry, 'pwdLastSet');
  const expiresAtMs = fileTimeMs(numberOf(entry, 'accountExpires') ?? 0n);
  const setAtMs = fileTimeMs(lastSet ?? 0n);
  return {
    isDisabled: (control & accountDisable) !== 0n,
    isExpired: expiresAtMs !== undefined && expiresAtMs <= nowMs,
    isLocked: ((numberOf(entry, computedControl) ?? 0n) & lockout) !== 0n,
    mustChangePassword: lastSet === 0n && (control & dontExpirePassword) === 0n,
    passwordChangedAt: setAtMs === undefined ? undefined : Math.floor(setAtMs / 1000),
    passwordExpiresAtMs: fileTimeMs(numberOf(entry, 'msDS-UserPasswordExpiryTimeComputed') ?? 0n),
  };
}

/** [MS-DTYP] 2.3.3: units of 100 ns since 1601. Undefined: never. */
function fileTimeMs(value: bigint): number | undefined {
  if (never.has(value) || value < 0n) return undefined;
  return Number(value / 10_000n) - 11_644_473_600_000;
}

/** RFC 4517 section 3.3.13, in UTC as servers write it. */
function timeOf(entry: Entry, name: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:[.,]\d+)?Z$/.exec(textOf(entry, name) ?? '');
  if (parts === null) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
