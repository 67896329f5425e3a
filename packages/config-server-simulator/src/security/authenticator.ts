/** Checks and changes passwords by the rules; an unknown user costs the same work as a wrong password. */
import { CfgObjectState, CfgObjectType, flagIsSet } from '@gatehouse/config-server-client/model/enumerations';
import { type KeyValueList, readKeyValue } from '@gatehouse/config-server-client/model/key-value-list';
import { RequestRefused } from '../server/request-refused.ts';
import { withAnnexValue } from '../store/annex.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { annexOf, numberOf, type StoredObject } from '../store/stored-object.ts';
import type { HashQueue } from './hash-queue.ts';
import { FailureCounter, isLocked } from './lockout.ts';
import { type HashAlgorithm, hashPassword, passwordMatches, type StoredPassword } from './password-hash.ts';
import { checkNewPassword } from './password-policy.ts';
import { rulesFor, rulesSection, type SecurityRules } from './rules.ts';

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
  passwordExpiresInDays?: number;
  lastLogin?: number;
  sessions: number;
}

const dayMs = 86_400_000;
const passwordBytesMax = 1_024;
const historyKept = 30;

export class Authenticator {
  readonly #options: AuthenticatorOptions;
  readonly #failures = new FailureCounter();
  /** Locks that a server which may not change the estate keeps for itself; Unix seconds. */
  readonly #ownLocks = new Map<number, number>();
  readonly #turns = new Map<number, Promise<unknown>>();
  readonly #decoy: Promise<StoredPassword>;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
    this.#decoy = hashPassword('no account has this password', options.algorithm);
  }

  /**
   * A login. Errors: AuthenticationFailed (one text for unknown, wrong, disabled, other tenant), and only after the
   * correct password AccountLocked, AccountExpired, PasswordExpired, TooManySessions; CFGForcedDisconnect under overload.
   */
  async authenticate(userName: string, password: string, tenantDbid?: number): Promise<Verified> {
    const { store, now } = this.#options;
    const person = await this.#verify(userName, password, tenantDbid);
    const dbid = person['DBID'] as number;
    const rules = rulesFor(person, store);
    this.#checkAccount(person, rules);
    const expiresInDays = this.#passwordExpiresInDays(person, rules);
    if (expiresInDays !== undefined && expiresInDays <= 0) {
      throw new RequestRefused('PasswordExpired', 'the password has expired');
    }
    const sessions = this.#options.sessionsOf(dbid);
    if (rules.maxAccountSessions > 0 && sessions >= rules.maxAccountSessions) {
      throw new RequestRefused('TooManySessions', 'the account has too many sessions');
    }
    const lastLogin = store.lastLoginOf(dbid);
    await store.recordLogin(dbid, Math.floor(now() / 1000));
    const notify = rules.passwordExpirationNotifyDays;
    return {
      person,
      sessions,
      changePasswordRequired: this.#mustChange(person, rules),
      ...(expiresInDays !== undefined && expiresInDays <= notify
        ? { passwordExpiresInDays: expiresInDays }
        : {}),
      ...(lastLogin === undefined ? {} : { lastLogin }),
    };
  }

  /** Unix seconds of the change. Errors: those of `authenticate` except PasswordExpired; PasswordPolicyViolation. */
  async changePassword(userName: string, oldPassword: string, newPassword: string): Promise<number> {
    const { store, now } = this.#options;
    const person = await this.#verify(userName, oldPassword);
    const rules = rulesFor(person, store);
    this.#checkAccount(person, rules);
    await this.setPassword(person['DBID'] as number, newPassword, rules);
    return Math.floor(now() / 1000);
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

  /** Lifts a lock; the administrator's act. */
  async unlock(personDbid: number): Promise<void> {
    this.#failures.clear(personDbid);
    this.#ownLocks.delete(personDbid);
    await this.#writeLock(personDbid, undefined);
  }

  /** The person whose password this is, and who is enabled. Counts failures. */
  async #verify(userName: string, password: string, tenantDbid?: number): Promise<StoredObject> {
    const known = this.#options.store.personNamed(userName);
    if (known === undefined) return this.#verifyNow(undefined, password, tenantDbid);
    // One try of an account at a time: fifty at once must not get fifty tries before the lock falls.
    const dbid = known['DBID'] as number;
    const verify = () => this.#verifyNow(dbid, password, tenantDbid);
    const turn = this.#turns.get(dbid)?.then(verify) ?? verify();
    const settled = turn.catch(() => undefined);
    this.#turns.set(dbid, settled);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(dbid) === settled) this.#turns.delete(dbid);
    }
  }

  async #verifyNow(dbid: number | undefined, password: string, tenantDbid?: number): Promise<StoredObject> {
    const { store, queue, now } = this.#options;
    const stored = dbid === undefined ? undefined : store.credentialOf(dbid)[0];
    const decoy = await this.#decoy;
    const matches = await queue.run(() => passwordMatches(password, stored ?? decoy));
    const person = dbid === undefined ? undefined : store.get(CfgObjectType.person, dbid);
    if (dbid === undefined || person === undefined) throw failed();
    const rules = rulesFor(person, store);
    const isPassword = matches && stored !== undefined;
    if (!isPassword) {
      const locksNow = this.#failures.record(dbid, rules, now());
      if (locksNow && !this.#isLocked(person, rules)) await this.#writeLock(dbid, Math.floor(now() / 1000));
      throw failed();
    }
    const isWrongTenant = tenantDbid !== undefined && person['tenantDBID'] !== tenantDbid;
    if (isWrongTenant || !isEnabled(person, store)) throw failed();
    if (!this.#isLocked(person, rules)) this.#failures.clear(dbid);
    return person;
  }

  #checkAccount(person: StoredObject, rules: SecurityRules): void {
    if (this.#isLocked(person, rules)) throw new RequestRefused('AccountLocked', 'the account is locked');
    const lastLogin = this.#options.store.lastLoginOf(person['DBID'] as number);
    if (rules.accountExpirationDays === 0 || lastLogin === undefined) return;
    if (this.#options.now() - lastLogin * 1000 > rules.accountExpirationDays * dayMs) {
      throw new RequestRefused('AccountExpired', 'the account was not used for too long');
    }
  }

  #isLocked(person: StoredObject, rules: SecurityRules): boolean {
    const lockedAt = Number(
      readKeyValue(annexOf(CfgObjectType.person, person), rulesSection, 'last-locked-at') ?? 0,
    );
    const ownLock = this.#ownLocks.get(person['DBID'] as number) ?? 0;
    return isLocked(Math.max(Number.isFinite(lockedAt) ? lockedAt : 0, ownLock), rules, this.#options.now());
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

  async #writeLock(personDbid: number, atSeconds: number | undefined): Promise<void> {
    const { store } = this.#options;
    const person = store.get(CfgObjectType.person, personDbid);
    if (person === undefined) return;
    if (!store.isWritable) {
      this.#ownLocks.set(personDbid, atSeconds ?? 0);
      return;
    }
    const annex = (annexOf(CfgObjectType.person, person) ?? []) as KeyValueList;
    const value = atSeconds === undefined ? undefined : String(atSeconds);
    const userProperties = withAnnexValue(annex, rulesSection, 'last-locked-at', value);
    await store.update(CfgObjectType.person, personDbid, { userProperties });
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
