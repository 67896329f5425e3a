import { expect, it } from 'vitest';
import { type BoundState, nextBound } from '../../src/postgres/deletion-bound.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const startMs = Date.parse('2026-11-30T00:00:00Z');

const fresh: BoundState = { boundMs: undefined, measuredMs: 0, moves: [], confirmedMs: undefined };

/** A round: the clock says that so much is due, and so much time was measured since the one before. */
const round = (state: BoundState, dueMs: number, { oldestMs = startMs, passedMs = 60_000 } = {}) =>
  nextBound(
    { ...state, measuredMs: state.measuredMs + passedMs },
    { oldestMs: Math.max(oldestMs, state.boundMs ?? oldestMs), dueMs },
  );

it('follows time without a word', () => {
  let state = round(fresh, startMs + hourMs);
  for (let hour = 2; hour < 200; hour += 1) {
    const next = round(state, startMs + hour * hourMs, { passedMs: hourMs });
    expect(next).toMatchObject({ boundMs: startMs + hour * hourMs, waiting: undefined });
    state = next;
  }
  expect(state.moves.length).toBeLessThan(30);
});

it('a weekend without a process is caught up at once', () => {
  const friday = round(fresh, startMs);
  expect(round(friday, startMs + 47 * hourMs)).toMatchObject({ boundMs: startMs + 47 * hourMs });
});

it.each([49 * hourMs, 100 * dayMs, 400 * dayMs])(
  'a step of %d ms deletes nothing and waits for an operator',
  (stepMs) => {
    const held = round(round(fresh, startMs), startMs + stepMs);
    expect(held).toMatchObject({
      boundMs: startMs,
      waiting: { fromMs: startMs, toMs: startMs + stepMs },
    });
    // The clock is repaired.
    expect(round(held, startMs + hourMs)).toMatchObject({ boundMs: startMs + hourMs, waiting: undefined });
  },
);

it('jumps of less do not add up to more than 48 hours in 24 measured ones', () => {
  let state = round(fresh, startMs);
  for (let jump = 1; jump < 20; jump += 1) {
    state = round(state, (state.boundMs ?? 0) + 20 * hourMs, { passedMs: hourMs });
    expect(state.boundMs).toBeLessThanOrEqual(startMs + 48 * hourMs);
  }
  expect(state.boundMs).toBe(startMs + 48 * hourMs);
  const dayLater = round(state, (state.boundMs ?? 0) + 20 * hourMs, { passedMs: 25 * hourMs });
  expect(dayLater.boundMs).toBe(startMs + 68 * hourMs);
});

it('goes on after a confirmation, up to what was confirmed, and the confirmation is used up by the round', () => {
  const held = round(round(fresh, startMs), startMs + 100 * dayMs);
  const confirmed = { ...held, confirmedMs: held.waiting?.toMs };
  expect(round(confirmed, startMs + 100 * dayMs + hourMs)).toMatchObject({
    boundMs: startMs + 100 * dayMs + hourMs,
    waiting: undefined,
  });
  expect(round(confirmed, startMs + 200 * dayMs)).toMatchObject({ boundMs: startMs + 100 * dayMs });
  expect(round(confirmed, startMs + 10 * dayMs)).toMatchObject({ boundMs: startMs + 10 * dayMs });
});

it('where nothing was written nobody is asked, and the bound follows at its pace', () => {
  const before = round(fresh, startMs);
  const oldestMs = startMs + 300 * dayMs;
  expect(round(before, oldestMs + hourMs, { oldestMs })).toMatchObject({
    boundMs: startMs + 48 * hourMs,
    waiting: undefined,
  });
});

it('never goes back', () => {
  const before = round(fresh, startMs + dayMs);
  expect(round(before, startMs)).toMatchObject({ boundMs: startMs + dayMs, waiting: undefined });
});
