/** Creates, changes and deletes objects; each change is numbered, saved, then announced. */
import { CfgObjectType } from '@gatehouse/people-directory';
import { type Consequence, groupsLeft, stateHandedDown } from '../objects/consequences.ts';
import { deltaBetween, isEmptyDelta } from '../objects/delta.ts';
import { checkForm } from '../objects/object-form.ts';
import { checkMandatory, checkUnique, userNameKey } from '../objects/object-rules.ts';
import { RequestRefused } from '../objects/request-refused.ts';
import { identityOf, type StoredObject } from '../objects/stored-object.ts';
import { type Change, type ChangeLog, tenantOf } from './change-log.ts';
import type { EstateContent } from './estate-content.ts';
import { ObjectTables } from './object-tables.ts';
import type { StoredPassword } from './password-hash.ts';

/** The file in which the store is saved, if there is one. */
export interface Persistence {
  /** False while another server writes the file: nothing may be changed here. */
  readonly isWritable: boolean;
  /** The last write failed: the file lacks changes that are in memory. */
  readonly isBehind: boolean;
  /** Resolves when everything that is in memory at the time of the call is durable. */
  save(): Promise<void>;
}

const nowhere: Persistence = { isWritable: true, isBehind: false, save: async () => undefined };

/** The newest changes that `content` includes. */
const savedChanges = 1_000;

/** One change and what it makes of its object; undefined deletes it. */
interface Step {
  change: Change;
  object: StoredObject | undefined;
  passwords?: StoredPassword[] | undefined;
}

export class ObjectStore {
  readonly log: ChangeLog;
  readonly #persistence: Persistence;
  readonly #tables = new ObjectTables();
  #lastHistoryId = 0;
  /** Applied in memory and not yet saved: clients must not hear of changes that a crash can undo. */
  #unsaved: Change[] = [];

  constructor(log: ChangeLog, persistence = nowhere) {
    this.log = log;
    this.#persistence = persistence;
  }

  get isWritable(): boolean {
    return this.#persistence.isWritable;
  }

  get(objectType: number, dbid: number): StoredObject | undefined {
    return this.#tables.get(objectType, dbid);
  }

