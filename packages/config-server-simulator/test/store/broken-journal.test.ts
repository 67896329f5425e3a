import { describe, expect, it } from 'vitest';
import { ChangeLog } from '../../src/store/change-log.ts';
import { type Journal, noJournal } from '../../src/store/journal.ts';
import { ObjectStore } from '../../src/store/object-store.ts';

const tenant = 7;

/** A journal on a disk that is full until it is told otherwise. */
function fullDisk() {
  let isFull = true;
  let isBroken = false;
  const fail = async () => {
    await Promise.resolve();
    isBroken = true;
    throw new Error('no space left');
  };
  const journal: Journal = {
    ...noJournal,
    get isBroken() {
      return isBroken;
    },
    append: () => (isFull ? fail() : Promise.resolve()),
    repair: async () => {
      if (isFull) return fail();
      isBroken = false;
    },
  };
  return {
    journal,
    makeRoom: () => {
      isFull = false;
    },
  };
}

describe('an estate whose file cannot be written', () => {
  it('makes no further change, and tells those whose outcome was unknown when they are safe, before all others', async () => {
    const { journal, makeRoom } = fullDisk();
    const store = new ObjectStore(new ChangeLog('log'), journal);
    const told: string[] = [];
    store.log.subscribe(({ historyId, kind, dbid }) => told.push(`${historyId} ${kind} ${dbid}`));
    const named = (name: string) => ({ name, state: 1 });
    const unknown = await Promise.allSettled([
      store.create(tenant, named('first')),
      store.create(tenant, named('second')),
    ]);
    expect(unknown.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(store.update(tenant, 101, { name: 'third' })).rejects.toMatchObject({ code: 'ReadOnly' });
    await expect(store.delete(tenant, 101)).rejects.toMatchObject({ code: 'ReadOnly' });
    expect(store.get(tenant, 101)).toMatchObject({ name: 'first' });
    await expect(store.recordLogin(101, 1)).resolves.toBeUndefined();
    expect(told).toEqual([]);

    makeRoom();
    await store.update(tenant, 101, { name: 'third' });
    expect(told).toEqual(['1 created 101', '2 created 102', '3 updated 101']);
  });
});
