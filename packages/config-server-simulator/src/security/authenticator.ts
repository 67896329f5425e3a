/** Checks and changes passwords by the rules; an unknown user costs the same work as a wrong password. */
import { CfgObjectState, CfgObjectType, flagIsSet } from '@gatehouse/config-server-client/model/enumerations';
import { foldUserName } from '@gatehouse/config-server-client/model/user-name';
import { RequestRefused } from '../server/request-refused.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { numberOf, type StoredObject } from '../store/stored-object.ts';
import { AccountMarks } from './account-marks.ts';
import type { HashQueue } from './hash-queue.ts';
import { FailureCounter } from './lockout.ts';
import {
  type HashAlgorithm,
  hashPassword,
  passwordMatches,
  type StoredPassword,
  unmatchedPassword,
} from './password-hash.ts';
import { checkNewPassword } from './password-policy.ts';
import { rulesFor, type SecurityRules } from './rules.ts';
import { Turns } from './turns.ts';

export interface AuthenticatorOptions {
  store: ObjectStore;
  queue: HashQueue;
  algorithm: HashAlgorithm;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Registered sessions of the account. */
  sessionsOf: (personDbid: number) => number;
}

export interface Verified {
  person: StoredObject;
  changePasswordRequired: boolean;
  passwordExpiresInDays: number | undefined;
  lastLogin: number | undefined;
  sessions: number;
}

/** Somebody who knows the password, and the rules that apply. */
interface Known {
  person: StoredObject;
  rules: SecurityRules;
}

const dayMs = 86_400_000;
const passwordBytesMax = 1_024;
const historyKept = 30;

