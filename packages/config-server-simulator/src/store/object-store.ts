/** All objects, their passwords and logins, in memory; every change is numbered, journalled, then told. */
import { CfgObjectType } from '@gatehouse/config-server-client/model/enumerations';
import type { StoredPassword } from '../security/password-hash.ts';
import { RequestRefused } from '../server/request-refused.ts';
import { type Change, type ChangeLog, tenantOf } from './change-log.ts';
import { type Consequence, groupsLeft, stateHandedDown } from './consequences.ts';
import { type Delta, deltaBetween, isEmptyDelta } from './delta.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { checkMandatory, checkUnique, uniqueKeysOf, userNameKey } from './object-rules.ts';
import { identityOf, type StoredObject } from './stored-object.ts';

export interface ChangeOptions {
  /** Newest first. */
  credential?: StoredPassword[] | undefined;
}

type ObjectEntry = Extract<JournalEntry, { objectType: number }>;

export class ObjectStore {
  readonly log: ChangeLog;
  #journal: Journal;
  readonly #objects = new Map<number, Map<number, StoredObject>>();
  readonly #holders = new Map<string, number>();
  readonly #credentials = new Map<number, StoredPassword[]>();
  readonly #logins = new Map<number, number>();
  readonly #highestDbid = new Map<number, number>();
  #lastHistoryId = 0;
  #failure: unknown;

  constructor(log: ChangeLog, journal: Journal) {
    this.log = log;
    this.#journal = journal;
  }

  get(objectType: number, dbid: number): StoredObject | undefined {
    return this.#objects.get(objectType)?.get(dbid);
  }

  /** In order of DBID of creation. */
  all(objectType: number): Iterable<StoredObject> {
    if (objectType === CfgObjectType.personLastLogin) return this.#lastLogins();
    return this.#objects.get(objectType)?.values() ?? [];
  }

  /** By user name, compared as the protocol says. */
  personNamed(userName: string): StoredObject | undefined {
    const dbid = this.#holders.get(userNameKey(userName));
    return dbid === undefined ? undefined : this.get(CfgObjectType.person, dbid);
  }

  /** The DBID of the object that holds a unique value of its type; see `uniqueKeysOf`. */
  holderOf(uniqueKey: string): number | undefined {
    return this.#holders.get(uniqueKey);
  }

  /** The passwords of a person, newest first; the first one is in force. */
  credentialOf(personDbid: number): StoredPassword[] {
    return this.#credentials.get(personDbid) ?? [];
  }

  /** Unix seconds of the last login. */
  lastLoginOf(personDbid: number): number | undefined {
    return this.#logins.get(personDbid);
  }

