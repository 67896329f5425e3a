/** Verifies and changes passwords by the rules; an unknown user costs the same work as a wrong password. */
import { CfgObjectState, CfgObjectType, flagIsSet, foldUserName } from '@gatehouse/people-directory';
import { RequestRefused } from '../objects/request-refused.ts';
import { numberOf, type StoredObject } from '../objects/stored-object.ts';
import type { ObjectStore } from '../store/object-store.ts';
import {
  type HashAlgorithm,
  hashPassword,
  passwordMatches,
  type StoredPassword,
  unmatchedPassword,
} from '../store/password-hash.ts';
import { AccountLocks } from './account-locks.ts';
import { AttemptQueue, type HashQueue } from './login-queues.ts';
import { checkNewPassword } from './password-policy.ts';
import { rulesFor, type SecurityRules } from './rules.ts';

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

/** A person whose password was correct, and the rules that apply. */
interface Known {
  person: StoredObject;
  rules: SecurityRules;
}

const dayMs = 86_400_000;
const maxPasswordBytes = 1_024;
const maxPasswordsKept = 30;

export class Authenticator {
  readonly #options: AuthenticatorOptions;
  readonly #attempts = new AttemptQueue();
  readonly #locks: AccountLocks;
  /** Verified in place of a password that does not exist. */
  readonly #dummy: StoredPassword;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
    this.#locks = new AccountLocks(options.store, options.now);
    this.#dummy = unmatchedPassword(options.algorithm);
  }

  /**
   * A login.
   * @throws RequestRefused AuthenticationFailed (one text for unknown, wrong, disabled, other tenant), CFGForcedDisconnect;
   * only after the correct password AccountLocked, AccountExpired, PasswordExpired, TooManySessions
   */
  async authenticate(userName: string, password: string, tenantDbid?: number): Promise<Verified> {
    const { store, now } = this.#options;
    const { person, rules } = await this.#attempts.run(foldUserName(userName), () =>
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
    const isNearExpiration =
      expiresInDays !== undefined && expiresInDays <= rules.passwordExpirationNotifyDays;
    return {
      person,
      sessions,
      changePasswordRequired: this.#mustChange(person, rules),
      passwordExpiresInDays: isNearExpiration ? expiresInDays : undefined,
      lastLogin,
    };
  }

  /** Fails as for an unknown user, after the same work, without counting a failed attempt. */
  refuse(userName: string, password: string): Promise<never> {
    return this.#attempts.run(foldUserName(userName), async () => {
      await this.#options.queue.run(() => passwordMatches(password, this.#dummy));
      throw failed();
    });
  }

  /** Unix seconds of the change. @throws RequestRefused as `authenticate`, except PasswordExpired; PasswordPolicyViolation */
  changePassword(userName: string, oldPassword: string, newPassword: string): Promise<number> {
    // The next attempt waits until the new password is in force, so the old one cannot be used twice.
    return this.#attempts.run(foldUserName(userName), async () => {
      const { person, rules } = await this.#verify(userName, oldPassword);
      this.#checkAccount(person, rules);
      await this.setPassword(person['DBID'] as number, newPassword, rules);
      return Math.floor(this.#options.now() / 1000);
    });
  }

  /** The registered sessions of the account. @throws RequestRefused TooManySessions when one more is not allowed */
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

  /** @throws RequestRefused PasswordPolicyViolation, MalformedBody */
  async setPassword(personDbid: number, newPassword: string, rules: SecurityRules): Promise<void> {
    const { store, queue, algorithm, now } = this.#options;
    if (Buffer.byteLength(newPassword) > maxPasswordBytes) {
      throw new RequestRefused('MalformedBody', `a password has at most ${maxPasswordBytes} bytes`);
    }
    const history = store.passwordsOf(personDbid);
    const password = await queue.run(async () => {
      await checkNewPassword(newPassword, rules, history);
      return hashPassword(newPassword, algorithm);
    });
    await store.update(
      CfgObjectType.person,
      personDbid,
      { changePasswordOnNextLogin: 1, PasswordUpdatingDate: Math.floor(now() / 1000) },
      [password, ...history].slice(0, maxPasswordsKept),
    );
  }

  /** Ends a lock, and reactivates an expired account. */
  unlock(personDbid: number): Promise<void> {
    return this.#locks.unlock(personDbid);
  }

  /** Counts a wrong password as a failed attempt. */
  async #verify(userName: string, password: string, tenantDbid?: number): Promise<Known> {
    const { store, queue } = this.#options;
    const dbid = store.personNamed(userName)?.['DBID'] as number | undefined;
    const stored = dbid === undefined ? undefined : store.passwordsOf(dbid)[0];
    const matches = await queue.run(() => passwordMatches(password, stored ?? this.#dummy));
    const person = dbid === undefined ? undefined : store.get(CfgObjectType.person, dbid);
    if (dbid === undefined || person === undefined) throw failed();
    // Another tenant learns nothing about the password, so its attempts must not lock the account.
    if (tenantDbid !== undefined && person['tenantDBID'] !== tenantDbid) throw failed();
    const rules = rulesFor(person, store);
    const isPassword = matches && stored !== undefined;
    if (!isPassword) {
      await this.#locks.countFailure(person, rules);
      throw failed();
    }
    if (!isEnabled(person, store)) throw failed();
    if (!this.#locks.isLocked(person, rules)) this.#locks.resetFailures(dbid);
    return { person, rules };
  }

  #checkAccount(person: StoredObject, rules: SecurityRules): void {
    if (this.#locks.isLocked(person, rules))
      throw new RequestRefused('AccountLocked', 'the account is locked');
    if (this.#locks.isExpired(person, rules))
      throw new RequestRefused('AccountExpired', 'the account was not used for too long');
  }

  /** Asked of the person, or of all users of the tenant who never changed their password. */
  #mustChange(person: StoredObject, rules: SecurityRules): boolean {
    if (flagIsSet(numberOf(person, 'changePasswordOnNextLogin'))) return true;
    return rules.forcePasswordReset && (numberOf(person, 'PasswordUpdatingDate') ?? 0) === 0;
  }

  /** Undefined: never. A password that its user never changed has no known age, so it does not expire. */
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

/** The person and the tenant are enabled. */
function isEnabled(person: StoredObject, store: ObjectStore): boolean {
  const tenant = store.get(CfgObjectType.tenant, person['tenantDBID'] as number);
  return person['state'] === CfgObjectState.enabled && tenant?.['state'] === CfgObjectState.enabled;
}
