/** Keeps the current objects in memory, with the holders of unique values, the passwords and the last logins. */
import { CfgObjectType } from '@gatehouse/people-directory';
import { uniqueKeysOf } from '../objects/object-rules.ts';
import type { StoredObject } from '../objects/stored-object.ts';
import type { StoredPassword } from './password-hash.ts';

/** Objects of customers have DBIDs from 101 on. */
const reservedDbids = 100;

export class ObjectTables {
  readonly #objects = new Map<number, Map<number, StoredObject>>();
  readonly #holders = new Map<string, number>();
  readonly #passwords = new Map<number, StoredPassword[]>();
  readonly #logins = new Map<number, number>();
  readonly #maxDbids = new Map<number, number>();

  /** By type and DBID. */
  get objects(): ReadonlyMap<number, ReadonlyMap<number, StoredObject>> {
    return this.#objects;
  }

  /** Unix seconds of the last login by DBID of the person. */
  get logins(): ReadonlyMap<number, number> {
    return this.#logins;
  }

  /** By type; DBIDs of deleted objects included. */
  get maxDbids(): ReadonlyMap<number, number> {
    return this.#maxDbids;
  }

  get(objectType: number, dbid: number): StoredObject | undefined {
    return this.#objects.get(objectType)?.get(dbid);
  }

  /** The DBID of the object that holds a key of `uniqueKeysOf`. */
  holderOf(uniqueKey: string): number | undefined {
    return this.#holders.get(uniqueKey);
  }

  /** Newest first; the first one is in force. */
  passwordsOf(personDbid: number): StoredPassword[] | undefined {
    return this.#passwords.get(personDbid);
  }

  /** DBIDs of deleted objects are not used again. */
  nextDbid(objectType: number): number {
    return Math.max(this.#maxDbids.get(objectType) ?? 0, reservedDbids) + 1;
  }

  recordLogin(personDbid: number, atSeconds: number): void {
    this.#logins.set(personDbid, atSeconds);
  }

  recordDbid(objectType: number, dbid: number): void {
    this.#maxDbids.set(objectType, Math.max(this.#maxDbids.get(objectType) ?? 0, dbid));
  }

  /** Replaces the object. Without `passwords` those of the person stay. */
  put(objectType: number, dbid: number, object: StoredObject, passwords?: StoredPassword[]): void {
    this.#releaseKeys(objectType, dbid);
    this.recordDbid(objectType, dbid);
    const ofType = this.#objects.get(objectType) ?? new Map<number, StoredObject>();
    this.#objects.set(objectType, ofType.set(dbid, object));
    for (const { key } of uniqueKeysOf(objectType, object)) this.#holders.set(key, dbid);
    if (passwords !== undefined) this.#passwords.set(dbid, passwords);
  }

  remove(objectType: number, dbid: number): void {
    this.#releaseKeys(objectType, dbid);
    this.#objects.get(objectType)?.delete(dbid);
    if (objectType !== CfgObjectType.person) return;
    this.#passwords.delete(dbid);
    this.#logins.delete(dbid);
  }

  clear(): void {
    for (const table of [this.#objects, this.#holders, this.#passwords, this.#logins, this.#maxDbids])
      table.clear();
  }

  #releaseKeys(objectType: number, dbid: number): void {
    for (const { key } of uniqueKeysOf(objectType, this.get(objectType, dbid))) this.#holders.delete(key);
  }
}
