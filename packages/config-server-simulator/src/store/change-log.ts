/** The numbered history of changes: what clients that were away ask for. */
import { CfgObjectType } from '@gatehouse/config-server-client/model/enumerations';
import { RequestRefused } from '../server/request-refused.ts';
import type { Delta } from './delta.ts';
import { identityOf, numberOf, type StoredObject } from './stored-object.ts';

/** `tenantDbid` decides who may see a deletion, whose object is gone. */
export type Change = { objectType: number; dbid: number; tenantDbid: number; historyId: number } & (
  | { kind: 'created'; object: StoredObject }
  | { kind: 'updated'; delta: Delta }
  | { kind: 'deleted' }
);

const defaultEntriesKept = 100_000;

export class ChangeLog {
  /** Names this log: ids of another one mean nothing here. */
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

  /** How many changes it can tell. */
  get size(): number {
    return this.#changes.length;
  }

  /** The newest changes, oldest first. */
  newest(count: number): Change[] {
    return this.#changes.slice(-count);
  }

  /** Forgets everything: the next change is one after `historyId`. */
  restart(historyId: number): void {
    this.#changes = [];
    this.#last = historyId;
  }

  /** Adds a change whose id follows the last one, and tells the listeners. */
  append(change: Change): void {
    this.#last = change.historyId;
    this.#changes.push(change);
    // Cut in bulk: one entry at a time would copy the array at every change.
    if (this.#changes.length > this.#entriesKept * 1.25)
      this.#changes = this.#changes.slice(-this.#entriesKept);
    for (const listener of this.#listeners) listener(change);
  }

  /** Everything after `historyId`. Errors: HistoryExpired when the log is another one or does not reach back so far. */
  since(logId: string, historyId: number): Change[] {
    const oldest = this.#changes[0]?.historyId ?? this.#last + 1;
    if (logId !== this.id || historyId > this.#last || historyId + 1 < oldest) {
      throw new RequestRefused('HistoryExpired', 'the change log does not reach back so far');
    }
    return this.#changes.slice(this.#firstAfter(historyId));
  }

  /** Ids rise but may leave gaps, so the place is searched, not computed. */
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

  /** Forgets the oldest entries, as if they were too old. */
  expire(entriesKept = 0): void {
    this.#changes = entriesKept === 0 ? [] : this.#changes.slice(-entriesKept);
  }

  subscribe(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}

export function tenantOf(objectType: number, dbid: number, object: StoredObject): number {
  if (objectType === CfgObjectType.tenant) return dbid;
  return numberOf(identityOf(objectType, object), 'tenantDBID') ?? 0;
}
