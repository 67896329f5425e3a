/** Changes the states of stored keys (next, active, retired, removed) inside one transaction that holds the lock. */

import { type SigningAlgorithm, signingAlgorithms } from '@gatehouse/contracts/resources';
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { AuditEventName } from '../../records/audit/event.ts';
import { generateKey, type NewKey, sealKey } from './key-material.ts';
import { activateKey, deleteKey, insertKey, listKeys, retireKey, type StoredKey } from './store.ts';

export interface KeyChange {
  event: AuditEventName;
  kid: string;
  algorithm: SigningAlgorithm;
}

export type KeyChanges = Awaited<ReturnType<typeof beginKeyChanges>>;

/** The keys as the transaction has changed them so far. */
export async function beginKeyChanges(db: Queryable, box: SecretBox, atMs: number) {
  let keys = await listKeys(db);
  const made: KeyChange[] = [];

  const find = (state: 'next' | 'active', algorithm: SigningAlgorithm) =>
    keys.find((key) => key.state === state && key.algorithm === algorithm);

  function record(event: AuditEventName, { kid, algorithm }: StoredKey): void {
    made.push({ event, kid, algorithm });
  }

  function replace(changed: StoredKey): void {
    keys = keys.map((key) => (key.kid === changed.kid ? changed : key));
  }

  async function store(key: NewKey, state: 'next' | 'active'): Promise<void> {
    const stored = sealKey(key, box, { state, atMs });
    await insertKey(db, stored);
    keys = [stored, ...keys];
    record(key.origin === 'imported' ? 'signing_key_imported' : 'signing_key_created', stored);
  }

  async function retire(key: StoredKey): Promise<void> {
    await retireKey(db, key.kid, atMs);
    replace({ ...key, state: 'retired', retiredAtMs: atMs, privateKey: undefined });
    record('signing_key_retired', key);
  }

  async function promote(key: StoredKey): Promise<void> {
    await activateKey(db, key.kid, atMs);
    replace({ ...key, state: 'active', activatedAtMs: atMs });
    record('signing_key_rotated', key);
  }

  async function remove(key: StoredKey): Promise<void> {
    await deleteKey(db, key.kid);
    keys = keys.filter(({ kid }) => kid !== key.kid);
    record('signing_key_removed', key);
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
    /** The changes so far. */
    get made(): readonly KeyChange[] {
      return made;
    },
    get keys(): readonly StoredKey[] {
      return keys;
    },
    /** Gives every algorithm a key that signs and one that is published and waits. */
    complete,
    /** The waiting key signs from now on, and another one waits. */
    async rotate(algorithm: SigningAlgorithm): Promise<void> {
      const active = find('active', algorithm);
      if (active !== undefined) await retire(active);
      await complete();
    },
    /** Puts a key in the place of the one in that state. */
    async add(key: NewKey, state: 'next' | 'active'): Promise<void> {
      const former = find(state, key.algorithm);
      // A waiting key has signed nothing, so it need not stay published.
      if (former !== undefined) await (state === 'active' ? retire(former) : remove(former));
      await store(key, state);
      await complete();
    },
    /** From now on the tokens that it signed are refused. */
    remove,
  };
}
