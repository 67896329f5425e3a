/** Decides what is said of a problem now: that it is there, that it still is, or that it is solved. */
import type { Problem } from '@gatehouse/contracts/answers';

/** A problem as it was seen and said. */
export interface Sighting {
  firstSeenAtMs: number;
  lastSeenAtMs: number;
  severity: Problem['severity'];
  /** When it was last said to be there, maybe before it was solved once. */
  saidAtMs: number | undefined;
  saidSeverity: string | undefined;
}

export interface Rhythm {
  quietMs: number;
  /** 0: never. */
  reminderMs: number;
}

/** So long it must last: what a restart causes is over by then. */
const leastMs = 60_000;
/** Nobody has seen it for so long: it is solved. Longer than several rounds of every replica. */
export const goneMs = 5 * 60_000;

export type Decision = 'new' | 'reminder' | 'resolved' | 'forgotten' | undefined;

/** `forgotten`: solved, and never said. */
export function decide(sighting: Sighting, { quietMs, reminderMs }: Rhythm, nowMs: number): Decision {
  const { firstSeenAtMs, lastSeenAtMs, severity, saidAtMs, saidSeverity } = sighting;
  const isSaid = saidAtMs !== undefined && saidAtMs >= firstSeenAtMs;
  if (lastSeenAtMs <= nowMs - goneMs) return isSaid ? 'resolved' : 'forgotten';
  if (!isSaid) {
    const lasts = lastSeenAtMs - firstSeenAtMs >= leastMs;
    return lasts && (saidAtMs === undefined || saidAtMs <= nowMs - quietMs) ? 'new' : undefined;
  }
  if (severity === 'critical' && saidSeverity === 'warning') return 'new';
  return reminderMs > 0 && saidAtMs <= nowMs - reminderMs ? 'reminder' : undefined;
}
