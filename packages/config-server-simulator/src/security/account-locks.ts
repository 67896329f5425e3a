/** Counts failed attempts, locks accounts, and tells which are locked or expired. */
import { CfgObjectType, type KeyValueList, readKeyValue } from '@gatehouse/people-directory';
import { annexOf, type StoredObject } from '../objects/stored-object.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { rulesFor, rulesSection, type SecurityRules } from './rules.ts';

/** Entries in the annex of the person, as Unix seconds. */
type Mark = 'last-locked-at' | 'last-reactivated-at';

const minuteMs = 60_000;
const dayMs = 86_400_000;

export class AccountLocks {
  readonly #store: ObjectStore;
  readonly #now: () => number;
  /** Times of failed attempts on this server, in milliseconds. */
  readonly #failures = new Map<number, number[]>();
  /** Unix seconds of locks that could not be written: a full disk or a backup must not give more attempts. */
  readonly #unsavedLocks = new Map<number, number>();

  /** `now`: milliseconds since the epoch. */
  constructor(store: ObjectStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Counts a failed attempt, and locks the account when the rules say so. */
  async countFailure(person: StoredObject, rules: SecurityRules): Promise<void> {
    const { lockoutThreshold, lockoutPeriodMinutes } = rules;
    if (lockoutThreshold === 0) return;
    const dbid = person['DBID'] as number;
    const nowMs = this.#now();
    // Without a period only a successful login resets the count.
    const windowMs = lockoutPeriodMinutes === 0 ? Number.POSITIVE_INFINITY : lockoutPeriodMinutes * minuteMs;
    const recent = (this.#failures.get(dbid) ?? []).filter((atMs) => nowMs - atMs < windowMs);
    recent.push(nowMs);
    if (recent.length < lockoutThreshold) {
      this.#failures.set(dbid, recent);
      return;
    }
    this.#failures.delete(dbid);
    if (!this.isLocked(person, rules)) await this.#lock(dbid);
  }

  resetFailures(personDbid: number): void {
    this.#failures.delete(personDbid);
  }

  /** Ends a lock, and reactivates an expired account. */
  async unlock(personDbid: number): Promise<void> {
    this.resetFailures(personDbid);
    this.#unsavedLocks.delete(personDbid);
    await this.#mark(personDbid, 'last-locked-at', undefined);
    const person = this.#store.get(CfgObjectType.person, personDbid);
    if (person !== undefined && this.isExpired(person, rulesFor(person, this.#store)))
      await this.#mark(personDbid, 'last-reactivated-at', this.#nowSeconds());
  }

  isLocked(person: StoredObject, rules: SecurityRules): boolean {
    const unsaved = this.#unsavedLocks.get(person['DBID'] as number) ?? 0;
    const lockedAtSeconds = Math.max(markOf(person, 'last-locked-at'), unsaved);
    if (lockedAtSeconds === 0 || rules.lockoutThreshold === 0) return false;
    if (rules.lockoutDurationMinutes === 0) return true;
    return this.#now() < lockedAtSeconds * 1000 + rules.lockoutDurationMinutes * minuteMs;
  }

  /** Not used for too long since the last login or reactivation. An account without a login does not expire. */
  isExpired(person: StoredObject, rules: SecurityRules): boolean {
    const lastLogin = this.#store.lastLoginOf(person['DBID'] as number);
    if (rules.accountExpirationDays === 0 || lastLogin === undefined) return false;
    const idleSinceSeconds = Math.max(lastLogin, markOf(person, 'last-reactivated-at'));
    return this.#now() - idleSinceSeconds * 1000 > rules.accountExpirationDays * dayMs;
  }

  async #lock(personDbid: number): Promise<void> {
    const atSeconds = this.#nowSeconds();
    await this.#mark(personDbid, 'last-locked-at', atSeconds).catch(() =>
      this.#unsavedLocks.set(personDbid, atSeconds),
    );
  }

  #nowSeconds(): number {
    return Math.floor(this.#now() / 1000);
  }

  async #mark(personDbid: number, mark: Mark, atSeconds: number | undefined): Promise<void> {
    const person = this.#store.get(CfgObjectType.person, personDbid);
    if (person === undefined) return;
    const annex = annexOf(CfgObjectType.person, person) ?? [];
    const userProperties = withMark(annex, mark, atSeconds);
    await this.#store.update(CfgObjectType.person, personDbid, { userProperties });
  }
}

/** 0: never. */
function markOf(person: StoredObject, mark: Mark): number {
  const seconds = Number(readKeyValue(annexOf(CfgObjectType.person, person), rulesSection, mark) ?? 0);
  return Number.isFinite(seconds) ? seconds : 0;
}

/** A copy with the mark set, or without it; the order of the other entries stays. */
function withMark(annex: KeyValueList, mark: Mark, atSeconds: number | undefined): KeyValueList {
  const existing = annex.find(([name]) => name === rulesSection)?.[1];
  const others = (Array.isArray(existing) ? existing : []).filter(([name]) => name !== mark);
  const section: KeyValueList = atSeconds === undefined ? others : [...others, [mark, String(atSeconds)]];
  if (existing === undefined) return atSeconds === undefined ? annex : [...annex, [rulesSection, section]];
  return annex.map(([name, value]) => (name === rulesSection ? [name, section] : [name, value]));
}
