/** Chooses the steps of a window: what was asked for, raised to what the counts allow and a chart can show. */
import type { OverviewWindow } from '@gatehouse/contracts/answers';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const maxSteps = 300;

const lengths: Record<OverviewWindow, number> = { '1h': hourMs, '24h': 24 * hourMs, '48h': 48 * hourMs };
const usualSteps: Record<OverviewWindow, number> = { '1h': 1, '24h': 10, '48h': 20 };
/** Each divides an hour, so that no step lies in two hashes. */
const stepMinutes = [1, 2, 5, 10, 20, 30, 60];

/** `finestStepMs`: of the counts. */
export function stepsOf(window: OverviewWindow, askedMinutes: number | undefined, finestStepMs: number) {
  const lengthMs = lengths[window];
  const least = Math.max((askedMinutes ?? usualSteps[window]) * minuteMs, finestStepMs, lengthMs / maxSteps);
  const stepMs = (stepMinutes.find((minutes) => minutes * minuteMs >= least) ?? 60) * minuteMs;
  return { lengthMs, stepMs };
}
