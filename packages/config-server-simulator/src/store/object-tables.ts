/** Everything of an estate as it is now, in memory: objects, who holds which unique value, passwords, last logins. */
import { CfgObjectType } from '@gatehouse/config-server-client/model/enumerations';
import type { StoredPassword } from '../security/password-hash.ts';
import type { JournalEntry } from './journal.ts';
import { uniqueKeysOf } from './object-rules.ts';
import type { StoredObject } from './stored-object.ts';

/** What an entry of the journal makes of one object. */
export type ObjectState = Extract<JournalEntry, { kind: 'created' | 'updated' | 'kept' | 'deleted' }>;

/** Customers' objects start at 101, as operators know it. */
const lowestDbid = 100;

export class ObjectTables {
  readonly #objects = new Map<number, Map<number, StoredObject>>();
  readonly #holders = new Map<string, number>();
  readonly #credentials = new Map<number, StoredPassword[]>();
  readonly #logins = new Map<number, number>();
  readonly #highestDbid = new Map<number, number>();

  /** By type and DBID. */
  get objects(): ReadonlyMap<number, ReadonlyMap<number, StoredObject>> {
    return this.#objects;
  }

  get logins(): ReadonlyMap<number, number> {
    return this.#logins;
  }

  get highestDbids(): ReadonlyMap<number, number> {
    return this.#highestDbid;
  }

  get(objectType: number, dbid: number): StoredObject | undefined {
    return this.#objects.get(objectType)?.get(dbid);
  }

  /** The DBID of the object that holds a unique value of its type; see `uniqueKeysOf`. */
  holderOf(uniqueKey: string): number | undefined {
    return this.#holders.get(uniqueKey);
  }

  credentialOf(personDbid: number): StoredPassword[] | undefined {
    return this.#credentials.get(personDbid);
  }

  /** A deleted DBID is never used again. */
  nextDbid(objectType: number): number {
    return Math.max(this.#highestDbid.get(objectType) ?? 0, lowestDbid) + 1;
  }

  recordLogin(personDbid: number, atSeconds: number): void {
    this.#logins.set(personDbid, atSeconds);
  }

  noteDbid(objectType: number, dbid: number): void {
    this.#highestDbid.set(objectType, Math.max(this.#highestDbid.get(objectType) ?? 0, dbid));
  }

  apply(entry: ObjectState): void {
    const { objectType, dbid } = entry;
    for (const { key } of uniqueKeysOf(objectType, this.get(objectType, dbid))) this.#holders.delete(key);
    this.noteDbid(objectType, dbid);
    if (entry.kind === 'deleted') {
      this.#remove(objectType, dbid);
      return;
    }
    this.#ofType(objectType).set(dbid, entry.object);
    for (const { key } of uniqueKeysOf(objectType, entry.object)) this.#holders.set(key, dbid);
    if (entry.credential !== undefined) this.#credentials.set(dbid, entry.credential);
  }

  clear(): void {
    for (const table of [this.#objects, this.#holders, this.#credentials, this.#logins, this.#highestDbid])
      table.clear();
  }

  #ofType(objectType: number): Map<number, StoredObject> {
    const known = this.#objects.get(objectType);
    if (known !== undefined) return known;
    const objects = new Map<number, StoredObject>();
    this.#objects.set(objectType, objects);
    return objects;
  }

  #remove(objectType: number, dbid: number): void {
    this.#objects.get(objectType)?.delete(dbid);
    if (objectType !== CfgObjectType.person) return;
    this.#credentials.delete(dbid);
    this.#logins.delete(dbid);
  }
}
