import { describe, expect, it } from 'vitest';
import { ChangeLog } from '../../src/store/change-log.ts';
import { ObjectStore, type Persistence } from '../../src/store/object-store.ts';

const tenant = 7;

/** A disk that is full until it is told otherwise. */
function fullDisk() {
  let isFull = true;
  let isBehind = false;
  const persistence: Persistence = {
    isWritable: true,
    get isBehind() {
      return isBehind;
    },
    save: async () => {
      await Promise.resolve();
      isBehind = isFull;
      if (isFull) throw new Error('no space left');
    },
  };
  return {
    persistence,
    makeRoom: () => {
      isFull = false;
    },
  };
}

describe('an estate whose file cannot be written', () => {
  it('makes no further change, and tells those whose outcome was unknown when they are safe, before all others', async () => {
    const { persistence, makeRoom } = fullDisk();
    const store = new ObjectStore(new ChangeLog('log'), persistence);
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
