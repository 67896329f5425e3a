/** The life of the stored keys: next, active, retired, gone. Every step runs in one transaction that holds the lock. */
import type { SecretBox } from '@gatehouse/service-kit/crypto/secret-box';
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';
import type { AuditEventName } from '../audit/event.ts';
import { type SigningAlgorithm, signingAlgorithms } from './algorithms.ts';
import { generateKey, type NewKey, sealKey } from './key-material.ts';
import { activateKey, deleteKey, insertKey, listKeys, retireKey, type StoredKey } from './store.ts';

export interface KeyChange {
  event: AuditEventName;
  kid: string;
  algorithm: SigningAlgorithm;
}

/** The keys inside a transaction, kept in step with what it writes. */
export interface KeyChanges {
  /** What was done so far. */
  readonly made: readonly KeyChange[];
  readonly keys: readonly StoredKey[];
  active(algorithm: SigningAlgorithm): StoredKey | undefined;
  /** Gives every algorithm a key that signs and one that is published and waits. */
  complete(): Promise<void>;
  /** The waiting key signs from now on, and another one waits. */
  rotate(algorithm: SigningAlgorithm): Promise<void>;
  /** Puts a key in the place of the one in that state. */
  add(key: NewKey, state: 'next' | 'active'): Promise<void>;
  /** From now on nobody takes what it signed. */
  remove(key: StoredKey): Promise<void>;
}

export async function beginKeyChanges(db: Queryable, box: SecretBox, atMs: number): Promise<KeyChanges> {
  let keys = await listKeys(db);
  const made: KeyChange[] = [];

  const find = (state: 'next' | 'active', algorithm: SigningAlgorithm) =>
    keys.find((key) => key.state === state && key.algorithm === algorithm);

  function note(event: AuditEventName, { kid, algorithm }: StoredKey): void {
    made.push({ event, kid, algorithm });
  }

  function replace(changed: StoredKey): void {
    keys = keys.map((key) => (key.kid === changed.kid ? changed : key));
  }

  async function store(key: NewKey, state: 'next' | 'active'): Promise<void> {
    const stored = sealKey(key, box, { state, atMs });
    await insertKey(db, stored);
    keys = [stored, ...keys];
    note(key.origin === 'imported' ? 'signing_key_imported' : 'signing_key_created', stored);
  }

  async function retire(key: StoredKey): Promise<void> {
    await retireKey(db, key.kid, atMs);
    replace({ ...key, state: 'retired', retiredAtMs: atMs, privateKey: undefined });
    note('signing_key_retired', key);
  }

  async function promote(key: StoredKey): Promise<void> {
    await activateKey(db, key.kid, atMs);
    replace({ ...key, state: 'active', activatedAtMs: atMs });
    note('signing_key_rotated', key);
  }

  async function remove(key: StoredKey): Promise<void> {
    await deleteKey(db, key.kid);
    keys = keys.filter(({ kid }) => kid !== key.kid);
    note('signing_key_removed', key);
  }

  async function complete(): Promise<void> {
    const missing: { algorithm: SigningAlgorithm; state: 'next' | 'active' }[] = [];
    for (const algorithm of signingAlgorithms) {
      const next = find('next', algorithm);
      const hasActive = find('active', algorithm) !== undefined;
      if (!hasActive && next !== undefined) await promote(next);
      else if (!hasActive) missing.push({ algorithm, state: 'active' });
      if (find('next', algorithm) === undefined) missing.push({ algorithm, state: 'next' });
    }
    const generated = await Promise.all(missing.map(({ algorithm }) => generateKey(algorithm)));
    for (const [index, { state }] of missing.entries()) await store(generated[index] as NewKey, state);
  }

  return {
    made,
    get keys() {
      return keys;
    },
    active: (algorithm) => find('active', algorithm),
    complete,
    async rotate(algorithm) {
      const active = find('active', algorithm);
      if (active !== undefined) await retire(active);
      await complete();
    },
    async add(key, state) {
      const former = find(state, key.algorithm);
      // A waiting key has signed nothing: nobody misses it.
      if (former !== undefined) await (state === 'active' ? retire(former) : remove(former));
      await store(key, state);
      await complete();
    },
    remove,
  };
}
