import { describe, expect, it } from 'vitest';
import { createWorld, twoServers } from './standby-world.ts';

describe('warm standby', () => {
  it('starts with the primary', async () => {
    const world = createWorld();
    world.standby.start();
    await world.clock.advance(0);
    expect(world.attempts).toEqual(['primary@0']);
    expect(world.standby.state).toBe('open');
    await world.standby.close();
  });

  it('goes to the next server at once when one says that it is not primary', async () => {
    const world = createWorld();
    world.conditions.set('primary', 'NotPrimary');
    world.standby.start();
    await world.clock.advance(0);
    expect(world.attempts).toEqual(['primary@0', 'backup@0']);
    await world.standby.close();
  });

  it('after a loss tries the last server first, then after the backup delay the other one', async () => {
    const world = createWorld();
    world.standby.start();
    await world.clock.advance(60_000);
    world.conditions.set('primary', 'ConnectionRefused');
    world.last.lose();
    await world.clock.advance(2_000);
    // The random pause is half of a second here, the backup delay another half.
    expect(world.attempts.slice(1)).toEqual(['primary@60500', 'backup@61000']);
    await world.standby.close();
  });

  it('does not go back by itself while the backup is healthy', async () => {
    const world = createWorld();
    world.conditions.set('primary', 'ConnectionRefused');
    world.standby.start();
    await world.clock.advance(0);
    world.conditions.set('primary', 'up');
    await world.clock.advance(3_600_000);
    expect(world.attempts).toEqual(['primary@0', 'backup@0']);
    await world.standby.close();
  });

  it('keeps to the list of delays while everything is down, and recovers within the last delay', async () => {
    const world = createWorld();
    world.conditions.set('primary', 'ConnectionRefused');
    world.conditions.set('backup', 'ConnectTimeout');
    world.standby.start();
    await world.clock.advance(300_000);
    const rounds = world.attempts.filter((attempt) => attempt.startsWith('primary'));
    expect(rounds.slice(0, 6)).toEqual([
      'primary@0',
      'primary@1000',
      'primary@3000',
      'primary@6000',
      'primary@9000',
      'primary@12000',
    ]);
    expect(rounds.length).toBeLessThanOrEqual(102);
    world.conditions.set('backup', 'up');
    await world.clock.advance(5_000);
    expect(world.standby.state).toBe('open');
    await world.standby.close();
  });

  it('does not let the delays grow while both servers are backups', async () => {
    const world = createWorld();
    world.conditions.set('primary', 'NotPrimary');
    world.conditions.set('backup', 'NotPrimary');
    world.standby.start();
    await world.clock.advance(10_000);
    expect(world.attempts).toHaveLength(22);
    await world.standby.close();
  });

  it('slows down for a server that accepts and drops again and again', async () => {
    const world = createWorld({}, [twoServers[0] as never]);
    world.standby.start();
    for (let round = 0; round < 5; round += 1) {
      await world.clock.advance(0);
      while (world.standby.current === undefined) await world.clock.advance(100);
      world.last.lose();
      await world.clock.advance(0);
    }
    await world.clock.advance(60_000);
    const times = world.attempts.map((attempt) => Number(attempt.split('@')[1]));
    const gaps = times.slice(1).map((time, index) => time - (times[index] as number));
    for (const [index, atLeastMs] of [500, 1_000, 2_000, 3_000].entries()) {
      expect(gaps[index]).toBeGreaterThanOrEqual(atLeastMs);
    }
    await world.standby.close();
  });

  it('lets calls wait for the fail-fast time, then refuses them, and new ones at once', async () => {
    const world = createWorld();
    world.conditions.set('primary', 'ConnectionRefused');
    world.conditions.set('backup', 'ConnectionRefused');
    world.standby.start();
    const waiting = world.standby.connection(world.limits()).catch((error) => error);
    await world.clock.advance(1_999);
    expect(world.standby.state).toBe('connecting');
    await world.clock.advance(1);
    expect(await waiting).toMatchObject({ code: 'NoEndpoint', retryable: true });
    expect(world.standby.state).toBe('down');
    await expect(world.standby.connection(world.limits())).rejects.toMatchObject({ code: 'NoEndpoint' });
    expect(world.standby.stateReason).toContain('ConnectionRefused');
    await world.standby.close();
  });

  it('gives a call that waited the connection as soon as there is one', async () => {
    const world = createWorld();
    world.conditions.set('primary', 'ConnectionRefused');
    world.conditions.set('backup', 'ConnectionRefused');
    world.standby.start();
    const waiting = world.standby.connection(world.limits());
    await world.clock.advance(500);
    world.conditions.set('backup', 'up');
    await world.clock.advance(600);
    expect((await waiting).endpoint.host).toBe('backup');
    await world.standby.close();
  });

  it('bounds the calls that wait, their time, and lets a caller give up', async () => {
    const world = createWorld({ maxQueueWhileDown: 2 });
    world.attemptTakesMs = 5_000;
    world.standby.start();
    const abort = new AbortController();
    const first = world.standby.connection(world.limits(300)).catch((error) => error);
    const second = world.standby
      .connection({ ...world.limits(), signal: abort.signal })
      .catch((error) => error);
    await expect(world.standby.connection(world.limits())).rejects.toMatchObject({ code: 'QueueFull' });
    expect(world.waitingCalls).toBe(2);
    abort.abort();
    expect(await second).toMatchObject({ code: 'Aborted' });
    await world.clock.advance(300);
    expect(await first).toMatchObject({ code: 'NoEndpoint' });
    expect(world.waitingCalls).toBe(0);
    await world.standby.close();
  });

  it.each([
    'AuthenticationFailed',
    'AccountLocked',
    'AccountExpired',
    'PasswordExpired',
    'ChangePasswordRequired',
    'PasswordPolicyViolation',
    'AccessDenied',
  ] as const)('does not hammer with a service account that is refused (%s)', async (refusal) => {
    const world = createWorld();
    world.conditions.set('primary', refusal);
    world.standby.start();
    await world.clock.advance(86_400_000);
    expect(world.attempts).toEqual(['primary@0', 'primary@60000', 'primary@120000']);
    expect(world.standby.state).toBe('down');
    expect(world.standby.stateReason).toContain('service account');
    await world.standby.close();
  });

  it('slows down for a server that takes us in and sends us away again and again', async () => {
    const world = createWorld({}, [twoServers[0] as never]);
    world.standby.start();
    await world.clock.advance(0);
    for (let second = 0; second < 60; second += 1) {
      if (world.standby.current !== undefined) world.standby.leave(world.standby.current);
      await world.clock.advance(1_000);
    }
    expect(world.attempts.length).toBeLessThanOrEqual(25);
    await world.standby.close();
  });

  it('does not let a list of other servers shorten the pause of a refused account', async () => {
    const world = createWorld();
    world.conditions.set('primary', 'AuthenticationFailed');
    world.conditions.set('third', 'AuthenticationFailed');
    world.attemptTakesMs = 1_000;
    world.standby.start();
    for (let change = 0; change < 300; change += 1) {
      await world.clock.advance(500);
      world.list([{ host: change % 2 === 0 ? 'third' : 'primary', port: 8888 }]);
    }
    await world.clock.advance(86_400_000);
    const times = world.attempts.map((attempt) => Number(attempt.split('@')[1]));
    expect(times).toHaveLength(3);
    for (const [index, time] of times.slice(1).entries())
      expect(time - (times[index] as number)).toBeGreaterThanOrEqual(60_000);
    expect(world.standby.stateReason).toContain('not tried again before the configuration changes');
    await world.standby.close();
  });

  it('counts what the account was refused on all links of the client together', async () => {
    const reads = createWorld();
    const writes = createWorld({}, twoServers, reads);
    for (const { conditions } of [reads, writes]) conditions.set('primary', 'AccountLocked');
    reads.standby.start();
    await reads.clock.advance(1_000);
    writes.standby.start();
    await reads.clock.advance(86_400_000);
    expect([...reads.attempts, ...writes.attempts]).toHaveLength(3);
    // A link that is opened again starts from what the others know.
    await writes.standby.close();
    const again = createWorld({}, twoServers, reads);
    again.standby.start();
    const waiting = again.standby.connection(again.limits()).catch((error) => error);
    await reads.clock.advance(10_000);
    expect(again.attempts).toEqual([]);
    expect(await waiting).toMatchObject({
      code: 'NoEndpoint',
      detail: expect.stringContaining('is refused'),
    });
    for (const { standby } of [reads, again]) await standby.close();
    expect(reads.clock.pendingTimers).toBe(0);
  });

  it('goes on by the list of delays when a refused account finds no server that could judge it', async () => {
    const world = createWorld();
    world.conditions.set('primary', 'AccountLocked');
    world.standby.start();
    await world.clock.advance(59_000);
    world.conditions.set('primary', 'ConnectionRefused');
    world.conditions.set('backup', 'ConnectionRefused');
    await world.clock.advance(2_000);
    world.conditions.set('backup', 'up');
    await world.clock.advance(4_000);
    expect(world.standby.state).toBe('open');
    await world.standby.close();
  });

  it('treats a server with a lower epoch than seen before as not primary', async () => {
    const world = createWorld();
    world.epochs.set('primary', 7);
    world.epochs.set('backup', 8);
    world.standby.start();
    await world.clock.advance(60_000);
    world.conditions.set('primary', 'ConnectionRefused');
    world.last.lose();
    await world.clock.advance(2_000);
    expect(world.last.endpoint.host).toBe('backup');
    world.conditions.set('primary', 'up');
    world.conditions.set('backup', 'ConnectionRefused');
    world.last.lose();
    await world.clock.advance(60_000);
    expect(world.standby.state).toBe('down');
    expect(world.connections.at(-1)?.isEnded).toBe(true);
    world.epochs.set('primary', 9);
    await world.clock.advance(31_000);
    expect(world.standby.current?.endpoint.host).toBe('primary');
    await world.standby.close();
  });

  it('leaves a server that announces a switchover, while its calls finish there', async () => {
    const world = createWorld();
    world.standby.start();
    await world.clock.advance(60_000);
    const old = world.last;
    old.startRequest();
    world.standby.leave(old);
    await world.clock.advance(1_000);
    expect(world.standby.current?.endpoint.host).toBe('backup');
    expect(old.isEnded).toBe(false);
    old.finishRequests();
    await world.clock.advance(0);
    expect(old.isEnded).toBe(true);
    await world.standby.close();
  });

  it('keeps a healthy connection whose entry vanishes from the list', async () => {
    const world = createWorld();
    world.standby.start();
    await world.clock.advance(0);
    world.list([{ host: 'other', port: 8888 }]);
    await world.clock.advance(60_000);
    expect(world.standby.current?.endpoint.host).toBe('primary');
    world.last.lose();
    await world.clock.advance(2_000);
    expect(world.standby.current?.endpoint.host).toBe('other');
    await world.standby.close();
  });

  it('moves away from an entry that drains, when there is another one', async () => {
    const world = createWorld();
    world.standby.start();
    await world.clock.advance(0);
    world.list([{ ...twoServers[0], draining: true } as never]);
    await world.clock.advance(1_000);
    expect(world.standby.current?.endpoint.host).toBe('primary');
    world.list([{ ...twoServers[0], draining: true } as never, twoServers[1] as never]);
    await world.clock.advance(1_000);
    expect(world.standby.current?.endpoint.host).toBe('backup');
    await world.standby.close();
  });

  it('tries a server that is new in the list at once, and one that is known not', async () => {
    const world = createWorld({}, [twoServers[0] as never]);
    world.conditions.set('primary', 'ConnectionRefused');
    world.standby.start();
    await world.clock.advance(50_000);
    const before = world.attempts.length;
    world.list([twoServers[0] as never]);
    await world.clock.advance(0);
    expect(world.attempts).toHaveLength(before);
    world.list(twoServers);
    await world.clock.advance(0);
    expect(world.standby.current?.endpoint.host).toBe('backup');
    await world.standby.close();
  });

  it.each([
    ['during an attempt', 5_000, 100],
    ['during a pause', 0, 500],
  ])(
    'ends when closed %s, refuses what waits and leaves no timer behind',
    async (_name, attemptTakesMs, afterMs) => {
      const world = createWorld();
      world.attemptTakesMs = attemptTakesMs;
      world.conditions.set('primary', 'ConnectionRefused');
      world.conditions.set('backup', 'ConnectionRefused');
      world.standby.start();
      const waiting = world.standby.connection(world.limits()).catch((error) => error);
      await world.clock.advance(afterMs);
      await Promise.all([world.standby.close(), world.standby.close()]);
      expect(await waiting).toMatchObject({ code: 'ClientClosed' });
      await expect(world.standby.connection(world.limits())).rejects.toMatchObject({ code: 'ClientClosed' });
      expect(world.clock.pendingTimers).toBe(0);
      expect(world.standby.state).toBe('closed');
    },
  );
});