  /** In the order of their creation. */
  all(objectType: number): Iterable<StoredObject> {
    if (objectType === CfgObjectType.personLastLogin)
      return [...this.#tables.logins].map(([dbid, lastLogin]) => ({ DBID: dbid, lastLogin }));
    return this.#tables.objects.get(objectType)?.values() ?? [];
  }

  personNamed(userName: string): StoredObject | undefined {
    const dbid = this.#tables.holderOf(userNameKey(userName));
    return dbid === undefined ? undefined : this.get(CfgObjectType.person, dbid);
  }

  /** Newest first; the first one is in force. */
  passwordsOf(personDbid: number): StoredPassword[] {
    return this.#tables.passwordsOf(personDbid) ?? [];
  }

  /** Unix seconds. */
  lastLoginOf(personDbid: number): number | undefined {
    return this.#tables.logins.get(personDbid);
  }

  /** @throws RequestRefused CFGIncompleteObjectData, CFGUniquenessViolation, MalformedBody, Unsupported */
  async create(
    objectType: number,
    fields: StoredObject,
    passwords?: StoredPassword[],
  ): Promise<StoredObject> {
    if (this.#persistence.isBehind) await this.#requireSaved();
    const dbid =
      (identityOf(objectType, fields)['DBID'] as number | undefined) ?? this.#tables.nextDbid(objectType);
    const object = withDbid(objectType, fields, dbid);
    this.#check(objectType, dbid, object);
    if (this.get(objectType, dbid) !== undefined) {
      throw new RequestRefused('CFGUniquenessViolation', 'this DBID is taken', {
        objectType,
        objectProperty: 'DBID',
      });
    }
    const change: Change = { ...this.#numbered(objectType, dbid, object), kind: 'created', object };
    await this.#commit([{ change, object, passwords }]);
    return object;
  }

  /**
   * Sets the given fields and keeps the others; resolves to the result.
   * @throws RequestRefused CFGObjectNotFound, CFGIncompleteObjectData, CFGUniquenessViolation, MalformedBody
   */
  async update(
    objectType: number,
    dbid: number,
    fields: StoredObject,
    passwords?: StoredPassword[],
  ): Promise<StoredObject> {
    if (this.#persistence.isBehind) await this.#requireSaved();
    const before = this.get(objectType, dbid);
    if (before === undefined) throw notFound(objectType);
    const after = withDbid(objectType, { ...before, ...fields }, dbid);
    this.#check(objectType, dbid, after);
    const step = this.#updateStep({ objectType, dbid, before, after }, passwords);
    const stateChanged = objectType === CfgObjectType.tenant && before['state'] !== after['state'];
    const consequences = stateChanged ? stateHandedDown(this.#tables.objects, dbid, after['state']) : [];
    await this.#commit([...step, ...this.#updateSteps(consequences)]);
    return this.get(objectType, dbid) as StoredObject;
  }

  /** Takes a deleted person out of its groups first, one change each. @throws RequestRefused CFGObjectNotFound */
  async delete(objectType: number, dbid: number): Promise<void> {
    if (this.#persistence.isBehind) await this.#requireSaved();
    const object = this.get(objectType, dbid);
    if (object === undefined) throw notFound(objectType);
    const consequences = objectType === CfgObjectType.person ? groupsLeft(this.#tables.objects, dbid) : [];
    const steps = this.#updateSteps(consequences);
    const change: Change = { ...this.#numbered(objectType, dbid, object), kind: 'deleted' };
    await this.#commit([...steps, { change, object: undefined }]);
  }

  /** Resolves also when it cannot be saved: a full disk must not stop logins. Subscribers are not told. */
  async recordLogin(personDbid: number, atSeconds: number): Promise<void> {
    this.#tables.recordLogin(personDbid, atSeconds);
    if (this.isWritable) await this.#save().catch(() => undefined);
  }

  /** Everything that a file must hold; objects are replaced when they change, so this is one consistent moment. */
  content(): Omit<EstateContent, 'format' | 'primary' | 'epoch'> {
    const { objects, logins, maxDbids } = this.#tables;
    return {
      historyLog: this.log.id,
      lastHistoryId: this.#lastHistoryId,
      maxDbids: [...maxDbids],
      objects: [...objects].flatMap(([objectType, ofType]) =>
        [...ofType].map(([dbid, object]) => ({
          objectType,
          dbid,
          object,
          passwords: objectType === CfgObjectType.person ? this.#tables.passwordsOf(dbid) : undefined,
        })),
      ),
      lastLogins: [...logins],
      changes: [...this.log.newest(savedChanges), ...this.#unsaved],
    };
  }

  /** Takes over what another server saved, and announces its changes. False when some of them are no longer known. */
  load({ objects, maxDbids, lastLogins, changes, lastHistoryId }: EstateContent): boolean {
    this.#tables.clear();
    for (const { objectType, dbid, object, passwords } of objects)
      this.#tables.put(objectType, dbid, object, passwords);
    for (const [objectType, dbid] of maxDbids) this.#tables.recordDbid(objectType, dbid);
    for (const [dbid, atSeconds] of lastLogins) this.#tables.recordLogin(dbid, atSeconds);
    this.#lastHistoryId = lastHistoryId;
    this.#unsaved = [];
    // Ids may leave gaps: the changes are complete from the one directly before the first of them.
    const completeAfter = (changes[0]?.historyId ?? lastHistoryId + 1) - 1;
    const isComplete = this.log.lastHistoryId >= completeAfter;
    if (!isComplete) this.log.restart(completeAfter);
    for (const change of changes) if (change.historyId > this.log.lastHistoryId) this.log.append(change);
    return isComplete;
  }

  #check(objectType: number, dbid: number, object: StoredObject): void {
    checkMandatory(objectType, object);
    checkForm(objectType, object);
    checkUnique(objectType, dbid, object, (key) => this.#tables.holderOf(key));
  }

  /** Empty when nothing differs. */
  #updateStep({ objectType, dbid, before, after }: Consequence, passwords?: StoredPassword[]): Step[] {
    const delta = deltaBetween(before, after);
    if (passwords !== undefined) delta.passwordChanged = true;
    if (isEmptyDelta(delta)) return [];
    const change: Change = { ...this.#numbered(objectType, dbid, after), kind: 'updated', delta };
    return [{ change, object: after, passwords }];
  }

  #updateSteps(consequences: Iterable<Consequence>): Step[] {
    return [...consequences].flatMap((consequence) => this.#updateStep(consequence));
  }

  #numbered(objectType: number, dbid: number, object: StoredObject) {
    if (!this.isWritable) throw new RequestRefused('NotPrimary', 'another server writes this estate');
    this.#lastHistoryId += 1;
    return {
      objectType,
      dbid,
      historyId: this.#lastHistoryId,
      tenantDbid: tenantOf(objectType, dbid, object),
    };
  }

  /** Applies in memory before the first await, so that the next change builds on it. */
  async #commit(steps: Step[]): Promise<void> {
    if (steps.length === 0) return;
    for (const { change, object, passwords } of steps) {
      if (object === undefined) this.#tables.remove(change.objectType, change.dbid);
      else this.#tables.put(change.objectType, change.dbid, object, passwords);
      this.#unsaved.push(change);
    }
    await this.#save();
  }

  /** Refuses a change that cannot be saved before it is made. @throws RequestRefused ReadOnly */
  async #requireSaved(): Promise<void> {
    await this.#save().catch(() => {
      throw new RequestRefused('ReadOnly', 'this server cannot write its estate at present');
    });
  }

  async #save(): Promise<void> {
    const historyId = this.#lastHistoryId;
    await this.#persistence.save();
    const next = this.#unsaved.findIndex((change) => change.historyId > historyId);
    const saved = this.#unsaved.splice(0, next === -1 ? this.#unsaved.length : next);
    for (const change of saved) this.log.append(change);
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
