/** All objects, their passwords and logins, in memory; every change is numbered, journalled, then told. */
import { CfgObjectType } from '@gatehouse/config-server-client/model/enumerations';
import type { StoredPassword } from '../security/password-hash.ts';
import { RequestRefused } from '../server/request-refused.ts';
import { type Change, type ChangeLog, tenantOf } from './change-log.ts';
import { type Consequence, groupsLeft, stateHandedDown } from './consequences.ts';
import { type Delta, deltaBetween, isEmptyDelta } from './delta.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { checkForm } from './object-form.ts';
import { checkMandatory, checkUnique, userNameKey } from './object-rules.ts';
import { ObjectTables } from './object-tables.ts';
import { identityOf, type StoredObject } from './stored-object.ts';

export interface ChangeOptions {
  /** Newest first. */
  credential?: StoredPassword[] | undefined;
}

type ObjectEntry = Extract<JournalEntry, { historyId: number }>;

export class ObjectStore {
  readonly log: ChangeLog;
  #journal: Journal;
  readonly #tables = new ObjectTables();
  #lastHistoryId = 0;
  #untold: Change[] = [];

  constructor(log: ChangeLog, journal: Journal) {
    this.log = log;
    this.#journal = journal;
  }

  /** What there is, for whoever writes all of it down. */
  get tables(): ObjectTables {
    return this.#tables;
  }

  get(objectType: number, dbid: number): StoredObject | undefined {
    return this.#tables.get(objectType, dbid);
  }

  /** In order of DBID of creation. */
  all(objectType: number): Iterable<StoredObject> {
    if (objectType === CfgObjectType.personLastLogin) return this.#lastLogins();
    return this.#tables.objects.get(objectType)?.values() ?? [];
  }

  /** By user name, compared as the protocol says. */
  personNamed(userName: string): StoredObject | undefined {
    const dbid = this.#tables.holderOf(userNameKey(userName));
    return dbid === undefined ? undefined : this.get(CfgObjectType.person, dbid);
  }

  /** The DBID of the object that holds a unique value of its type; see `uniqueKeysOf`. */
  holderOf(uniqueKey: string): number | undefined {
    return this.#tables.holderOf(uniqueKey);
  }

  /** The passwords of a person, newest first; the first one is in force. */
  credentialOf(personDbid: number): StoredPassword[] {
    return this.#tables.credentialOf(personDbid) ?? [];
  }

  /** Unix seconds of the last login. */
  lastLoginOf(personDbid: number): number | undefined {
    return this.#tables.logins.get(personDbid);
  }

