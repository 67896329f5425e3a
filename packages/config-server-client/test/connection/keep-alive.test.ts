import { describe, expect, it } from 'vitest';
import { KeepAlive } from '../../src/connection/keep-alive.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';

function watch(timeoutMs = 10_000) {
  const clock = new ManualClock();
  const seen = {
    pings: [] as number[],
    nonces: [] as bigint[],
    lostAtMs: [] as number[],
    roundTripsMs: [] as number[],
  };
  let nonce = 0n;
  const keepAlive = new KeepAlive({
    timeoutMs,
    clock,
    nextNonce: () => ++nonce,
    sendPing: (sent) => {
      seen.pings.push(clock.monotonicMs());
      seen.nonces.push(sent);
    },
    onLost: () => seen.lostAtMs.push(clock.monotonicMs()),
    onRoundTrip: (roundTripMs) => seen.roundTripsMs.push(roundTripMs),
  });
  return { clock, keepAlive, seen };
}

describe('keep-alive', () => {
  it('polls a silent peer after one timeout and gives it up after the second', async () => {
    const { clock, seen } = watch();
    await clock.advance(60_000);
    expect(seen.pings).toEqual([10_000]);
    expect(seen.lostAtMs).toEqual([20_000]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('does not poll while bytes arrive', async () => {
    const { clock, keepAlive, seen } = watch();
    for (let step = 0; step < 20; step += 1) {
      await clock.advance(5_000);
      keepAlive.received();
    }
    expect(seen.pings).toEqual([]);
  });

  it('takes any byte as an answer to a poll, not only the answer itself', async () => {
    const { clock, keepAlive, seen } = watch();
    await clock.advance(19_000);
    keepAlive.received();
    await clock.advance(9_000);
    expect(seen.lostAtMs).toEqual([]);
    await clock.advance(11_000);
    expect(seen.lostAtMs).toEqual([39_000]);
  });

  it('measures the round trip by the nonce and ignores an unknown one', async () => {
    const { clock, keepAlive, seen } = watch();
    await clock.advance(10_000);
    await clock.advance(7);
    keepAlive.received();
    keepAlive.pong(999n);
    keepAlive.pong(seen.nonces[0] as bigint);
    keepAlive.pong(seen.nonces[0] as bigint);
    expect(seen.roundTripsMs).toEqual([7]);
  });

  it('does not declare a peer dead because this process stood still', async () => {
    const { clock, keepAlive, seen } = watch();
    await clock.freeze(30_000);
    expect(seen.pings).toEqual([30_000]);
    await clock.freeze(30_000);
    expect(seen.lostAtMs).toEqual([]);
    keepAlive.received();
    await clock.advance(9_999);
    expect(seen.lostAtMs).toEqual([]);
  });

  it('still notices a dead peer after having stood still', async () => {
    const { clock, seen } = watch();
    await clock.freeze(30_000);
    await clock.advance(10_000);
    expect(seen.lostAtMs).toEqual([40_000]);
  });

  it('is not moved by jumps of the wall clock', async () => {
    const { clock, keepAlive, seen } = watch();
    clock.jumpWallClock(86_400_000);
    await clock.advance(9_000);
    keepAlive.received();
    clock.jumpWallClock(-172_800_000);
    await clock.advance(9_000);
    expect(seen.pings).toEqual([]);
  });

  it('rests while we do not read, and gives a full timeout afterwards', async () => {
    const { clock, keepAlive, seen } = watch();
    await clock.advance(9_000);
    keepAlive.suspend();
    await clock.advance(600_000);
    expect(seen.pings).toEqual([]);
    keepAlive.resume();
    await clock.advance(20_000);
    expect(seen.lostAtMs).toEqual([629_000]);
  });

  it('is off with timeout 0 and can be switched on and off on the open link', async () => {
    const { clock, keepAlive, seen } = watch(0);
    await clock.advance(100_000);
    keepAlive.setTimeout(2_000);
    await clock.advance(2_000);
    expect(seen.pings).toEqual([102_000]);
    keepAlive.setTimeout(0);
    await clock.advance(100_000);
    expect(seen.lostAtMs).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });
});
