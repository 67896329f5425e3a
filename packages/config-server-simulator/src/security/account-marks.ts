/** What the server itself notes of an account, in the annex of the person: that it is locked, or was let in again. */
import { CfgObjectType } from '@gatehouse/config-server-client/model/enumerations';
import { type KeyValueList, readKeyValue } from '@gatehouse/config-server-client/model/key-value-list';
import { withAnnexValue } from '../store/annex.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { annexOf, type StoredObject } from '../store/stored-object.ts';
import { isLocked } from './lockout.ts';
import { rulesFor, rulesSection, type SecurityRules } from './rules.ts';

/** Unix seconds. */
type Mark = 'last-locked-at' | 'last-reactivated-at';

const dayMs = 86_400_000;

export class AccountMarks {
  readonly #store: ObjectStore;
  readonly #now: () => number;
  /** Locks that a server which cannot change the estate keeps for itself; Unix seconds. */
  readonly #ownLocks = new Map<number, number>();

  /** `now`: milliseconds since the epoch. */
  constructor(store: ObjectStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Holds on this server even when it cannot be written: a full disk must not give an attacker his tries again. */
  async lock(personDbid: number): Promise<void> {
    const atSeconds = this.#nowSeconds();
    const written = this.#store.isWritable
      ? this.#write(personDbid, 'last-locked-at', atSeconds)
      : Promise.reject(new Error('another server writes this estate'));
    await written.catch(() => this.#ownLocks.set(personDbid, atSeconds));
  }

  /** Ends a lock, and lets an expired account in again. */
  async clear(personDbid: number): Promise<void> {
    this.#ownLocks.delete(personDbid);
    await this.#write(personDbid, 'last-locked-at', undefined);
    const person = this.#store.get(CfgObjectType.person, personDbid);
    if (person !== undefined && this.isExpired(person, rulesFor(person, this.#store)))
      await this.#write(personDbid, 'last-reactivated-at', this.#nowSeconds());
  }

  isLocked(person: StoredObject, rules: SecurityRules): boolean {
    const ownLock = this.#ownLocks.get(person['DBID'] as number) ?? 0;
    return isLocked(Math.max(markOf(person, 'last-locked-at'), ownLock), rules, this.#now());
  }

  /** Not used since the last login, or since an administrator let it in again. Without a login there is no such time. */
  isExpired(person: StoredObject, rules: SecurityRules): boolean {
    const lastLogin = this.#store.lastLoginOf(person['DBID'] as number);
    if (rules.accountExpirationDays === 0 || lastLogin === undefined) return false;
    const idleSinceSeconds = Math.max(lastLogin, markOf(person, 'last-reactivated-at'));
    return this.#now() - idleSinceSeconds * 1000 > rules.accountExpirationDays * dayMs;
  }

  #nowSeconds(): number {
    return Math.floor(this.#now() / 1000);
  }

  async #write(personDbid: number, option: Mark, atSeconds: number | undefined): Promise<void> {
    const person = this.#store.get(CfgObjectType.person, personDbid);
    if (person === undefined) return;
    const annex = (annexOf(CfgObjectType.person, person) ?? []) as KeyValueList;
    const value = atSeconds === undefined ? undefined : String(atSeconds);
    const userProperties = withAnnexValue(annex, rulesSection, option, value);
    await this.#store.update(CfgObjectType.person, personDbid, { userProperties });
  }
}

/** 0: never. */
function markOf(person: StoredObject, option: Mark): number {
  const seconds = Number(readKeyValue(annexOf(CfgObjectType.person, person), rulesSection, option) ?? 0);
  return Number.isFinite(seconds) ? seconds : 0;
}