  /** The object with its new DBID. Errors: CFGIncompleteObjectData, CFGUniquenessViolation, MalformedBody, Unsupported. */
  async create(objectType: number, fields: StoredObject, options: ChangeOptions = {}): Promise<StoredObject> {
    if (this.#journal.isBroken) await this.#repair();
    const dbid =
      (identityOf(objectType, fields)['DBID'] as number | undefined) ?? this.#tables.nextDbid(objectType);
    const object = withDbid(objectType, fields, dbid);
    checkMandatory(objectType, object);
    checkForm(objectType, object);
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
   * Errors: CFGObjectNotFound, CFGIncompleteObjectData, CFGUniquenessViolation, MalformedBody.
   */
  async update(
    objectType: number,
    dbid: number,
    fields: StoredObject,
    options: ChangeOptions = {},
  ): Promise<StoredObject> {
    if (this.#journal.isBroken) await this.#repair();
    const entries = this.#updateEntries(objectType, dbid, fields, options);
    await this.#commit(entries);
    return this.get(objectType, dbid) as StoredObject;
  }

  /** Takes a deleted person out of its groups first, one change each. Errors: CFGObjectNotFound. */
  async delete(objectType: number, dbid: number): Promise<void> {
    if (this.#journal.isBroken) await this.#repair();
    if (this.get(objectType, dbid) === undefined) throw notFound(objectType);
    const entries =
      objectType === CfgObjectType.person ? this.#entriesFor(groupsLeft(this.#tables.objects, dbid)) : [];
    await this.#commit([...entries, { kind: 'deleted', objectType, dbid, historyId: this.#nextHistoryId() }]);
  }

  /** Not a change of the history: clients read it, nobody is told. A full disk keeps nobody from logging in. */
  async recordLogin(personDbid: number, atSeconds: number): Promise<void> {
    this.#tables.recordLogin(personDbid, atSeconds);
    if (!this.isWritable) return;
    const entry: JournalEntry = { kind: 'login', dbid: personDbid, atSeconds };
    try {
      await this.#journal.append([entry]);
    } catch {
      return;
    }
    this.#tellUntold();
  }

  /** Changes that were made and could not be written: in memory, until the journal is whole again. */
  get untold(): readonly Change[] {
    return this.#untold;
  }

  /** False while another server writes this estate. */
  get isWritable(): boolean {
    return this.#journal.isWritable;
  }

  /** From now on changes are written there. */
  writeTo(journal: Journal): void {
    this.#journal = journal;
  }

  /** Forgets the objects, not the history: they follow from a journal that was written anew. */
  forgetObjects(): void {
    this.#untold = [];
    this.#tables.clear();
  }

  /** Takes over one entry that a journal holds already. */
  replay(entry: JournalEntry): void {
    switch (entry.kind) {
      case 'login':
        this.#tables.recordLogin(entry.dbid, entry.atSeconds);
        return;
      case 'kept':
        this.#tables.apply(entry);
        return;
      case 'told':
        this.#tell(entry.change);
        return;
      case 'numbers':
        for (const [objectType, dbid] of entry.highestDbids) this.#tables.noteDbid(objectType, dbid);
        if (this.log.lastHistoryId < entry.toldAfter) this.log.restart(entry.toldAfter);
        this.#lastHistoryId = Math.max(this.#lastHistoryId, entry.toldAfter);
        return;
      case 'created':
      case 'updated':
      case 'deleted': {
        const change = this.#changeOf(entry);
        this.#tables.apply(entry);
        this.#tell(change);
      }
    }
  }

  /** A change that another server made, unless it is known. */
  #tell(change: Change): void {
    this.#lastHistoryId = Math.max(this.#lastHistoryId, change.historyId);
    if (change.historyId > this.log.lastHistoryId) this.log.append(change);
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
    checkForm(objectType, after);
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
      ? [entry, ...this.#entriesFor(stateHandedDown(this.#tables.objects, dbid, after['state']))]
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
    for (const entry of entries) this.#tables.apply(entry);
    try {
      await this.#journal.append(entries);
    } catch (error) {
      this.#untold.push(...changes);
      throw error;
    }
    this.#tellUntold();
    for (const change of changes) this.log.append(change);
  }

  /** Before a change, so that one that cannot be kept is not made. Errors: ReadOnly. */
  async #repair(): Promise<void> {
    try {
      await this.#journal.repair();
    } catch {
      throw new RequestRefused('ReadOnly', 'this server cannot write its estate at present');
    }
    this.#tellUntold();
  }

  /** They are in the file that was written anew. */
  #tellUntold(): void {
    const changes = this.#untold;
    this.#untold = [];
    for (const change of changes) this.log.append(change);
  }

  #changeOf(entry: ObjectEntry): Change {
    const { objectType, dbid, historyId } = entry;
    const object = entry.kind === 'deleted' ? (this.get(objectType, dbid) ?? {}) : entry.object;
    const base = { objectType, dbid, historyId, tenantDbid: tenantOf(objectType, dbid, object) };
    if (entry.kind === 'created') return { ...base, kind: 'created', object: entry.object };
    if (entry.kind === 'updated') return { ...base, kind: 'updated', delta: entry.delta };
    return { ...base, kind: 'deleted' };
  }

  *#lastLogins(): Generator<StoredObject> {
    for (const [dbid, lastLogin] of this.#tables.logins) yield { DBID: dbid, lastLogin };
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
