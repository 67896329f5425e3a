import type { PersonChange } from '@gatehouse/people-directory';
import { describe, expect, it } from 'vitest';
import { createBackendPool } from '../../src/pool/pool.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { InMemoryBackend, type MemoryPerson } from '../../src/testing/memory-backend.ts';

class SlowBackend extends InMemoryBackend {
  readonly gate = Promise.withResolvers<void>();
  override async readPersons(filter: object) {
    await this.gate.promise;
    return super.readPersons(filter);
  }
}

function createPool() {
  const clock = new ManualClock();
  const created: SlowBackend[] = [];
  const pool = createBackendPool({
    create: (_environment: { id: string; version: number }) => {
      const backend = new SlowBackend({ persons: [person] });
      created.push(backend);
      return backend;
    },
    idleCloseMs: 60_000,
    drainMs: 10_000,
    clock,
  });
  return { clock, created, pool };
}

const person: MemoryPerson = {
  DBID: 1,
  tenantDBID: 1,
  userName: 'agent',
  isAgent: 1,
  state: 1,
  password: 'secret',
};

describe('pool of back ends', () => {
  it('creates one back end per environment and keeps it', () => {
    const { created, pool } = createPool();
    expect(pool.get({ id: 'a', version: 1 })).toBe(pool.get({ id: 'a', version: 1 }));
    expect(pool.get({ id: 'b', version: 1 })).not.toBe(pool.get({ id: 'a', version: 1 }));
    expect(created).toHaveLength(2);
  });

  it('sends new calls to the new target while the old one finishes its own', async () => {
    const { created, pool, clock } = createPool();
    const running = pool.get({ id: 'a', version: 1 }).readPersons({});
    const backend = pool.get({ id: 'a', version: 2 });
    created[1]?.gate.resolve();
    await expect(backend.readPersons({})).resolves.toHaveLength(1);
    expect(created[0]?.state).toBe('open');
    created[0]?.gate.resolve();
    await expect(running).resolves.toHaveLength(1);
    await clock.advance(0);
    expect(created[0]?.state).toBe('closed');
    expect(clock.pendingTimers).toBe(1);
    await pool.closeAll();
    expect(clock.pendingTimers).toBe(0);
  });

  it('does not go back for somebody who read the environment before its last change, but for a restored one', async () => {
    const { created, pool } = createPool();
    pool.get({ id: 'a', version: 1 });
    const backend = pool.get({ id: 'a', version: 2 });
    expect(pool.get({ id: 'a', version: 1 })).toBe(backend);
    expect(created).toHaveLength(2);
    pool.follow({ id: 'a', version: 2 });
    expect(created).toHaveLength(2);
    pool.follow({ id: 'a', version: 1 });
    expect(created).toHaveLength(3);
    await pool.closeAll();
  });

  it('closes an old target that does not finish in time', async () => {
    const { created, pool, clock } = createPool();
    const running = pool.get({ id: 'a', version: 1 }).readPersons({});
    pool.get({ id: 'a', version: 2 });
    await clock.advance(10_000);
    expect(created[0]?.state).toBe('closed');
    created[0]?.gate.resolve();
    await expect(running).rejects.toMatchObject({ code: 'ClientClosed' });
  });

  it('moves subscriptions over and says that something may have been missed', () => {
    const { created, pool } = createPool();
    const seen: PersonChange[] = [];
    const end = pool.get({ id: 'a', version: 1 }).subscribePersons((change) => seen.push(change));
    pool.get({ id: 'a', version: 2 });
    created[0]?.emit({ kind: 'deleted', dbid: 1, historyId: 1 });
    created[1]?.emit({ kind: 'deleted', dbid: 2, historyId: 2 });
    expect(seen).toEqual([{ kind: 'resync' }, { kind: 'deleted', dbid: 2, historyId: 2 }]);
    end();
    created[1]?.emit({ kind: 'deleted', dbid: 3, historyId: 3 });
    expect(seen).toHaveLength(2);
  });

  it('closes what nobody uses, and opens it again on demand', async () => {
    const { created, pool, clock } = createPool();
    pool.get({ id: 'a', version: 1 });
    await clock.advance(90_000);
    expect(created[0]?.state).toBe('closed');
    expect(pool.states()).toEqual([]);
    expect(pool.get({ id: 'a', version: 1 }).state).toBe('open');
    await pool.closeAll();
  });

  it('does not close what somebody listens to', async () => {
    const { created, pool, clock } = createPool();
    pool.get({ id: 'a', version: 1 }).subscribePersons(() => undefined);
    await clock.advance(600_000);
    expect(created[0]?.state).toBe('open');
    await pool.closeAll();
  });

  it('lets a deleted environment finish its calls and takes no new ones', async () => {
    const { created, pool } = createPool();
    const backend = pool.get({ id: 'a', version: 1 });
    const running = backend.readPersons({});
    const removed = pool.remove('a');
    await expect(backend.readPersons({})).rejects.toMatchObject({ code: 'ClientClosed' });
    created[0]?.gate.resolve();
    await expect(running).resolves.toHaveLength(1);
    await removed;
    expect(created[0]?.state).toBe('closed');
    await pool.closeAll();
    expect(() => pool.get({ id: 'a', version: 1 })).toThrow('closed');
  });
});
