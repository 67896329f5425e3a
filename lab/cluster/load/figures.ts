/** Sums up what happened to the requests of one disturbance. */
import type { Sent } from '../../harness/record.ts';
import { mustBe } from '../step.ts';

export type Figures = ReturnType<typeof figuresOf>;

/** @param sent of the time from `beganMs` to `endedMs`, in any order */
export function figuresOf(sent: readonly Sent[], beganMs: number, endedMs: number) {
  const failed = sent.filter(({ isRight }) => !isRight);
  const repeated = sent.filter(({ repeatedAfter }) => repeatedAfter !== undefined);
  return {
    requests: sent.length,
    failed: failed.length,
    /** Would have failed if their caller did not repeat them. */
    repeated: repeated.length,
    longestGapMs: longestGapMs(sent, beganMs, endedMs),
    failures: counted(failed, beganMs, causeOf),
    repeats: counted(repeated, beganMs, ({ repeatedAfter = [] }) => repeatedAfter[0] ?? ''),
  };
}

export function textOf({
  requests,
  failed,
  repeated,
  longestGapMs: gapMs,
  failures,
  repeats,
}: Figures): string {
  return [
    `${requests} requests`,
    failed === 0 ? 'none failed' : `${failed} failed (${failures.join('; ')})`,
    ...(repeated === 0 ? [] : [`${repeated} answered after a repetition (${repeats.join('; ')})`]),
    `longest gap ${(gapMs / 1_000).toFixed(2)} s`,
  ].join(', ');
}

/** @throws Error where a request failed, or where one had to be repeated and none should have to */
export function mustNotFail(figures: Figures, mayRepeat: boolean): void {
  mustBe(figures.failed === 0 && (mayRepeat || figures.repeated === 0), textOf(figures));
}

/** Each kind of failure: how often, and when after the beginning. */
function counted(sent: readonly Sent[], beganMs: number, nameOf: (one: Sent) => string): string[] {
  const groups = Map.groupBy(sent, (one) => `${one.kind}: ${nameOf(one)}`);
  return [...groups].map(([name, ones]) => {
    const seconds = ones.map(({ startedMs }) => (startedMs - beganMs) / 1_000);
    const [first, last] = [Math.min(...seconds).toFixed(1), Math.max(...seconds).toFixed(1)];
    return `${ones.length} × ${name} at ${first === last ? first : `${first} to ${last}`} s`;
  });
}

function causeOf({ status, error }: Sent): string {
  return error ?? (status === 200 ? 'wrong answer' : String(status));
}

/** Longest time without any right answer. */
function longestGapMs(sent: readonly Sent[], beganMs: number, endedMs: number): number {
  const times = sent.filter(({ isRight }) => isRight).map(({ endedMs: answeredMs }) => answeredMs);
  const ordered = [beganMs, ...times.sort((left, right) => left - right), endedMs];
  return Math.round(Math.max(...ordered.slice(1).map((time, index) => time - (ordered[index] ?? time))));
}