  /** The object with its new DBID. Errors: CFGIncompleteObjectData, CFGUniquenessViolation. */
  async create(objectType: number, fields: StoredObject, options: ChangeOptions = {}): Promise<StoredObject> {
    const dbid = (identityOf(objectType, fields)['DBID'] as number | undefined) ?? this.#nextDbid(objectType);
    const object = withDbid(objectType, fields, dbid);
    checkMandatory(objectType, object);
    checkUnique(objectType, dbid, object, this);
    if (this.get(objectType, dbid) !== undefined) {
      throw new RequestRefused('CFGUniquenessViolation', 'this DBID is taken', {
        objectType,
        objectProperty: 'DBID',
      });
    }
    const { credential } = options;
    await this.#commit([
      { kind: 'created', objectType, dbid, historyId: this.#nextHistoryId(), object, credential },
    ]);
    return object;
  }

  /**
   * Sets the given fields; others stay. The result, which is the old object when nothing differs.
   * Errors: CFGObjectNotFound, CFGIncompleteObjectData, CFGUniquenessViolation.
   */
  async update(
    objectType: number,
    dbid: number,
    fields: StoredObject,
    options: ChangeOptions = {},
  ): Promise<StoredObject> {
    const entries = this.#updateEntries(objectType, dbid, fields, options);
    await this.#commit(entries);
    return this.get(objectType, dbid) as StoredObject;
  }

  /** Takes a deleted person out of its groups first, one change each. Errors: CFGObjectNotFound. */
  async delete(objectType: number, dbid: number): Promise<void> {
    if (this.get(objectType, dbid) === undefined) throw notFound(objectType);
    const entries =
      objectType === CfgObjectType.person ? this.#entriesFor(groupsLeft(this.#objects, dbid)) : [];
    await this.#commit([...entries, { kind: 'deleted', objectType, dbid, historyId: this.#nextHistoryId() }]);
  }

  /** Not a change of the history: clients read it, nobody is told. */
  async recordLogin(personDbid: number, atSeconds: number): Promise<void> {
    this.#logins.set(personDbid, atSeconds);
    if (this.isWritable) await this.#write([{ kind: 'login', dbid: personDbid, atSeconds }]);
  }

  /** False while another server writes this estate. */
  get isWritable(): boolean {
    return this.#journal.isWritable;
  }

  /** From now on changes are written there. */
  writeTo(journal: Journal): void {
    this.#journal = journal;
    this.#failure = undefined;
  }

  /** Takes over one entry that a journal holds already. */
  replay(entry: JournalEntry): void {
    if (entry.kind === 'login') this.#logins.set(entry.dbid, entry.atSeconds);
    if (!('objectType' in entry)) return;
    const change = this.#changeOf(entry);
    this.#apply(entry);
    this.#lastHistoryId = Math.max(this.#lastHistoryId, entry.historyId);
    this.log.append(change);
  }

  #updateEntries(
    objectType: number,
    dbid: number,
    fields: StoredObject,
    { credential }: ChangeOptions,
  ): ObjectEntry[] {
    const before = this.get(objectType, dbid);
    if (before === undefined) throw notFound(objectType);
    const after = withDbid(objectType, { ...before, ...fields }, dbid);
    checkMandatory(objectType, after);
    checkUnique(objectType, dbid, after, this);
    const delta: Delta = deltaBetween(before, after);
    if (credential !== undefined) delta.passwordChanged = true;
    if (isEmptyDelta(delta)) return [];
    const historyId = this.#nextHistoryId();
    const entry: ObjectEntry = {
      kind: 'updated',
      objectType,
      dbid,
      historyId,
      object: after,
      delta,
      credential,
    };
    const stateChanged = objectType === CfgObjectType.tenant && before['state'] !== after['state'];
    return stateChanged
      ? [entry, ...this.#entriesFor(stateHandedDown(this.#objects, dbid, after['state']))]
      : [entry];
  }

  #entriesFor(consequences: Iterable<Consequence>): ObjectEntry[] {
    return [...consequences].map(({ objectType, dbid, before, after }) => ({
      kind: 'updated',
      objectType,
      dbid,
      historyId: this.#nextHistoryId(),
      object: after,
      delta: deltaBetween(before, after),
    }));
  }

  /** Applies first, so that the next change builds on it; tells only what is safe in the journal. */
  async #commit(entries: ObjectEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const changes = entries.map((entry) => this.#changeOf(entry));
    for (const entry of entries) this.#apply(entry);
    await this.#write(entries);
    for (const change of changes) this.log.append(change);
  }

  async #write(entries: JournalEntry[]): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      await this.#journal.append(entries);
    } catch (error) {
      // Memory and file differ from here on: nothing may be acknowledged any more.
      this.#failure = error;
      throw error;
    }
  }

  #changeOf(entry: ObjectEntry): Change {
    const { objectType, dbid, historyId } = entry;
    const object = entry.kind === 'deleted' ? (this.get(objectType, dbid) ?? {}) : entry.object;
    const base = { objectType, dbid, historyId, tenantDbid: tenantOf(objectType, dbid, object) };
    if (entry.kind === 'created') return { ...base, kind: 'created', object: entry.object };
    if (entry.kind === 'updated') return { ...base, kind: 'updated', delta: entry.delta };
    return { ...base, kind: 'deleted' };
  }

  #apply(entry: ObjectEntry): void {
    const { objectType, dbid } = entry;
    const before = this.get(objectType, dbid);
    for (const key of uniqueKeysOf(objectType, before)) this.#holders.delete(key.key);
    let objects = this.#objects.get(objectType);
    if (objects === undefined) {
      objects = new Map();
      this.#objects.set(objectType, objects);
    }
    this.#highestDbid.set(objectType, Math.max(this.#highestDbid.get(objectType) ?? 0, dbid));
    if (entry.kind === 'deleted') {
      objects.delete(dbid);
      if (objectType === CfgObjectType.person) {
        this.#credentials.delete(dbid);
        this.#logins.delete(dbid);
      }
      return;
    }
    objects.set(dbid, entry.object);
    for (const key of uniqueKeysOf(objectType, entry.object)) this.#holders.set(key.key, dbid);
    if (entry.credential !== undefined) this.#credentials.set(dbid, entry.credential);
  }

  *#lastLogins(): Generator<StoredObject> {
    for (const [dbid, lastLogin] of this.#logins) yield { DBID: dbid, lastLogin };
  }

  #nextDbid(objectType: number): number {
    // Customers' objects start at 101, as operators know it; a deleted DBID is never used again.
    return Math.max(this.#highestDbid.get(objectType) ?? 0, 100) + 1;
  }

  /** Errors: NotPrimary, before anything is changed. */
  #nextHistoryId(): number {
    if (!this.isWritable) throw new RequestRefused('NotPrimary', 'another server writes this estate');
    this.#lastHistoryId += 1;
    return this.#lastHistoryId;
  }
}

function withDbid(objectType: number, object: StoredObject, dbid: number): StoredObject {
  const identity = identityOf(objectType, object);
  if (identity === object) return { ...object, DBID: dbid };
  return { ...object, groupInfo: { ...identity, DBID: dbid } };
}

function notFound(objectType: number): RequestRefused {
  return new RequestRefused('CFGObjectNotFound', 'no such object', { objectType, objectProperty: 'DBID' });
}
