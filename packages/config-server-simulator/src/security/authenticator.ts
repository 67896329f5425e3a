/** Checks and changes passwords by the rules; an unknown user costs the same work as a wrong password. */
import { CfgObjectState, CfgObjectType, flagIsSet } from '@gatehouse/config-server-client/model/enumerations';
import { type KeyValueList, readKeyValue } from '@gatehouse/config-server-client/model/key-value-list';
import { foldUserName } from '@gatehouse/config-server-client/model/user-name';
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
  /** Locks that a server which cannot change the estate keeps for itself; Unix seconds. */
  readonly #ownLocks = new Map<number, number>();
  readonly #turns = new Map<string, Promise<unknown>>();
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
    const person = await this.#inTurn(userName, () => this.#verify(userName, password, tenantDbid));
    const dbid = person['DBID'] as number;
    const rules = rulesFor(person, store);
    this.#checkAccount(person, rules);
    const expiresInDays = this.#passwordExpiresInDays(person, rules);
    if (expiresInDays !== undefined && expiresInDays <= 0) {
      throw new RequestRefused('PasswordExpired', 'the password has expired');
    }
    const sessions = this.checkSessions(person);
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

  /** Fails as for an unknown user, after the same work in the same turn, and counts against nobody. */
  refuse(userName: string, password: string): Promise<never> {
    return this.#inTurn(userName, async () => {
      const decoy = await this.#decoy;
      await this.#options.queue.run(() => passwordMatches(password, decoy));
      throw failed();
    });
  }

  /** Unix seconds of the change. Errors: those of `authenticate` except PasswordExpired; PasswordPolicyViolation. */
  changePassword(userName: string, oldPassword: string, newPassword: string): Promise<number> {
    // Until the new password is in force: of two changes at once the second one no longer knows the old password.
    return this.#inTurn(userName, async () => {
      const { store, now } = this.#options;
      const person = await this.#verify(userName, oldPassword);
      const rules = rulesFor(person, store);
      this.#checkAccount(person, rules);
      await this.setPassword(person['DBID'] as number, newPassword, rules);
      return Math.floor(now() / 1000);
    });
  }

  /** How many the account has. Errors: TooManySessions when it may not have one more. */
  checkSessions(person: StoredObject): number {
    const sessions = this.#options.sessionsOf(person['DBID'] as number);
    const { maxAccountSessions } = rulesFor(person, this.#options.store);
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
    const { store, now } = this.#options;
    this.#failures.clear(personDbid);
    this.#ownLocks.delete(personDbid);
    await this.#writeMark(personDbid, 'last-locked-at', undefined);
    const person = store.get(CfgObjectType.person, personDbid);
    if (person !== undefined && this.#isExpired(person, rulesFor(person, store)))
      await this.#writeMark(personDbid, 'last-reactivated-at', Math.floor(now() / 1000));
  }

  /**
   * One try of a name at a time: fifty at once must not get fifty tries before the lock falls. Of names that nobody has
   * as well: what is faster there would tell which ones exist.
   */
  async #inTurn<T>(userName: string, work: () => Promise<T>): Promise<T> {
    const name = foldUserName(userName);
    const turn = this.#turns.get(name)?.then(work) ?? work();
    const settled = turn.catch(() => undefined);
    this.#turns.set(name, settled);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(name) === settled) this.#turns.delete(name);
    }
  }

  /** The person whose password this is, and who is enabled. Counts failures. */
  async #verify(userName: string, password: string, tenantDbid?: number): Promise<StoredObject> {
    const { store, queue, now } = this.#options;
    const dbid = store.personNamed(userName)?.['DBID'] as number | undefined;
    const stored = dbid === undefined ? undefined : store.credentialOf(dbid)[0];
    const decoy = await this.#decoy;
    const matches = await queue.run(() => passwordMatches(password, stored ?? decoy));
    const person = dbid === undefined ? undefined : store.get(CfgObjectType.person, dbid);
    if (dbid === undefined || person === undefined) throw failed();
    const rules = rulesFor(person, store);
    const isPassword = matches && stored !== undefined;
    if (!isPassword) {
      const locksNow = this.#failures.record(dbid, rules, now());
      if (locksNow && !this.#isLocked(person, rules)) await this.#lock(dbid, Math.floor(now() / 1000));
      throw failed();
    }
    const isWrongTenant = tenantDbid !== undefined && person['tenantDBID'] !== tenantDbid;
    if (isWrongTenant || !isEnabled(person, store)) throw failed();
    if (!this.#isLocked(person, rules)) this.#failures.clear(dbid);
    return person;
  }

  #checkAccount(person: StoredObject, rules: SecurityRules): void {
    if (this.#isLocked(person, rules)) throw new RequestRefused('AccountLocked', 'the account is locked');
    if (this.#isExpired(person, rules))
      throw new RequestRefused('AccountExpired', 'the account was not used for too long');
  }

  /** Since the last login, or since an administrator let the account in again. Without a login there is no such time. */
  #isExpired(person: StoredObject, rules: SecurityRules): boolean {
    const lastLogin = this.#options.store.lastLoginOf(person['DBID'] as number);
    if (rules.accountExpirationDays === 0 || lastLogin === undefined) return false;
    const idleSinceSeconds = Math.max(lastLogin, markOf(person, 'last-reactivated-at'));
    return this.#options.now() - idleSinceSeconds * 1000 > rules.accountExpirationDays * dayMs;
  }

  #isLocked(person: StoredObject, rules: SecurityRules): boolean {
    const ownLock = this.#ownLocks.get(person['DBID'] as number) ?? 0;
    return isLocked(Math.max(markOf(person, 'last-locked-at'), ownLock), rules, this.#options.now());
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

  /** Holds on this server even when it cannot be written: a full disk must not give an attacker his tries again. */
  async #lock(personDbid: number, atSeconds: number): Promise<void> {
    const written = this.#options.store.isWritable
      ? this.#writeMark(personDbid, 'last-locked-at', atSeconds)
      : Promise.reject(new Error('another server writes this estate'));
    await written.catch(() => this.#ownLocks.set(personDbid, atSeconds));
  }

  async #writeMark(personDbid: number, option: Mark, atSeconds: number | undefined): Promise<void> {
    const { store } = this.#options;
    const person = store.get(CfgObjectType.person, personDbid);
    if (person === undefined) return;
    const annex = (annexOf(CfgObjectType.person, person) ?? []) as KeyValueList;
    const value = atSeconds === undefined ? undefined : String(atSeconds);
    const userProperties = withAnnexValue(annex, rulesSection, option, value);
    await store.update(CfgObjectType.person, personDbid, { userProperties });
  }
}

/** What the server itself writes into the annex of a person, in Unix seconds. */
type Mark = 'last-locked-at' | 'last-reactivated-at';

/** 0: never. */
function markOf(person: StoredObject, option: Mark): number {
  const seconds = Number(readKeyValue(annexOf(CfgObjectType.person, person), rulesSection, option) ?? 0);
  return Number.isFinite(seconds) ? seconds : 0;
}

function failed(): RequestRefused {
  return new RequestRefused('AuthenticationFailed', 'user name or password is wrong');
}

/** Enabled, in an enabled tenant. */
function isEnabled(person: StoredObject, store: ObjectStore): boolean {
  const tenant = store.get(CfgObjectType.tenant, person['tenantDBID'] as number);
  return person['state'] === CfgObjectState.enabled && tenant?.['state'] === CfgObjectState.enabled;
}
