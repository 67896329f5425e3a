/** Keeps the numbered history of changes, for clients that were away and for those that listen. */
import { CfgObjectType } from '@gatehouse/people-directory';
import type { Delta } from '../objects/delta.ts';
import { RequestRefused } from '../objects/request-refused.ts';
import { identityOf, numberOf, type StoredObject } from '../objects/stored-object.ts';

/** `tenantDbid` decides who may see a deletion, whose object is gone. */
export type Change = { objectType: number; dbid: number; tenantDbid: number; historyId: number } & (
  | { kind: 'created'; object: StoredObject }
  | { kind: 'updated'; delta: Delta }
  | { kind: 'deleted' }
);

const defaultEntriesKept = 100_000;

export class ChangeLog {
  /** Ids of another log are not valid in this one. */
  readonly id: string;
  readonly #entriesKept: number;
  #changes: Change[] = [];
  #last = 0;
  readonly #listeners = new Set<(change: Change) => void>();

  constructor(id: string, entriesKept = defaultEntriesKept) {
    this.id = id;
    this.#entriesKept = entriesKept;
  }

  get lastHistoryId(): number {
    return this.#last;
  }

  /** The newest changes, oldest first. */
  newest(count: number): Change[] {
    return this.#changes.slice(-count);
  }

  /** Drops everything; the next change follows `historyId`. */
  restart(historyId: number): void {
    this.#changes = [];
    this.#last = historyId;
  }

  /** Adds a change whose id follows the last one, and tells the listeners. */
  append(change: Change): void {
    this.#last = change.historyId;
    this.#changes.push(change);
    // In bulk: cutting one entry at a time would copy the array at every change.
    if (this.#changes.length > this.#entriesKept * 1.25)
      this.#changes = this.#changes.slice(-this.#entriesKept);
    for (const listener of this.#listeners) listener(change);
  }

  /** Everything after `historyId`. @throws RequestRefused HistoryExpired for another log or an id that is too old */
  since(logId: string, historyId: number): Change[] {
    const oldest = this.#changes[0]?.historyId ?? this.#last + 1;
    if (logId !== this.id || historyId > this.#last || historyId + 1 < oldest) {
      throw new RequestRefused('HistoryExpired', 'the change log does not reach back so far');
    }
    return this.#changes.slice(this.#firstAfter(historyId));
  }

  /** By binary search: ids rise and may leave gaps. */
  #firstAfter(historyId: number): number {
    let low = 0;
    let high = this.#changes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#changes[middle] as Change).historyId <= historyId) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Drops all entries, as if they were too old. */
  expire(): void {
    this.#changes = [];
  }

  subscribe(listener: (change: Change) => void): void {
    this.#listeners.add(listener);
  }
}

export function tenantOf(objectType: number, dbid: number, object: StoredObject): number {
  if (objectType === CfgObjectType.tenant) return dbid;
  return numberOf(identityOf(objectType, object), 'tenantDBID') ?? 0;
}
