/** Decides up to which moment old rows may be deleted, so that a clock that jumps cannot delete what is still wanted. */

/** The stored facts about one kind of rows. */
export interface BoundState {
  /** Up to this moment rows were deleted; undefined: never yet. */
  boundMs: number | undefined;
  /** Time that processes have measured by their monotonic clocks. */
  measuredMs: number;
  /** By how much the bound moved, and at which measured time; of the last 24 hours. */
  moves: readonly (readonly [measuredMs: number, movedMs: number])[];
  /** An operator has confirmed deletions up to this moment. */
  confirmedMs: number | undefined;
}

export interface NextBound extends BoundState {
  /** The step that waits for a confirmation. */
  waiting: { fromMs: number; toMs: number } | undefined;
}

const hourMs = 3_600_000;
const windowMs = 24 * hourMs;
/** The bound moves by so much in 24 hours of measured time, and in one step. */
const maxMoveMs = 48 * hourMs;

/**
 * `oldestMs`: of the rows that may go; undefined: there are none. `dueMs`: what is older is past its time, by PostgreSQL's clock.
 * The bound moves also where no row is due, and then asks nobody.
 */
export function nextBound(
  state: BoundState,
  { oldestMs, dueMs }: { oldestMs: number | undefined; dueMs: number },
): NextBound {
  const { measuredMs, confirmedMs } = state;
  const moves = state.moves.filter(([atMs]) => atMs > measuredMs - windowMs);
  const kept = { ...state, moves, waiting: undefined };
  const reachedMs = state.boundMs ?? Math.min(oldestMs ?? dueMs, dueMs);
  const fromMs = Math.max(reachedMs, Math.min(confirmedMs ?? reachedMs, dueMs));
  const overdueFromMs = Math.max(fromMs, oldestMs ?? dueMs);
  if (dueMs - overdueFromMs > maxMoveMs)
    return { ...kept, boundMs: fromMs, waiting: { fromMs: overdueFromMs, toMs: dueMs } };
  const spentMs = moves.reduce((sum, [, movedMs]) => sum + movedMs, 0);
  const movedMs = Math.max(0, Math.min(dueMs - fromMs, maxMoveMs - spentMs));
  return { ...kept, boundMs: fromMs + movedMs, moves: withMove(moves, measuredMs, movedMs) };
}

/** Moves of one hour are one, dated by the latest, so that few are stored. */
function withMove(moves: BoundState['moves'], measuredMs: number, movedMs: number): BoundState['moves'] {
  if (movedMs === 0) return moves;
  const last = moves.at(-1);
  if (last === undefined || Math.floor(last[0] / hourMs) < Math.floor(measuredMs / hourMs))
    return [...moves, [measuredMs, movedMs]];
  return [...moves.slice(0, -1), [measuredMs, last[1] + movedMs]];
}