export class Authenticator {
  readonly #options: AuthenticatorOptions;
  readonly #failures = new FailureCounter();
  readonly #turns = new Turns();
  readonly #marks: AccountMarks;
  /** What is checked for those who have no password. */
  readonly #decoy: StoredPassword;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
    this.#marks = new AccountMarks(options.store, options.now);
    this.#decoy = unmatchedPassword(options.algorithm);
  }

  /**
   * A login. Errors: AuthenticationFailed (one text for unknown, wrong, disabled, other tenant), and only after the
   * correct password AccountLocked, AccountExpired, PasswordExpired, TooManySessions; CFGForcedDisconnect under overload.
   */
  async authenticate(userName: string, password: string, tenantDbid?: number): Promise<Verified> {
    const { store, now } = this.#options;
    const { person, rules } = await this.#turns.take(foldUserName(userName), () =>
      this.#verify(userName, password, tenantDbid),
    );
    const dbid = person['DBID'] as number;
    this.#checkAccount(person, rules);
    const expiresInDays = this.#passwordExpiresInDays(person, rules);
    if (expiresInDays !== undefined && expiresInDays <= 0) {
      throw new RequestRefused('PasswordExpired', 'the password has expired');
    }
    const sessions = this.checkSessions(person, rules);
    const lastLogin = store.lastLoginOf(dbid);
    await store.recordLogin(dbid, Math.floor(now() / 1000));
    const tellsExpiration =
      expiresInDays !== undefined && expiresInDays <= rules.passwordExpirationNotifyDays;
    return {
      person,
      sessions,
      changePasswordRequired: this.#mustChange(person, rules),
      passwordExpiresInDays: tellsExpiration ? expiresInDays : undefined,
      lastLogin,
    };
  }

  /** Fails as for an unknown user, after the same work in the same turn, and counts against nobody. */
  refuse(userName: string, password: string): Promise<never> {
    return this.#turns.take(foldUserName(userName), async () => {
      await this.#options.queue.run(() => passwordMatches(password, this.#decoy));
      throw failed();
    });
  }

  /** Unix seconds of the change. Errors: those of `authenticate` except PasswordExpired; PasswordPolicyViolation. */
  changePassword(userName: string, oldPassword: string, newPassword: string): Promise<number> {
    // Until the new password is in force: of two changes at once the second one no longer knows the old password.
    return this.#turns.take(foldUserName(userName), async () => {
      const { person, rules } = await this.#verify(userName, oldPassword);
      this.#checkAccount(person, rules);
      await this.setPassword(person['DBID'] as number, newPassword, rules);
      return Math.floor(this.#options.now() / 1000);
    });
  }

  /** How many the account has. Errors: TooManySessions when it may not have one more. */
  checkSessions(
    person: StoredObject,
    { maxAccountSessions } = rulesFor(person, this.#options.store),
  ): number {
    const sessions = this.#options.sessionsOf(person['DBID'] as number);
    if (maxAccountSessions > 0 && sessions >= maxAccountSessions) {
      throw new RequestRefused('TooManySessions', 'the account has too many sessions');
    }
    return sessions;
  }

  /** Sets a password that keeps to the rules; the old ones stay as history. */
  async setPassword(personDbid: number, newPassword: string, rules: SecurityRules): Promise<void> {
    const { store, queue, algorithm, now } = this.#options;
    if (Buffer.byteLength(newPassword) > passwordBytesMax) {
      throw new RequestRefused('MalformedBody', `a password has at most ${passwordBytesMax} bytes`);
    }
    const history = store.credentialOf(personDbid);
    const credential = await queue.run(async () => {
      await checkNewPassword(newPassword, rules, history);
      return hashPassword(newPassword, algorithm);
    });
    await store.update(
      CfgObjectType.person,
      personDbid,
      { changePasswordOnNextLogin: 1, PasswordUpdatingDate: Math.floor(now() / 1000) },
      { credential: [credential, ...history].slice(0, historyKept) },
    );
  }

  /** Lifts a lock, and lets an account in again that was not used for too long; the administrator's act. */
  async unlock(personDbid: number): Promise<void> {
    this.#failures.clear(personDbid);
    await this.#marks.clear(personDbid);
  }

  /** The person whose password this is, and who is enabled. Counts failures. */
  async #verify(userName: string, password: string, tenantDbid?: number): Promise<Known> {
    const { store, queue, now } = this.#options;
    const dbid = store.personNamed(userName)?.['DBID'] as number | undefined;
    const stored = dbid === undefined ? undefined : store.credentialOf(dbid)[0];
    const matches = await queue.run(() => passwordMatches(password, stored ?? this.#decoy));
    const person = dbid === undefined ? undefined : store.get(CfgObjectType.person, dbid);
    if (dbid === undefined || person === undefined) throw failed();
    // Through another tenant nobody can learn whether a password is right: so nobody can lock the account there either.
    if (tenantDbid !== undefined && person['tenantDBID'] !== tenantDbid) throw failed();
    const rules = rulesFor(person, store);
    const isPassword = matches && stored !== undefined;
    if (!isPassword) {
      const locksNow = this.#failures.record(dbid, rules, now());
      if (locksNow && !this.#marks.isLocked(person, rules)) await this.#marks.lock(dbid);
      throw failed();
    }
    if (!isEnabled(person, store)) throw failed();
    if (!this.#marks.isLocked(person, rules)) this.#failures.clear(dbid);
    return { person, rules };
  }

  #checkAccount(person: StoredObject, rules: SecurityRules): void {
    if (this.#marks.isLocked(person, rules))
      throw new RequestRefused('AccountLocked', 'the account is locked');
    if (this.#marks.isExpired(person, rules))
      throw new RequestRefused('AccountExpired', 'the account was not used for too long');
  }

  /** The person itself, or a tenant whose users were told to; those who changed it themselves have done so. */
  #mustChange(person: StoredObject, rules: SecurityRules): boolean {
    if (flagIsSet(numberOf(person, 'changePasswordOnNextLogin'))) return true;
    return rules.forcePasswordReset && (numberOf(person, 'PasswordUpdatingDate') ?? 0) === 0;
  }

  /** Undefined: never. The age of a password that was never changed by its user is unknown, so it does not expire. */
  #passwordExpiresInDays(person: StoredObject, rules: SecurityRules): number | undefined {
    const updatedSeconds = numberOf(person, 'PasswordUpdatingDate') ?? 0;
    if (rules.passwordExpirationDays === 0 || updatedSeconds === 0) return undefined;
    const endMs = updatedSeconds * 1000 + rules.passwordExpirationDays * dayMs;
    return Math.ceil((endMs - this.#options.now()) / dayMs);
  }
}

function failed(): RequestRefused {
  return new RequestRefused('AuthenticationFailed', 'user name or password is wrong');
}

/** Enabled, in an enabled tenant. */
function isEnabled(person: StoredObject, store: ObjectStore): boolean {
  const tenant = store.get(CfgObjectType.tenant, person['tenantDBID'] as number);
  return person['state'] === CfgObjectState.enabled && tenant?.['state'] === CfgObjectState.enabled;
}
