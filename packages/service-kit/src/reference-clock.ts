/** Gives a process the time of a reference: its monotonic clock, and the offset to the reference that it measures. */
import type { Clock, Trust } from './clock.ts';
import { createSlewedOffset } from './slewed-offset.ts';

/** Asks a store for its time, in milliseconds since the Unix epoch. */
export type AskTime = () => Promise<number>;

/** The clock of the machine minus the clock of a store. */
export interface ClockDifference {
  store: string;
  ms: number;
}

export interface ReferenceClockOptions {
  /** Its clock is given out. */
  reference: { store: string; ask: AskTime };
  /** Others, whose clocks are only compared. */
  compared: readonly { store: string; ask: AskTime }[];
  /** Beyond this difference between the clock of the machine and that of a store, the clock is not trusted. */
  maxDifferenceMs: number;
  /** The time that is given out jumped by so much. */
  onStep(ms: number): void;
  systemMs?: Clock;
  monotonicMs?: Clock;
}

/** A time minus the monotonic clock, and how wrong it is at most. */
interface Reading {
  offsetMs: number;
  errorMs: number;
}

interface Measured {
  reading: Reading;
  /** Of the clock of the machine, meanwhile. */
  systemOffsetMs: number;
}

const measuredEveryMs = 10_000;
const roundTrips = 5;
/** The clock of the machine is read in whole milliseconds. */
const grainMs = 1;

export function createReferenceClock(options: ReferenceClockOptions) {
  const { reference, compared, maxDifferenceMs, onStep } = options;
  const { systemMs = Date.now, monotonicMs = () => performance.now() } = options;
  const clocks = { systemMs, monotonicMs };
  const readings = new Map<string, Reading>();
  const offset = createSlewedOffset(systemMs() - monotonicMs());
  let timer: NodeJS.Timeout | undefined;

  const exactMs: Clock = () => {
    const atMs = monotonicMs();
    return atMs + offset.at(atMs);
  };
  const now: Clock = () => Math.floor(exactMs());

  function follow({ reading, systemOffsetMs }: Measured, isFirst: boolean): void {
    const atMs = monotonicMs();
    const currentMs = offset.at(atMs);
    const isWithin = (otherMs: number, ms: number) => Math.abs(otherMs - reading.offsetMs) <= ms;
    // A slow answer corrects nothing that it cannot tell from the reference. At the start the clock of the machine counts so:
    // those of a machine, and of machines with NTP, agree closely.
    const expectedMs = isFirst ? systemOffsetMs : currentMs;
    const target = isWithin(expectedMs, reading.errorMs + grainMs) ? expectedMs : reading.offsetMs;
    const correctionMs = target - currentMs;
    const isJump = Math.abs(correctionMs) > maxDifferenceMs;
    // One clock that jumps may be wrong: time follows it where the clock of the machine agrees with it.
    if (isJump && !isFirst && !isWithin(systemOffsetMs, reading.errorMs + maxDifferenceMs)) return;
    if (isFirst || isJump) {
      offset.set(target);
      if (isJump) onStep(correctionMs);
      return;
    }
    offset.set(currentMs);
    if (Math.abs(correctionMs) >= grainMs) offset.approach(target, atMs);
  }

  /**
   * Reads every clock. `isFirst`: nothing was given out yet, so time takes any step.
   * @throws when the reference does not answer; then its former offset is kept
   */
  async function measure(isFirst = !readings.has(reference.store)): Promise<void> {
    const [asked] = await Promise.allSettled([
      read(reference.ask, clocks).then((measured) => {
        follow(measured, isFirst);
        readings.set(reference.store, measured.reading);
      }),
      ...compared.map(async ({ store, ask }) => {
        readings.set(store, (await read(ask, clocks)).reading);
      }),
    ]);
    if (asked.status === 'rejected') throw asked.reason;
  }

  /** Steps to the time of other replicas; the last measurement goes on to correct it. */
  function join(aheadMs: number): void {
    const atMs = monotonicMs();
    const targetMs = offset.target();
    offset.set(offset.at(atMs) + aheadMs);
    offset.approach(targetMs, atMs);
  }

  /** By what was measured last; the clock of the machine is read anew. A slow answer counts for the machine. */
  const differences = (): ClockDifference[] => {
    const systemOffsetMs = systemMs() - monotonicMs();
    return [...readings].map(([store, reading]) => {
      const ms = systemOffsetMs - reading.offsetMs;
      return { store, ms: Math.sign(ms) * Math.max(0, Math.round(Math.abs(ms) - reading.errorMs)) };
    });
  };

  const trust: Trust = {
    get isTrusted() {
      return (
        readings.has(reference.store) && differences().every(({ ms }) => Math.abs(ms) <= maxDifferenceMs)
      );
    },
  };

  return {
    /** Milliseconds since the Unix epoch by the reference; before the first measurement by the machine. */
    now,
    /** As now, with fractions. */
    exactMs,
    trust,
    measure,
    join,
    /** How wrong the last measurement of the reference is at most. */
    errorMs: () => readings.get(reference.store)?.errorMs ?? Number.POSITIVE_INFINITY,
    differences,
    /** Measures every ten seconds. */
    start(): void {
      timer ??= setInterval(() => void measure().catch(() => undefined), measuredEveryMs).unref();
    },
    stop(): void {
      clearInterval(timer);
      timer = undefined;
    },
  };
}

/** The fastest of several round trips, and the clock of the machine meanwhile. */
async function read(
  ask: AskTime,
  { systemMs, monotonicMs }: Record<'systemMs' | 'monotonicMs', Clock>,
): Promise<Measured> {
  let reading: Reading = { offsetMs: 0, errorMs: Number.POSITIVE_INFINITY };
  // The clock of the machine rounds down: of several readings the largest is the closest.
  let systemOffsetMs = Number.NEGATIVE_INFINITY;
  for (let trip = 0; trip < roundTrips; trip += 1) {
    const sentAtMs = monotonicMs();
    const answerMs = await ask();
    const atMs = monotonicMs();
    const errorMs = (atMs - sentAtMs) / 2;
    if (errorMs < reading.errorMs) reading = { offsetMs: answerMs - (sentAtMs + errorMs), errorMs };
    systemOffsetMs = Math.max(systemOffsetMs, systemMs() - monotonicMs());
  }
  return { reading, systemOffsetMs };
}
