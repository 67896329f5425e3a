/** Turns the hashes of a window into steps, totals and reasons. */
import { type CountedField, hourMs, hourOf, latencyBoundsMs, minuteMs, readField } from './hour.ts';

export interface Window {
  /** Start of the first step. */
  fromMs: number;
  /** End of the last step, which may not be over. */
  toMs: number;
  stepMs: number;
}

/** The steps end with the one that holds the moment. */
export function windowAt(nowMs: number, { lengthMs, stepMs }: { lengthMs: number; stepMs: number }): Window {
  const toMs = nowMs - (nowMs % stepMs) + stepMs;
  return { fromMs: toMs - lengthMs, toMs, stepMs };
}

export function hoursOf({ fromMs, toMs }: Window): number[] {
  const first = hourOf(fromMs);
  return Array.from({ length: hourOf(toMs - 1) - first + 1 }, (_, index) => first + index);
}

interface Counts {
  succeeded: number;
  failed: number;
  tokensIssued: number;
  tokensRefused: number;
  latencyClasses: number[];
}

const noCounts = (): Counts => ({
  succeeded: 0,
  failed: 0,
  tokensIssued: 0,
  tokensRefused: 0,
  latencyClasses: Array.from({ length: latencyBoundsMs.length + 1 }, () => 0),
});

export type Series = ReturnType<typeof createSeries>;

/** `hashes`: the content of each hour of the window. */
export function createSeries(window: Window, hashes: ReadonlyMap<number, Record<string, string>>) {
  const { fromMs, toMs, stepMs } = window;
  const steps = Array.from({ length: (toMs - fromMs) / stepMs }, noCounts);
  const total = noCounts();
  const reasons = new Map<string, number>();

  for (const [hour, hash] of hashes) {
    for (const [name, text] of Object.entries(hash)) {
      const field = readField(name);
      const count = Number(text);
      if (field === undefined || !Number.isSafeInteger(count)) continue;
      const step = steps[Math.floor((hour * hourMs + field.minute * minuteMs - fromMs) / stepMs)];
      if (step === undefined) continue;
      for (const counts of [step, total]) addTo(counts, field, count);
      if (field.reason !== undefined) reasons.set(field.reason, (reasons.get(field.reason) ?? 0) + count);
    }
  }
  return {
    steps: steps.map((counts, index) => ({ atMs: fromMs + index * stepMs, ...summaryOf(counts) })),
    total: summaryOf(total),
    /** The most frequent first. */
    failures: [...reasons]
      .map(([reason, count]) => ({ reason, count }))
      .toSorted((one, other) => other.count - one.count || one.reason.localeCompare(other.reason)),
  };
}

function addTo(counts: Counts, { what, latencyClass = 0 }: CountedField, count: number): void {
  if (what === 'failure') counts.failed += count;
  else if (what !== 'success') counts[what] += count;
  else {
    counts.succeeded += count;
    counts.latencyClasses[latencyClass] = (counts.latencyClasses[latencyClass] ?? 0) + count;
  }
}

function summaryOf({ latencyClasses, ...counts }: Counts) {
  return { ...counts, p50Ms: percentile(latencyClasses, 0.5), p95Ms: percentile(latencyClasses, 0.95) };
}

/** Estimated within its class, as Prometheus does; undefined without a sign-in. Of the last class only the lower bound is known. */
export function percentile(classes: readonly number[], share: number): number | undefined {
  const all = classes.reduce((sum, count) => sum + count, 0);
  if (all === 0) return undefined;
  let below = 0;
  for (const [index, count] of classes.entries()) {
    const lower = latencyBoundsMs[index - 1] ?? 0;
    const upper = latencyBoundsMs[index] ?? lower;
    if (count > 0 && below + count >= share * all)
      return Math.round(lower + (upper - lower) * ((share * all - below) / count));
    below += count;
  }
  return latencyBoundsMs.at(-1);
}
